"""Days that bind: told ahead of time, and past them nothing new. It is the 23rd of November 2026, 10:00 UTC."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from harness.simulation import Simulation
from unit.planner.stories import image, serving, spec

Day = Callable[[str], dict[str, Any]]


def review(day: str) -> dict[str, Any]:
    return {"lifecycle": {"reviewBy": day}}


def retirement(day: str) -> dict[str, Any]:
    return {"lifecycle": {"retireBy": day}}


def assessment(day: str) -> dict[str, Any]:
    found = {"uri": "https://wiki.example.com/impact", "expiresOn": day}
    return {"risk": {"tier": "Minimal", "impactAssessment": found}}


DAYS = {
    "ReviewDue": (review, "ReviewOverdue", "lifecycle.reviewBy"),
    "AssessmentDue": (assessment, "AssessmentExpired", "risk.impactAssessment.expiresOn"),
    "RetirementDue": (retirement, "RetirementOverdue", "lifecycle.retireBy"),
}
each_day = pytest.mark.parametrize(("condition", "day", "reason", "field"), [(key, *one) for key, one in DAYS.items()])


def warned_of(simulation: Simulation, *reasons: str) -> list[str]:
    return [event.reason for event in simulation.events if event.type == "Warning" and event.reason in reasons]


def has(simulation: Simulation, condition: str) -> bool:
    return any(one.type == condition for one in simulation.status.conditions)


@each_day
def test_a_day_that_is_past_holds_the_next_revision_and_not_what_serves(
    condition: str, day: Day, reason: str, field: str
) -> None:
    simulation, first = serving()
    simulation.edit(lambda raw: raw.update(day("2026-11-22")))
    simulation.edit(image(2))
    simulation.run(60)

    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Ready") == ("False", reason)
    assert simulation.condition(condition) == ("True", reason)
    [blocker] = simulation.status.blockers
    assert (blocker.type, blocker.name, blocker.reason) == ("Review", field, reason)

    simulation.edit(lambda raw: raw.update(day("2027-11-22")))
    simulation.run(300)
    assert simulation.status.serving_revision == simulation.status.desired_revision
    assert not has(simulation, condition)


@each_day
def test_a_first_revision_gets_no_traffic_either(condition: str, day: Day, reason: str, field: str) -> None:
    simulation = Simulation({**spec(), **day("2026-11-22")})
    simulation.run(60)

    assert simulation.in_traffic == {}
    assert simulation.status.serving_revision is None
    assert simulation.condition("Ready") == ("False", reason)


@each_day
def test_what_serves_stays_ready_though_a_day_is_past(condition: str, day: Day, reason: str, field: str) -> None:
    simulation, first = serving()
    simulation.edit(lambda raw: raw.update(day("2026-11-01")))
    simulation.run(60)

    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert "no revision moves forward" in next(
        one.message for one in simulation.status.conditions if one.type == condition
    )


def test_a_day_that_passes_in_the_middle_of_a_rollout_holds_its_next_step_and_no_way_back() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision or ""
    weight = simulation.in_traffic[second]
    simulation.edit(lambda raw: raw.update(review("2026-11-22")))
    simulation.run(600)
    assert simulation.in_traffic[second] == weight
    assert simulation.condition("Ready") == ("False", "ReviewOverdue")

    simulation.edit(image(1))
    simulation.run(60)
    assert simulation.in_traffic == {first: 4}


@pytest.mark.parametrize(
    ("day", "first_moment"),
    [
        (review, "2026-12-26"),
        (assessment, "2026-12-26"),
        (retirement, "2026-12-25"),
    ],
)
def test_it_is_told_thirty_days_ahead_and_again_at_the_midnight_from_which_it_holds(
    day: Day, first_moment: str
) -> None:
    """The 25th: the last day of a review and an assessment, and the first one without what is retired."""
    binds_at = dt.datetime.fromisoformat(f"{first_moment}T00:00:00Z")
    simulation, _ = serving()
    simulation.edit(lambda raw: raw.update(day("2026-12-25")))
    reasons = ("DueSoon", "ReviewOverdue", "AssessmentExpired", "RetirementOverdue")
    simulation.settle()
    assert simulation.wake_at == binds_at - dt.timedelta(days=30)
    assert warned_of(simulation, *reasons) == []

    simulation.now = binds_at - dt.timedelta(days=30)
    simulation.settle()
    assert warned_of(simulation, *reasons) == ["DueSoon"]
    assert simulation.wake_at == binds_at

    simulation.now = binds_at - dt.timedelta(seconds=1)
    simulation.edit(image(2))
    simulation.settle()
    assert "Review" not in {one.type for one in simulation.status.blockers}

    simulation.now = binds_at
    simulation.settle()
    assert "Review" in {one.type for one in simulation.status.blockers}
    told = warned_of(simulation, *reasons)
    assert told[0] == "DueSoon"
    assert len(told) == len(set(told)) == 2


def test_days_far_away_are_nobodys_concern() -> None:
    simulation, _ = serving()
    simulation.edit(lambda raw: raw.update({**assessment("2030-01-01"), **review("2030-01-01")}))
    simulation.settle()

    assert not any(has(simulation, condition) for condition in DAYS)
    assert simulation.condition("Ready") == ("True", "Promoted")
