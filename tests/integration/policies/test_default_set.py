"""The policies to begin with, put in force as a whole: the API server takes each rule, and each says what it should."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from harness.cluster import Object, Space
from harness.manifests import EXAMPLES, ROOT
from harness.operator import OperatorProcess
from harness.user import User
from harness.waiting import eventually

pytestmark = pytest.mark.integration

FOLDER = ROOT / "manifests" / "policies"
DIGEST = "sha256:" + "a" * 64
HIGH: dict[str, Any] = {
    "risk": {"tier": "High", "impactAssessment": {"uri": "https://docs.example.com/impact"}},
    "owner": {"team": "web", "accountable": "sam@example.com", "oncall": "https://pager.example.com/web"},
    "purpose": {"intendedUse": "Ranks applications for a person.", "prohibitedUses": ["deciding alone"]},
    "model": {"name": "faq", "version": "1.4.0", "digest": DIGEST},
    "monitors": [{"name": "harm", "class": "Safety", "query": 'sum(harm{pod=~"{{ podRegex }}"})', "max": "1"}],
    "rollout": {"strategy": "Canary", "stages": [{"name": "few", "weight": 10}], "bakeSeconds": 3600},
}


@pytest.fixture
def in_force(operator: OperatorProcess, space: Space) -> Iterator[list[str]]:
    """Names of the policies."""
    policies = [yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*-risk.yaml"))]
    policies.append(yaml.safe_load((FOLDER / "baseline.yaml").read_text()))
    names = [one["metadata"]["name"] for one in policies]
    for one in policies:  # nobody else's namespace is to notice
        one["spec"].setdefault("match", {})["namespaceSelector"] = {
            "matchLabels": {"kubernetes.io/metadata.name": space.name}
        }
        space.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(one))
    try:
        eventually(lambda: all(status(space, name) == "True" for name in names))
        yield names
    finally:
        space.cluster.kubectl("delete", "governancepolicy", *names)


def status(space: Space, name: str) -> str:
    words = ("get", "governancepolicy", name, "-o", 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
    return space.cluster.kubectl(*words).stdout


def said(space: Space, **changes: Any) -> str:
    """To whoever would apply the smallest example, with other fields. Empty: not a word."""
    made: Object = copy.deepcopy(EXAMPLES["aiservice-minimal"])
    made["spec"] |= changes
    return space.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(made), check=False).stderr


def test_each_rule_is_taken_and_says_what_to_write(in_force: list[str], space: Space) -> None:
    eventually(lambda: "Write spec.monitors" in said(space))
    assert "Write spec.lifecycle.reviewBy" in said(space)
    assert "invalid" not in said(space)
    eventually(lambda: "Write spec.gates" in said(space, risk={"tier": "Limited"}))
    eventually(lambda: "Write spec.risk.impactAssessment" in said(space, risk={"tier": "High"}))
    assert "invalid" not in said(space, **HIGH)
    plain = EXAMPLES["aiservice-minimal"]["spec"]
    for field, value, message in (
        ("owner", plain["owner"], "Write spec.owner.oncall"),
        ("purpose", plain["purpose"], "Write spec.purpose.prohibitedUses"),
        ("monitors", [], "Write a monitor of class Safety"),
        ("rollout", {**HIGH["rollout"], "bakeSeconds": 60}, "Write spec.rollout.bakeSeconds"),
    ):
        assert message in said(space, **{**HIGH, field: value})


def test_their_tests_say_of_the_api_server_what_it_does(in_force: list[str], space: Space) -> None:
    """Of services that are created: it cannot be asked by a dry run about an edit of what is not there."""
    eventually(lambda: "Write spec.monitors" in said(space))
    done = User(space, str(space.cluster.kubeconfig)).run(
        "policy", "test", str(FOLDER / "tests"), "--live", "-o", "json"
    )
    found = json.loads(done.stdout)["cases"]
    assert len(found) >= 20
    (wrong,) = (one for one in found if one["name"] == "nothing evaluates it")
    assert wrong["differences"] == []
