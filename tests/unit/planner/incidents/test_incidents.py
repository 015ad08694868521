"""What goes wrong, who is told, what it holds, and how it ends."""

import datetime as dt
from typing import Any

import pytest

from harness.simulation import Killed, Simulation
from leadsman.planner.governance import Incident
from leadsman.planner.world import ChildKind
from unit.planner.rollout.test_budgets import SPENT, budget
from unit.planner.stories import CANARY, ERRORS, bad, image, says, serving, spec

HARM = {**ERRORS, "name": "harm", "class": "Safety"}


def rolling(**changes: Any) -> Simulation:
    """Version 1 serves; version 2, by erin, has its first users."""
    simulation, _ = serving(spec(change={"author": "erin"}, **changes))
    simulation.edit(image(2))
    simulation.run(30, step=10)
    return simulation


def rolled_back(**changes: Any) -> Simulation:
    simulation = rolling(**changes)
    fail(simulation)
    simulation.run(60, step=10)
    return simulation


def fail(simulation: Simulation) -> None:
    second = simulation.status.candidate_revision
    simulation.says = bad(lambda: second, value=0.08, limit=0.02, samples=1240, message="errors 0.08 > 0.02, n=1240")


def the_one(simulation: Simulation) -> Incident:
    (found,) = simulation.incidents
    return found


def entries(simulation: Simulation, type_: str) -> list[dict[str, str]]:
    return [dict(one.facts) for one in simulation.entries if one.type == type_]


def held_by(simulation: Simulation) -> list[str]:
    return [one.name for one in simulation.status.blockers if one.type == "Incident"]


def deployments(simulation: Simulation) -> set[str]:
    return {name for kind, name in simulation.objects if kind is ChildKind.DEPLOYMENT}


def close(simulation: Simulation, who: str, incident: str) -> tuple[str, str] | None:
    act = simulation.decide("CloseIncident", who, incident=incident, revision=None)
    simulation.settle()
    return simulation.ruling(act)


