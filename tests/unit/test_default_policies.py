"""The policies to begin with: they can be read, and promise no more than they keep."""

import re

import pytest
import yaml

from harness.manifests import ROOT
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicy

FOLDER = ROOT / "manifests" / "policies"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml") if path.stem != "kustomization")
CONTROL = re.compile(r"NIST-AI-RMF:(GOVERN|MAP|MEASURE|MANAGE)-\d\.\d+|ISO-42001:A\.\d+(\.\d+)+|EU-AI-Act:\d+")


def test_all_are_in_the_kustomization() -> None:
    assert sorted(yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]) == FILES


@pytest.mark.parametrize("file", FILES)
def test_it_can_be_read_and_each_rule_says_what_it_supports_evidence_for(file: str) -> None:
    policy = GovernancePolicy.from_dict(yaml.safe_load((FOLDER / file).read_text()))
    assert policy.spec.rules
    for rule in policy.spec.rules:
        assert rule.controls, rule.name
        assert all(CONTROL.fullmatch(one) for one in rule.controls), rule.controls
        assert rule.message.startswith("Write "), "it says what to write"
    assert policy.spec.risk_budget == "Optional", "this version would hold every service"
    assert policy.spec.provenance is None or policy.spec.provenance.signature == "Optional"
