"""What is judged offline, the API server judges alike: a table of rules, and those of the default set."""

import json
import re
from collections.abc import Iterator, Sequence

import pytest
import yaml

from harness.cluster import Object, Space
from harness.manifests import ROOT
from harness.rules import BOTH_JUDGE, ONLY_THE_SERVER, REFUSED, SERVICE
from harness.waiting import eventually
from leadsman.planner.policies.expressions import check, ruling
from leadsman.planner.policies.fields import as_admitted

pytestmark = pytest.mark.integration

DEFAULT_SET = tuple(
    rule["expression"]
    for path in sorted((ROOT / "manifests/policies").glob("*.yaml"))
    for rule in yaml.safe_load(path.read_text()).get("spec", {}).get("rules", ())
)
AT_ONCE = 10
"""Warnings with more characters are cut."""


def asks(space: Space, rules: Sequence[str]) -> Object:
    """An admission policy that says which of the rules are met."""
    name = f"table-{space.name}"
    validations = [{"expression": f"!(\n{one}\n)", "message": f"met:{number};"} for number, one in enumerate(rules)]
    resources = {
        "apiGroups": ["leadsman.dev"],
        "apiVersions": ["v1alpha1"],
        "resources": ["aiservices"],
        "operations": ["CREATE"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {
                "resourceRules": [resources],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space.name}},
            },
            "validations": [*validations, {"expression": "false", "message": f"seal {hash(tuple(rules))};"}],
        },
    }


@pytest.fixture
def bound(definitions: object, space: Space) -> Iterator[None]:
    name = f"table-{space.name}"
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Warn"]},
    }
    space.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(binding))
    try:
        yield
    finally:
        for kind in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
            space.cluster.kubectl("delete", kind, name, "--ignore-not-found")


def met(space: Space, rules: Sequence[str]) -> list[bool]:
    """By the API server."""
    asked = asks(space, rules)
    space.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(asked))
    seal = asked["spec"]["validations"][-1]["message"]
    words = ("create", "--dry-run=server", "-f", "-")

    def said() -> str | None:
        text = space.kubectl(*words, stdin=json.dumps(SERVICE)).stderr
        return text if seal in text else None

    numbers = {int(one) for one in re.findall(r": met:(\d+);", eventually(said) or "")}
    return [number in numbers for number in range(len(rules))]


def test_what_both_judge_they_judge_alike(bound: None, space: Space) -> None:
    service = as_admitted(SERVICE)
    rules = (*BOTH_JUDGE, *DEFAULT_SET)
    differing: list[str] = []
    for start in range(0, len(rules), AT_ONCE):
        some = rules[start : start + AT_ONCE]
        for rule, is_met in zip(some, met(space, some), strict=True):
            offline = ruling(rule, service)
            if (offline.state == "Met") != is_met or offline.state not in {"Met", "Broken"}:
                differing.append(f"{rule}: {offline}, and the API server says that it is {'met' if is_met else 'not'}")
    assert differing == []


def test_what_only_the_server_knows_is_rules_to_it_and_not_judged_offline(bound: None, space: Space) -> None:
    for start in range(0, len(ONLY_THE_SERVER), AT_ONCE):
        met(space, ONLY_THE_SERVER[start : start + AT_ONCE])
    assert [rule for rule in ONLY_THE_SERVER if ruling(rule, as_admitted(SERVICE)).state != "NotJudged"] == []


@pytest.mark.parametrize("rule", REFUSED)
def test_what_is_no_rule_neither_takes(bound: None, space: Space, rule: str) -> None:
    done = space.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(asks(space, [rule])), check=False)
    found = check(rule)
    assert done.returncode == 1, rule
    assert found is not None
    assert found.state == "Mistaken"