def until(simulation: Simulation, **later: float) -> str:
    return (simulation.now + dt.timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_rollback_opens_one_with_its_numbers() -> None:
    simulation = rolled_back()
    one = the_one(simulation)
    assert one.spec is not None
    (gone,) = simulation.status.quarantine
    assert gone.incident == one.name
    assert (one.spec.severity, one.spec.category, one.spec.detected_by) == ("Sev4", "Health", "errors")
    assert one.spec.revision == gone.revision
    assert one.spec.summary == f"{gone.revision} was rolled back: errors 0.08 > 0.02, n=1240"
    assert entries(simulation, "incident.opened") == [
        {
            "revision": gone.revision,
            "incident": one.name,
            "severity": "Sev4",
            "category": "Health",
            "cause": "rollback/2",
        }
    ]
    assert one.status.state == "Mitigated"
    assert [each.type for each in one.status.timeline] == ["Opened", "Mitigated"]


def test_harm_is_worse_and_holds_what_comes_next_until_somebody_else_has_looked() -> None:
    simulation = rolled_back(monitors=[HARM])
    one = the_one(simulation)
    assert one.spec is not None
    assert (one.spec.severity, one.spec.category) == ("Sev2", "Safety")
    simulation.says = says("Passed", value=0.0, limit=0.02, samples=1000)
    simulation.edit(image(3))
    simulation.run(60, step=10)
    assert held_by(simulation) == [one.name]
    assert simulation.condition("Ready") == ("False", "IncidentOpen")
    assert close(simulation, "erin", one.name) == ("False", "OwnChange")
    assert close(simulation, "alice", "another") == ("False", "NotApplicable")
    assert close(simulation, "alice", one.name) == ("True", "Counted")
    simulation.run(30, step=10)
    assert held_by(simulation) == []
    closed = the_one(simulation).status
    assert closed.state == "Closed"
    assert closed.review is not None
    assert closed.review.reviewer.username == "alice"
    assert closed.evidence_hold is not None
    assert closed.evidence_hold.released_at == closed.closed_at
    assert len(entries(simulation, "incident.closed")) == 1
    assert close(simulation, "bob", one.name) == ("False", "NotApplicable")
    simulation.run(400, step=20)
    assert simulation.status.candidate_revision is None


def test_the_fix_is_let_through_by_a_waiver_and_nothing_else_is() -> None:
    simulation = rolled_back(monitors=[HARM])
    name = the_one(simulation).name
    simulation.says = says("Passed", value=0.0, limit=0.02, samples=1000)
    simulation.edit(image(3))
    simulation.run(30, step=10)
    act = simulation.decide("Waive", "alice", scope=[f"incident/{name}"], expiresAt=until(simulation, days=1))
    simulation.run(30, step=10)
    assert simulation.ruling(act) == ("True", "Counted")
    assert held_by(simulation) == []
    simulation.edit(image(4))
    simulation.run(60, step=10)
    assert held_by(simulation) == [name]


@pytest.mark.parametrize(("severity", "holds"), [("Sev1", True), ("Sev2", True), ("Sev3", False), ("Sev4", False)])
def test_a_persons_incident_stops_weights_from_rising_and_no_way_back(severity: str, holds: bool) -> None:
    simulation = rolling()
    simulation.report(severity)
    simulation.run(120, step=10)
    assert held_by(simulation) == (["by-a-person"] if holds else [])
    assert (simulation.status.stage.name == "canary") is holds  # type: ignore[union-attr]
    fail(simulation)
    simulation.run(60, step=10)
    assert simulation.status.quarantine


def test_one_that_cannot_be_read_holds_as_well() -> None:
    simulation = rolling()
    simulation.report("Sev4")
    (one,) = simulation.incidents
    simulation.incidents = (
        Incident(
            namespace=one.namespace,
            name=one.name,
            resource_version=one.resource_version,
            generation=1,
            created_at=one.created_at,
            spec=None,
            problem="spec.severity: Sev0",
            status=one.status,
        ),
    )
    simulation.run(120, step=10)
    assert held_by(simulation) == ["by-a-person"]


def test_a_glass_that_is_broken_for_it_lets_the_fix_through() -> None:
    simulation = rolling()
    simulation.report("Sev1")
    simulation.run(100, step=10)
    assert held_by(simulation) == ["by-a-person"]
    simulation.decide("BreakGlass", "carol", incident="by-a-person")
    simulation.run(20, step=5)
    assert held_by(simulation) == []


def test_a_revision_that_no_user_met_is_no_incident() -> None:
    simulation, _ = serving(spec(rollout={**CANARY, "progressDeadlineSeconds": 60}))
    simulation.pod_gets_ready = lambda _: False
    simulation.edit(image(2))
    simulation.run(200, step=10)
    assert simulation.status.quarantine
    assert simulation.status.quarantine[0].incident is None
    assert simulation.incidents == ()


def test_a_first_revision_that_fails_serves_on_and_somebody_is_told_once() -> None:
    simulation = Simulation(spec())
    simulation.says = says("Failed", value=0.08, limit=0.02, samples=1240, message="errors 0.08 > 0.02")
    simulation.run(200, step=10)
    assert simulation.status.serving_revision is not None
    one = the_one(simulation)
    assert one.spec is not None
    assert one.spec.summary.endswith("serves, with nothing to go back to: errors 0.08 > 0.02")
    assert one.status.state == "Open"


def test_a_spent_budget_opens_one_for_whoever_spent_it() -> None:
    simulation, _ = serving(spec(riskBudgetRef={"name": "shared"}), budgets=(budget("Healthy"),))
    simulation.budgets = (budget("Exhausted", **SPENT),)
    simulation.run(60, step=10)
    one = the_one(simulation)
    assert one.spec is not None
    assert (one.spec.category, one.spec.severity, one.spec.revision) == ("Budget", "Sev4", None)
    assert one.spec.detected_by == "shared"


def test_what_ran_is_kept_as_long_as_it_is_evidence() -> None:
    """Beyond the history, of which one revision that never served is kept."""
    simulation = rolled_back(rollout={**CANARY, "historyLimit": 1})
    one = the_one(simulation)
    assert one.spec is not None
    simulation.says = says("Passed", value=0.0, limit=0.02, samples=1000)
    simulation.edit(image(3))
    simulation.run(30, step=10)
    fail(simulation)
    simulation.run(60, step=10)
    assert len(simulation.incidents) == 2
    assert one.spec.revision in deployments(simulation)
    assert set(simulation.status.evidence_hold) == {each.name for each in simulation.incidents}
    assert close(simulation, "alice", one.name) == ("True", "Counted")
    simulation.run(60, step=10)
    assert one.spec.revision not in deployments(simulation)
    assert one.name not in simulation.status.evidence_hold


def test_a_purger_may_remove_it_and_it_does_not_come_back() -> None:
    simulation = rolled_back()
    simulation.incidents = ()
    simulation.run(60, step=10)
    assert simulation.incidents == ()


def test_one_of_its_name_that_says_less_does_not_stand_for_it() -> None:
    twin = rolled_back(monitors=[HARM])
    name = the_one(twin).name
    simulation = rolling(monitors=[HARM])
    simulation.report("Sev4", name=name, category="Safety", revision=simulation.status.candidate_revision)
    fail(simulation)
    simulation.run(60, step=10)
    assert sorted(one.spec.severity for one in simulation.incidents if one.spec is not None) == ["Sev2", "Sev4"]


@pytest.mark.parametrize("writes", range(14))
def test_a_crash_after_any_write_opens_one_and_no_more(writes: int) -> None:
    simulation = rolling()
    fail(simulation)
    simulation.writes_left = writes
    try:
        simulation.run(60, step=10)
    except Killed:
        simulation.restart()
        fail(simulation)
    simulation.run(120, step=10)
    assert simulation.status.quarantine
    assert len(simulation.incidents) == 1
    assert len([one for one in all_entries(simulation) if one == "incident.opened"]) == 1


def all_entries(simulation: Simulation) -> list[str]:
    """As they are kept."""
    records = (one.status.ledger for one in simulation.revisions.values())
    return [entry.type for ledger in records if ledger is not None for entry in ledger.entries]


@pytest.mark.parametrize(
    ("category", "days"), [("Death", 10), ("SeriousHarm", 15), ("CriticalInfrastructure", 2), ("Privacy", None)]
)
def test_reports_are_due_where_a_law_says_so(category: str, days: int | None) -> None:
    simulation, _ = serving()
    simulation.report("Sev1", category=category)
    simulation.run(30, step=10)
    one = the_one(simulation)
    assert one.spec is not None
    due = [(clock.due_at - one.spec.aware_at).days for clock in one.status.clocks]
    assert due == ([days] if days is not None else [])
    assert all("2024/1689" in clock.source for clock in one.status.clocks)
