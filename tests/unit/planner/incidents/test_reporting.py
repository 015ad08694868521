"""Reports of incidents are told of a day ahead and when they are overdue, once each, until somebody made them."""

import datetime as dt
from dataclasses import replace
from typing import Any

from harness.simulation import START, Simulation
from leadsman.api.v1alpha1.aiincident import AIIncidentSpec
from unit.planner.stories import serving, spec

DAY = dt.timedelta(days=1)
CLOCK = "eu-ai-act-widespread"


def reported(**spec_of: Any) -> Simulation:
    """Two days from `START` on for a widespread infringement."""
    simulation, _ = serving(spec())
    simulation.report(
        "Sev1", category="WidespreadInfringement", awareAt=START.strftime("%Y-%m-%dT%H:%M:%SZ"), **spec_of
    )
    simulation.settle()
    return simulation


def at(simulation: Simulation, moment: dt.datetime) -> None:
    simulation.now = moment
    simulation.settle()


def timeline(simulation: Simulation) -> list[tuple[str, str]]:
    (one,) = simulation.incidents
    return [(told.type, told.message) for told in one.status.timeline if told.type.startswith("Report")]


def warnings(simulation: Simulation) -> list[str]:
    return [one.message for one in simulation.events if one.reason.startswith("Report")]


def say_that_it_was_made(simulation: Simulation, made_at: dt.datetime) -> None:
    (one,) = simulation.incidents
    assert one.spec is not None
    report = {"clock": CLOCK, "madeAt": made_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "reference": "MSA-2026-0815"}
    changed = AIIncidentSpec.from_dict({**one.spec.to_dict(), "reports": [report]})
    simulation.incidents = (replace(one, spec=changed, generation=2),)
    simulation.settle()


def test_what_is_far_away_is_not_told_and_is_waited_for() -> None:
    simulation = reported()
    assert timeline(simulation) == []
    assert simulation.wake_at is not None
    assert simulation.wake_at <= START + DAY


def test_a_report_is_told_of_a_day_ahead_and_when_it_is_overdue_once_each() -> None:
    simulation = reported()
    for hours in (25, 26, 49, 50):
        at(simulation, START + dt.timedelta(hours=hours))
    assert timeline(simulation) == [
        ("ReportDue", f"{CLOCK} is due at 2026-11-25 10:00 UTC"),
        ("ReportOverdue", f"{CLOCK} was due at 2026-11-25 10:00 UTC: name it in spec.reports once it is made"),
    ]
    assert warnings(simulation) == [f"incident by-a-person: {message}" for _, message in timeline(simulation)]


def test_an_operator_that_comes_late_says_that_it_is_overdue() -> None:
    simulation = reported()
    at(simulation, START + 3 * DAY)
    assert [kind for kind, _ in timeline(simulation)] == ["ReportOverdue"]


def test_a_report_that_was_made_stops_its_clock() -> None:
    simulation = reported()
    made = START + dt.timedelta(hours=20)
    at(simulation, made)
    say_that_it_was_made(simulation, made)
    at(simulation, START + 3 * DAY)
    (one,) = simulation.incidents
    assert one.status.clocks[0].met_at == made
    assert timeline(simulation) == [
        ("ReportMade", f"{CLOCK} was made at 2026-11-24 06:00 UTC, it was due 2026-11-25 10:00 UTC")
    ]
    assert warnings(simulation) == []


def test_a_report_that_was_made_late_is_said_to_be_late() -> None:
    simulation = reported()
    at(simulation, START + 3 * DAY)
    say_that_it_was_made(simulation, START + 3 * DAY)
    assert timeline(simulation)[-1] == (
        "ReportMade",
        f"{CLOCK} was made at 2026-11-26 10:00 UTC, late: it was due 2026-11-25 10:00 UTC",
    )
