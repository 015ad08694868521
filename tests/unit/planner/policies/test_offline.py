"""Policies without a cluster: what is judged, what is not, and what is wrong with a policy itself."""

import copy
import sys
from typing import Any

import pytest

from harness.rules import BOTH_JUDGE, ONLY_THE_SERVER, REFUSED, SERVICE
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.policies import expressions
from leadsman.planner.policies.expressions import check, ruling
from leadsman.planner.policies.fields import as_admitted, unknown_fields
from leadsman.planner.policies.offline import lint_by, lint_policy

PINNED = {"name": "pinned", "expression": "has(object.spec.model.digest)", "message": "Write spec.model.digest."}


def policy(*rules: dict[str, Any], **asks: Any) -> GovernancePolicySpec:
    return GovernancePolicySpec.from_dict({"rules": list(rules), **asks})


def said(spec: GovernancePolicySpec, namespace: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Severity, and what it is about."""
    read = AIServiceSpec.from_dict(SERVICE["spec"])
    return [(one.severity, one.about) for one in lint_by("house", spec, SERVICE, read, namespace)]


def lint(spec: GovernancePolicySpec) -> list[tuple[str, str]]:
    return [(one.severity, one.about) for one in lint_policy(spec, [(SERVICE, None)], [("qa", {"topic": "quality"})])]


@pytest.mark.parametrize("rule", BOTH_JUDGE)
def test_the_table_is_judged(rule: str) -> None:
    assert ruling(rule, as_admitted(SERVICE)).state in {"Met", "Broken"}


@pytest.mark.parametrize("rule", ONLY_THE_SERVER)
def test_what_the_api_server_alone_knows_is_no_pass(rule: str) -> None:
    assert ruling(rule, as_admitted(SERVICE)).state == "NotJudged"


@pytest.mark.parametrize("rule", REFUSED)
def test_what_is_no_rule_is_said(rule: str) -> None:
    found = check(rule)
    assert found is not None
    assert found.state == "Mistaken"


def test_without_the_package_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    expressions._environment.cache_clear()
    expressions._compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "cel_expr_python.cel", None)
    assert ruling("true", as_admitted(SERVICE)).why == expressions.MISSING


def test_defaults_are_there_as_the_api_server_fills_them_in() -> None:
    bare = copy.deepcopy(SERVICE)
    del bare["spec"]["replicas"], bare["spec"]["rollout"]
    spec = as_admitted(bare)["spec"]
    assert spec["replicas"] == 1
    assert spec["rollout"]["strategy"] == "BlueGreen"
    assert "gates" not in spec
    assert "replicas" not in bare["spec"]
    bare["spec"]["replicas"] = None
    assert as_admitted(bare)["spec"]["replicas"] == 1


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("has(object.spec.modle.digest)", ["object.spec.modle.digest"]),
        ("object.spec.monitors.all(one, one.clas == 'Safety')", ["one.clas"]),
        ("oldObject.spec.?replica.hasValue()", ["oldObject.spec.?replica"]),
        ("object.spec.template.spec.anything == 'object.spec.modle'", []),
        ("object.metadata.labels.team == 'web' && object.spec.model.name.size() > 1", []),
        ("object.spec.rollout.stages[0].weight == 10 // object.spec.nothing", []),
    ],
)
def test_fields_that_there_are_not(rule: str, fields: list[str]) -> None:
    assert list(unknown_fields(rule)) == fields


def test_a_broken_rule_is_an_error_where_it_denies_and_a_warning_where_it_warns() -> None:
    assert said(policy(PINNED)) == [("Error", "policy house/pinned")]
    assert said(policy(PINNED | {"severity": "Warn"})) == [("Warning", "policy house/pinned")]
    assert said(policy(PINNED | {"expression": "object.spec.replicas > 1"})) == []


def test_what_the_operator_holds_is_a_hold() -> None:
    assert said(policy(provenance={"digest": "Required"})) == [("Holds", "policy house/provenance.digest")]


def test_a_signature_is_not_judged_and_one_that_does_not_count_is_a_hold() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    spec = policy(provenance={"signature": "Required", "keys": [{"name": "release", "pem": pem}]})
    for key, severity, words in (("release", "Warning", "not judged"), ("dana", "Holds", "does not count signatures")):
        raw = copy.deepcopy(SERVICE)
        raw["spec"]["model"]["signature"] = {"bundle": {"configMap": "model-sig", "key": "model.sig"}, "key": key}
        (one,) = lint_by("house", spec, raw, AIServiceSpec.from_dict(raw["spec"]), {})

        assert (one.severity, one.about) == (severity, "policy house/provenance.signature")
        assert words in one.message


def test_a_policy_is_about_its_tiers_and_namespaces_and_says_where_that_is_not_known() -> None:
    prod = policy(PINNED, match={"tiers": ["High"], "namespaceSelector": {"matchLabels": {"env": "prod"}}})
    assert said(prod) == [("Warning", "policy house")]
    assert said(prod, {"env": "test"}) == []
    assert said(prod, {"env": "prod"}) == [("Error", "policy house/pinned")]
    assert said(policy(PINNED, match={"tiers": ["Minimal"]})) == []
    assert said(policy(PINNED, match={"selector": {"matchLabels": {"team": "other"}}})) == []


def test_rules_about_an_edit_are_not_judged_of_a_file() -> None:
    edit = PINNED | {"expression": "oldObject == null || object.spec.replicas >= oldObject.spec.replicas"}
    assert said(policy(edit)) == [("Warning", "policy house/pinned")]
    assert lint(policy(edit)) == [("Warning", "spec.rules[pinned].expression")]


@pytest.mark.parametrize(
    ("asks", "found"),
    [
        ({"rules": [PINNED]}, []),
        ({"rules": [PINNED | {"expression": "object.spec."}]}, [("Error", "spec.rules[pinned].expression")]),
        ({"match": {"tiers": ["Minimal"]}}, [("Warning", "spec.match")]),
        (
            {"requiredGates": [{"name": "safety", "suiteLabels": {"topic": "safety"}}]},
            [("Warning", "spec.requiredGates[safety]")],
        ),
        ({"requiredGates": [{"name": "quality", "suiteLabels": {"topic": "quality"}}]}, []),
        (
            {
                "freezes": [
                    {
                        "name": "end",
                        "start": "2026-12-20T00:00:00",
                        "end": "2027-01-03T00:00:00",
                        "timeZone": "Europe/Nowhere",
                    }
                ]
            },
            [("Error", "spec.freezes[end].timeZone")],
        ),
    ],
)
def test_what_is_wrong_with_a_policy(asks: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert lint(GovernancePolicySpec.from_dict(asks)) == found
