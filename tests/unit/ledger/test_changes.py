"""A ledger, change by change: by a rollout and a rollback that the planner wrote down itself."""

import datetime as dt

import pytest

from harness.exports import exported
from harness.simulation import Simulation
from leadsman.ledger.changes import Population, population
from unit.planner.stories import bad, image, serving, spec


def rolled_back() -> Simulation:
    """Version 1 serves; version 2, by erin, goes back with its first users; version 3 is under way."""
    simulation, _ = serving(spec(change={"author": "erin"}))
    simulation.edit(image(2))
    simulation.run(30, step=10)
    second = simulation.status.candidate_revision
    simulation.says = bad(lambda: second, value=0.08, limit=0.02, samples=1240, message="errors 0.08 > 0.02, n=1240")
    simulation.run(60, step=10)
    return simulation


@pytest.fixture(scope="module")
def found() -> Population:
    simulation = rolled_back()
    simulation.edit(image(3))
    simulation.run(30, step=10)
    return population(reversed(exported(simulation)))


def test_each_attempt_is_a_change_with_its_outcome(found: Population) -> None:
    assert [(one.attempt, one.outcome, one.author) for one in found.changes] == [
        ("1", "Promoted", "erin"),
        ("2", "RolledBack", "erin"),
        ("3", "UnderWay", "erin"),
    ]
    assert found.others == ()


def test_a_change_has_all_entries_of_its_attempt_in_order(found: Population) -> None:
    second = found.changes[1]
    assert second.entries[0].type == "revision.created"
    assert [one.sequence for one in second.entries] == sorted(one.sequence for one in second.entries)
    assert {one.facts["revision"] for one in second.entries} == {second.revision}
    ended = second.ended
    assert ended is not None
    assert ended.facts["value"] == "0.08"
    assert second.of("incident.")


def test_how_often_it_failed_is_of_those_that_users_met(found: Population) -> None:
    assert found.failure_rate == pytest.approx(1 / 3)
    assert (found.count("Promoted"), found.count("RolledBack"), found.count("UnderWay")) == (1, 1, 1)
    assert found.median_lead_time is not None
    assert found.median_lead_time >= dt.timedelta()


def test_a_change_is_counted_in_each_time_that_any_part_of_it_is_of() -> None:
    lines = exported(rolled_back())
    back = next(one.entry.at for one in lines if one.entry.type == "rollback.decided")
    for since, until in ((back, None), (None, back)):
        found = population(lines, since, until)
        second = found.changes[-1]
        assert (second.attempt, second.outcome, second.author) == ("2", "RolledBack", "erin")
        assert found.others == ()
        assert found.failure_rate == 1 / len(found.changes)
    assert population(lines, back).count("Promoted") == 0, "the first one was over before"
    assert population(lines, back + dt.timedelta(seconds=1)) == population(())


def test_what_is_written_of_a_change_after_its_end_does_not_make_it_one_of_that_time() -> None:
    lines = exported(rolled_back())
    baked = next(one for one in lines if one.entry.type == "bake.ended")
    later = baked.entry.at + dt.timedelta(seconds=1)
    found = population(lines, baked.entry.at, later)
    assert found.changes == ()
    assert found.others == (baked,)
    shown = population(lines, None, later).changes
    assert [baked.entry in one.entries for one in shown] == [True]


def test_a_retry_is_by_the_author_of_the_revision() -> None:
    simulation = rolled_back()
    simulation.decide("Retry", "alice", revision=simulation.status.desired_revision)
    simulation.settle()
    found = population(exported(simulation))
    assert [(one.attempt, one.author) for one in found.changes] == [("1", "erin"), ("2", "erin"), ("3", "erin")]
    assert found.changes[1].revision == found.changes[2].revision


def test_nothing_says_nothing() -> None:
    none = population(())
    assert (none.changes, none.failure_rate, none.median_lead_time) == ((), None, None)


def test_entries_of_an_attempt_that_began_before_are_not_taken_for_another_one() -> None:
    lines = exported(rolled_back())
    cut = [one for one in lines if one.entry.sequence > 9]
    found = population(cut)
    assert all(one.entries[0].type in {"revision.created", "attempt.started"} for one in found.changes)
    assert len(found.others) + sum(len(one.entries) for one in found.changes) == len(cut)
