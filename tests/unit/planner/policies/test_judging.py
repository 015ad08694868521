"""What the API server's warnings say of a service: silence, errors and other seals are no pass."""

from dataclasses import replace
from typing import Any

import pytest

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.policies.admission import rules_digest
from leadsman.planner.policies.judging import dry_runs, judgement, question
from unit.planner.policies.given import world

RULES = [{"name": f"rule-{n}", "expression": "true", "message": f"message {n}"} for n in range(3)]
SPEC = GovernancePolicySpec.from_dict({"rules": RULES})
SEAL = f"leadsman.dev/judged:{rules_digest(SPEC.rules)};"
ERROR = "expression ''leadsman.dev/rule:1;' == '' || x || !( 1/0 )' resulted in error: division by zero"


def warning(text: str, policy: str = "house.judge.policies.leadsman.dev") -> str:
    return f"Validation failed for ValidatingAdmissionPolicy '{policy}' with binding '{policy}': {text}"


def met(*numbers: int) -> list[str]:
    return [warning(f"leadsman.dev/met:{number};") for number in numbers]


def judged(*answers: list[str], spec: GovernancePolicySpec = SPEC) -> list[tuple[str, str]] | None:
    found = judgement("house", spec, "asked", answers)
    return [(one.rule, one.message) for one in found.violations] if found is not None else None


def test_rules_that_say_that_they_are_met_are_met_and_the_others_are_broken() -> None:
    assert judged([*met(0, 1, 2), warning(SEAL)]) == []
    assert judged([*met(0, 2), warning(SEAL)]) == [("rule-1", "message 1")]


def test_an_error_is_told_of() -> None:
    words = "message 1 (the rule ends in an error: division by zero)"
    assert judged([*met(0, 2), warning(ERROR), warning(SEAL)]) == [("rule-1", words)]


def test_each_part_of_the_rules_has_its_seal() -> None:
    assert judged([*met(0, 1), warning(SEAL)], [*met(2), warning(SEAL)]) == []
    assert judged([*met(0, 1), warning(SEAL)], met(2)) is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([], id="nothing"),
        pytest.param(met(0, 1, 2), id="no seal"),
        pytest.param([*met(0, 1, 2), warning("leadsman.dev/judged:0123456789abcdef;")], id="of other rules"),
        pytest.param([*met(0, 1, 2), warning(SEAL, "other.judge.policies.leadsman.dev")], id="of another policy"),
        pytest.param([*met(0, 1, 2), warning(SEAL[:-3])], id="cut short"),
        pytest.param([*met(0, 1, 2), warning(f"look: {SEAL}")], id="within another text"),
    ],
)
def test_without_the_seal_nothing_is_judged(answer: list[str]) -> None:
    assert judged(answer) is None


def test_what_others_say_is_not_heard() -> None:
    strange = warning("leadsman.dev/met:1;", "mine.example.com")
    assert judged([*met(0, 2), strange, "leadsman.dev/met:1;", warning(SEAL)]) == [("rule-1", "message 1")]


def test_rules_about_the_old_object_are_not_asked() -> None:
    old = {"name": "old", "expression": "oldObject == null", "message": "never"}
    spec = GovernancePolicySpec.from_dict({"rules": [old, *RULES]})
    seal = f"leadsman.dev/judged:{rules_digest(spec.rules)};"
    assert judged([*met(1, 2, 3), warning(seal)], spec=spec) == []


def test_another_question_for_each_change_of_service_labels_or_rules() -> None:
    service = world().service
    asked: list[Any] = [
        question(service, {}, SPEC),
        question(replace(service, generation=9), {}, SPEC),
        question(replace(service, uid="another"), {}, SPEC),
        question(service, {"team": "a"}, SPEC),
        question(service, {}, GovernancePolicySpec.from_dict({"rules": RULES[:1]})),
    ]
    assert len(set(asked)) == len(asked)
    assert question(replace(service, resource_version="77"), {}, SPEC) == asked[0]


def test_a_service_is_asked_about_as_it_is_part_by_part() -> None:
    service = world().service
    many = GovernancePolicySpec.from_dict({"rules": [{**RULES[0], "name": f"rule-{n}"} for n in range(25)]})
    asked = list(dry_runs(service, {"team": "a"}, "house", many))
    parts = [one["metadata"]["annotations"]["leadsman.dev/judged-by"] for one in asked]
    assert parts == ["house/0", "house/1", "house/2"]
    assert all((one["spec"], one["metadata"]["name"]) == (service.raw, service.name) for one in asked)
    assert all(one["metadata"]["labels"] == {"team": "a"} for one in asked)
