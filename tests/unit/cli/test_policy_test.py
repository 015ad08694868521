"""`leadsman policy test`: what is expected of policies, and what comes of them."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from harness.manifests import ROOT
from leadsman.cli import app
from leadsman.cli.errors import UnusableInput
from leadsman.cli.policy_cases import merged
from unit.planner.stories import spec

RULE = {"name": "has-model", "expression": "object.spec.model.version != 'old'", "message": "Take a new model."}
HINT = {**RULE, "name": "is-small", "expression": "object.spec.replicas < 9", "message": "Few.", "severity": "Warn"}
ASKS = {"requirements": [{"name": "owner", "role": "owner"}]}
FREEZE = {"name": "holidays", "start": "2026-12-24T00:00:00", "end": "2026-12-27T00:00:00", "timeZone": "Europe/Berlin"}
OLD = {"spec": {"model": {"version": "old"}}}


def tried(folder: Path, *cases: dict[str, Any], options: tuple[str, ...] = (), **policy: Any) -> Result:
    documents = {
        "policy.yaml": {"kind": "GovernancePolicy", "metadata": {"name": "house"}, "spec": policy},
        "service.yaml": {"kind": "AIService", "metadata": {"name": "bot"}, "spec": spec()},
    }
    for name, raw in documents.items():
        (folder / name).write_text(yaml.safe_dump({"apiVersion": "leadsman.dev/v1alpha1", **raw}))
    test = {"apiVersion": "cli.leadsman.dev/v1alpha1", "kind": "PolicyTest", "policies": ["policy.yaml"]}
    (folder / "test.yaml").write_text(yaml.safe_dump({**test, "service": "service.yaml", "cases": list(cases)}))
    return CliRunner().invoke(app, ["policy", "test", str(folder / "test.yaml"), *options])


def differences(done: Result) -> list[dict[str, Any]]:
    return [one for case in json.loads(done.stdout)["cases"] for one in case["differences"]]


def test_the_policies_to_begin_with_do_what_their_tests_say() -> None:
    done = CliRunner().invoke(app, ["policy", "test", str(ROOT / "manifests/policies/tests"), "-o", "json"])
    found = json.loads(done.stdout)
    assert done.exit_code == 0, done.stdout
    assert len(found["cases"]) >= 20
    assert found["unbroken"] == []
    assert not any(one["unjudged"] for one in found["cases"])


def test_what_comes_out_as_expected_is_0(tmp_path: Path) -> None:
    done = tried(
        tmp_path,
        {"name": "new"},
        {"name": "old", "patch": OLD, "expect": {"denied": ["house/has-model"]}},
        rules=[RULE],
    )
    assert done.exit_code == 0
    assert "2 cases: 2 as expected, 0 not" in done.stdout


def test_what_does_not_come_out_says_both_and_is_1(tmp_path: Path) -> None:
    missed = {"name": "new", "expect": {"denied": ["house/has-model"]}}
    done = tried(tmp_path, missed, {"name": "old", "patch": OLD}, rules=[RULE], options=("-o", "json"))
    assert done.exit_code == 1
    first, second = differences(done)
    assert (first["what"], first["expected"], first["found"]) == ("denied", ["house/has-model"], [])
    assert (second["expected"], second["found"]) == ([], ["house/has-model: Take a new model."])


def test_an_edit_is_not_refused_for_what_was_wrong_before(tmp_path: Path) -> None:
    cases = [
        {"name": "still old", "patch": {"spec": {"model": {"version": "old", "name": "x"}}}, "before": OLD},
        {"name": "old again", "patch": OLD, "before": {}, "expect": {"denied": ["house/has-model"]}},
        {"name": "more pods", "patch": {"spec": {"replicas": 12}}, "before": {}, "expect": {"warned": []}},
    ]
    assert tried(tmp_path, *cases, rules=[RULE, HINT]).exit_code == 0


def test_rules_about_the_object_before_are_judged_here(tmp_path: Path) -> None:
    rule = {**RULE, "expression": "oldObject == null || object.spec.model.name == oldObject.spec.model.name"}
    renamed = {"spec": {"model": {"name": "another"}}}
    cases = [{"name": "renamed", "patch": renamed, "before": {}, "expect": {"denied": ["house/has-model"]}}]
    assert tried(tmp_path, {"name": "created", "patch": renamed}, *cases, rules=[rule]).exit_code == 0


def test_gates_approvals_and_freezes_are_told(tmp_path: Path) -> None:
    gates = [{"name": "safety", "suiteLabels": {"topic": "safety"}}]
    expect = {"gates": ["house/safety"], "approvals": ["house/owner"], "frozen": ["house/holidays"]}
    cases = [
        {"name": "on the first day, at home", "at": "2026-12-23T23:30:00Z", "expect": expect},
        {"name": "before", "at": "2026-12-23T22:30:00Z", "expect": {"frozen": []}},
    ]
    assert tried(tmp_path, *cases, requiredGates=gates, approvals=ASKS, freezes=[FREEZE]).exit_code == 0


def test_rules_that_no_case_breaks_are_named(tmp_path: Path) -> None:
    done = tried(tmp_path, {"name": "new"}, rules=[RULE, HINT], options=("-o", "json"))
    assert json.loads(done.stdout)["unbroken"] == ["house/has-model", "house/is-small"]


def test_a_rule_that_only_the_api_server_can_judge_is_no_pass_where_it_is_strict(tmp_path: Path) -> None:
    rule = {**RULE, "expression": "request.userInfo.username != 'mallory'"}
    done = tried(tmp_path, {"name": "new"}, rules=[rule])
    assert done.exit_code == 0
    assert "not judged: house/has-model" in done.stdout
    assert tried(tmp_path, {"name": "new"}, rules=[rule], options=("--strict",)).exit_code == 1


def test_the_outcome_as_junit(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    tried(tmp_path, {"name": "new"}, {"name": "old", "patch": OLD}, rules=[RULE], options=("--junit", str(junit)))
    (suite,) = ET.parse(junit).getroot()  # noqa: S314  our own
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = suite.iter("failure")
    assert "Take a new model." in (failure.text or "")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"name": "wrong", "patch": {"spec": {"replicas": "four"}}}, "cannot be applied: spec.replicas"),
        ({"name": "wrong", "expects": {}}, "cases[0].expects"),
        ({"name": "wrong", "service": "policy.yaml"}, "no AIService in"),
    ],
)
def test_what_cannot_be_tested_says_why(tmp_path: Path, case: dict[str, Any], said: str) -> None:
    done = tried(tmp_path, case, rules=[RULE])
    assert isinstance(done.exception, UnusableInput)
    assert said in done.exception.what


def test_patches_are_merge_patches() -> None:
    """The examples of RFC 7396, appendix A."""
    assert merged({"a": "b"}, {"a": "c"}) == {"a": "c"}
    assert merged({"a": "b", "b": "c"}, {"a": None}) == {"b": "c"}
    assert merged({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}) == {"a": {"b": "d"}}
    assert merged({"a": [{"b": "c"}]}, {"a": [1]}) == {"a": [1]}
    assert merged({"e": None}, {"a": 1}) == {"e": None, "a": 1}
    assert merged([1, 2], {"a": "b", "c": None}) == {"a": "b"}
    assert merged({}, {"a": {"bb": {"ccc": None}}}) == {"a": {"bb": {}}}
