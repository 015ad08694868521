"""What `leadsman plan` says of a declaration before anybody applies it."""

from typing import Any

import pytest

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.planner.forecast import Forecast, Traffic, forecast, minutes_to_harm, minutes_to_proof
from unit.planner.stories import CANARY, ERRORS, spec

THUMBS: dict[str, Any] = {
    "name": "thumbs",
    "class": "Quality",
    "ratio": {"bad": 'feedback_total{verdict="down"}', "total": "feedback_total"},
    "compare": {"toServing": "NonInferior"},
}


def of(raw: dict[str, Any], traffic: Traffic | None = None) -> Forecast:
    return forecast("bot", raw, AIServiceSpec.from_dict(raw), {}, traffic)


def said(found: Forecast, about: str) -> list[tuple[str, str]]:
    return [(one.severity, one.message) for one in found.remarks if one.about == about]


def test_the_steps_have_the_pods_and_the_share_that_the_replicas_allow() -> None:
    found = of(spec())

    assert [(step.name, step.candidate, step.serving, step.percent) for step in found.steps] == [
        ("canary", 1, 3, 25),
        ("half", 2, 2, 50),
        ("promotion", 4, 0, 100),
    ]
    assert found.shortest_seconds == 180
    assert found.most_pods == 5
    assert found.revision is not None


def test_blue_green_runs_both_in_full() -> None:
    assert of(spec(rollout={"strategy": "BlueGreen"})).most_pods == 8


def test_a_share_far_from_what_was_asked_for_is_said() -> None:
    assert said(of(spec(replicas=2)), "stage canary") == [("Warning", "1 of 3 pods are 33 %, not 25 %")]


def test_one_replica_without_surge_holds() -> None:
    severities = {one.severity for one in of(spec(replicas=1, rollout={**CANARY, "surge": 0})).remarks}

    assert "Holds" in severities


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ({"gates": [{"name": "quality", "suite": "qa"}], "service": None}, "spec.gates"),
        (
            {
                "gates": [{"name": "quality", "suite": "qa"}],
                "replicas": 1,
                "rollout": {"strategy": "AllAtOnce", "surge": 0},
            },
            "spec.gates",
        ),
        ({"replicas": 0}, "spec.replicas"),
    ],
)
def test_what_would_hold_is_said(asked: dict[str, Any], about: str) -> None:
    assert [severity for severity, _ in said(of(spec(**asked)), about)] == ["Holds"]


def test_money_is_not_asked_for_a_revision() -> None:
    cost = {"query": "sum(cost{revision='{{ revision }}'})", "currency": "EUR", "allowance": "5"}
    asked = spec(riskBudget={"channels": [{"name": "spend", "cost": cost}]})
    about = "spec.riskBudget.channels[spend]"
    message = "cost.query has the variable revision: of a whole service there are namespace, podRegex, service, window"
    assert said(of(asked), about) == [("Error", message)]


def test_a_gate_that_can_be_asked_is_no_remark() -> None:
    assert said(of(spec(gates=[{"name": "quality", "suite": "qa"}])), "spec.gates") == []


def test_gates_before_a_stage_that_is_not_there_are_an_error_with_those_that_are() -> None:
    found = of(spec(rollout=CANARY, gates=[{"name": "late", "suite": "qa", "before": "hafl"}]))

    (remark,) = (one for one in found.remarks if one.about == "spec.gates[late].before")
    assert remark.severity == "Error"
    assert remark.instead == "write one of Traffic, canary, half"


def test_two_gates_that_ask_one_suite_are_told_of() -> None:
    gates = [{"name": "one", "suite": "qa"}, {"name": "two", "suite": "qa", "before": "half"}]

    assert said(of(spec(rollout=CANARY, gates=gates)), "spec.gates[two].suite") == [
        ("Warning", "asks suite qa again, like gate one: one run answers both")
    ]


def test_a_template_that_is_too_large_is_an_error() -> None:
    raw = spec()
    raw["template"]["metadata"] = {"annotations": {"notes": "x" * 300_000}}

    assert next(severity for severity, _ in said(of(raw), "spec.template")) == "Error"


def test_inputs_that_are_not_at_hand_leave_the_revision_open() -> None:
    found = of(spec(inputs=[{"configMap": "prompts"}]))

    assert found.revision is None
    assert "prompts" in said(found, "spec.inputs")[0][1]


def test_a_comparison_with_blue_green_never_applies() -> None:
    found = of(spec(monitors=[ERRORS, THUMBS], rollout={"strategy": "BlueGreen"}))

    assert "does not apply" in said(found, "monitor thumbs")[0][1]


def test_the_proof_of_no_harm_takes_hours_at_little_traffic_and_minutes_at_much() -> None:
    """2 % bad, 10 % of 500 requests a minute: hours, where 30 minutes suffice in one of eight cases."""
    compare = AIServiceSpec.from_dict(spec(monitors=[THUMBS])).monitors[0].compare
    assert compare is not None

    assert 150 < minutes_to_proof(compare, 0.1, Traffic(requests_per_minute=500, bad_share=0.02)) < 250
    assert minutes_to_proof(compare, 0.5, Traffic(requests_per_minute=50_000, bad_share=0.02)) < 5


def test_great_harm_shows_in_minutes_and_none_at_all_never() -> None:
    compare = AIServiceSpec.from_dict(spec(monitors=[THUMBS])).monitors[0].compare
    assert compare is not None
    traffic = Traffic(requests_per_minute=500, bad_share=0.02)

    assert minutes_to_harm(compare, 0.1, traffic, times=3) < 10
    assert minutes_to_harm(compare, 0.1, traffic, times=1) == float("inf")


def test_a_hold_that_is_shorter_than_its_proof_is_said() -> None:
    found = of(spec(monitors=[THUMBS]), Traffic(requests_per_minute=500, bad_share=0.02))

    assert [severity for severity, _ in said(found, "monitor thumbs")] == ["Holds", "Holds"]
