"""The readings in a revision's record: what a decision was made on can be read there afterwards."""

from collections.abc import Callable

from harness.simulation import Simulation
from leadsman.planner.plan import Watch
from leadsman.planner.world import Signal
from unit.planner.stories import ERRORS, bad, image, says, serving, spec

THUMBS = {
    "name": "thumbs-down",
    "class": "Quality",
    "ratio": {"bad": 'feedback_total{verdict="down"}', "total": "feedback_total"},
    "compare": {"toServing": "NotWorse"},
}


def states(simulation: Simulation, revision: str | None) -> dict[str, str]:
    (attempt,) = simulation.revisions[revision or ""].status.attempts
    return {reading.monitor: reading.state for reading in attempt.readings}


def test_the_reading_that_sent_it_back_is_in_the_record() -> None:
    simulation, _ = serving(spec(monitors=[ERRORS, THUMBS]))
    simulation.edit(image(2))
    simulation.settle()
    second = simulation.status.candidate_revision
    assert states(simulation, second) == {"errors": "Passed", "thumbs-down": "Passed"}

    simulation.says = only("thumbs-down", "Failed")
    simulation.run(10)

    assert simulation.verdict(second) == "RolledBack"
    assert states(simulation, second) == {"errors": "Passed", "thumbs-down": "Failed"}


def test_the_reading_that_sent_it_back_in_its_bake_is_in_the_record() -> None:
    simulation, first = serving()
    simulation.edit(image(2))
    simulation.run(200)
    second = simulation.status.serving_revision
    assert second != first

    simulation.says = bad(lambda: second)
    simulation.run(10)

    assert simulation.verdict(second) == "RolledBack"
    assert states(simulation, second) == {"errors": "Failed"}


def test_a_comparison_keeps_its_last_word_when_it_ends_with_the_stages() -> None:
    simulation, _ = serving(spec(monitors=[ERRORS, THUMBS]))

    simulation.edit(image(2))
    simulation.run(600)

    assert states(simulation, simulation.status.serving_revision) == {"errors": "Passed", "thumbs-down": "Passed"}


def only(monitor: str, state: str) -> Callable[[Watch], Signal | None]:
    """Of the candidate and of the serving revision alike; the others pass."""
    good, said = says("Passed"), says(state)
    return lambda watch: said(watch) if watch.monitor.name == monitor else good(watch)
