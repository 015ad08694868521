"""Somebody decides to go back: to an earlier revision, and it stays so until the spec or somebody says otherwise."""

import contextlib

import pytest

from harness.simulation import Killed, Simulation
from unit.planner.decisions.test_approvals import candidate, later, waiting
from unit.planner.inspector import Inspector
from unit.planner.stories import bad, image, serving


def two_served() -> tuple[Simulation, str, str]:
    """Version 2 serves since its bake is over; version 1 served before."""
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(900, step=20)
    second = simulation.status.serving_revision
    assert second not in {None, first}
    assert simulation.condition("Ready") == ("True", "Promoted")
    return simulation, first, second or ""


def test_traffic_goes_back_and_stays_there() -> None:
    simulation, first, second = two_served()
    Inspector(simulation)
    act = simulation.decide("Rollback", "alice", revision=first)
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 0
    assert simulation.condition("RolledBack") == ("True", "RolledBack")
    assert simulation.condition("Ready") == ("False", "RolledBack")
    assert simulation.condition("Stalled") == ("True", "RolledBack")
    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
    assert simulation.status.hold is not None
    assert (simulation.status.hold.revision, simulation.status.hold.decision) == (first, act)
    assert not simulation.status.quarantine
    assert (simulation.verdict(first), simulation.verdict(second)) == ("Serving", "Superseded")

    simulation.restart()
    simulation.run(900, step=60)
    assert simulation.in_traffic == {first: 4}


def test_it_is_held_until_somebody_resumes() -> None:
    simulation, first, second = two_served()
    simulation.decide("Rollback", "alice", revision=first)
    simulation.settle()
    later(simulation, seconds=60)
    act = simulation.decide("Resume", "bob", revision=None)
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.status.hold is None
    assert candidate(simulation) == second
    assert simulation.in_traffic[second] == 1
    simulation.run(900, step=20)
    assert simulation.in_traffic == {second: 4}


@pytest.mark.parametrize("version", [1, 3])
def test_it_is_held_until_the_spec_asks_for_something_else(version: int) -> None:
    simulation, first, second = two_served()
    simulation.decide("Rollback", "alice", revision=first)
    simulation.settle()
    simulation.edit(image(version))
    simulation.settle()
    assert simulation.status.hold is None
    simulation.run(900, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")
    simulation.edit(image(2))
    simulation.settle()
    assert candidate(simulation) == second


def test_what_is_on_its_way_is_abandoned_and_does_not_start_again() -> None:
    simulation = waiting()
    first, second = simulation.status.serving_revision, candidate(simulation)
    simulation.decide("Rollback", "alice", revision=first)
    simulation.run(300, step=20)
    assert simulation.in_traffic == {first: 4}
    assert simulation.verdict(second) == "Aborted"
    assert simulation.condition("Ready") == ("False", "RolledBack")
    simulation.decide("Resume", "alice", revision=first)
    simulation.settle()
    assert candidate(simulation) == second


def test_it_goes_back_during_the_bake_too() -> None:
    simulation = waiting()
    first, second = simulation.status.serving_revision, candidate(simulation)
    simulation.run(220, step=10)
    assert simulation.condition("Ready") == ("True", "Baking")
    simulation.decide("Rollback", "alice", revision=first)
    simulation.settle()
    assert simulation.in_traffic == {first: 4}
    assert simulation.verdict(second) == "Superseded"


def test_only_to_what_served() -> None:
    simulation, first, second = two_served()
    simulation.edit(image(3))
    simulation.settle()
    third = candidate(simulation)
    on_its_way = [simulation.decide("Rollback", "alice", revision=one) for one in (first, third, "bot-0")]
    simulation.says = bad(lambda: third)
    simulation.settle()
    later(simulation, seconds=10)
    assert simulation.verdict(third) == "RolledBack"
    simulation.says = bad(lambda: None)
    taken_back = [simulation.decide("Rollback", "alice", revision=one) for one in (third, second)]
    simulation.settle()
    assert [simulation.ruling(one) for one in (*on_its_way, *taken_back)] == [("False", "NotApplicable")] * 5
    assert simulation.in_traffic == {second: 4}


@pytest.mark.parametrize("writes", range(8))
def test_a_crash_in_between_leaves_nobody_without_an_answer(writes: int) -> None:
    simulation, first, second = two_served()
    inspector = Inspector(simulation)
    act = simulation.decide("Rollback", "alice", revision=first)
    simulation.writes_left = writes
    with contextlib.suppress(Killed):
        simulation.reconcile()
    simulation.restart()
    simulation.settle()
    assert not inspector.short
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic == {first: 4}
    assert len([one for one in simulation.entries if one.type == "decision.counted"]) <= 1
    assert simulation.verdict(second) == "Superseded"
