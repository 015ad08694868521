"""What may a decision about an evaluation depend on? The run, and how its revision stands in the rollout."""

from datetime import datetime

from leadsman.planner.evaluations.sight import Execution, RunSight
from leadsman.planner.governance import Run, Suite
from leadsman.planner.records.book import Book
from leadsman.planner.records.cast import cast
from leadsman.planner.rollout.gates import address
from leadsman.planner.world import World


def run_sight(world: World | None, run: Run, suite: Suite | None, execution: Execution, now: datetime) -> RunSight:
    """Of one run.

    Args:
        world: of its service. None: there is no such service.
        run: that it is about.
        suite: by the name that the run gives.
        execution: how far it has been carried out.
        now: the time.
    """
    if world is None:
        return RunSight(run=run, suite=suite, execution=execution, is_wanted=False)
    parts = cast(Book(world, now))
    playing = {(one.name, one.spec.digest) for one in (parts.candidate, parts.serving) if one is not None}
    baseline = run.spec.baseline
    return RunSight(
        run=run,
        suite=suite,
        execution=execution,
        is_wanted=(run.spec.revision.name, run.spec.revision.digest) in playing,
        candidate=address(world, run.spec.revision.name),
        baseline_address=address(world, baseline.name) if baseline is not None else None,
        baseline_run=_baseline_run(world, run),
    )


def _baseline_run(world: World, run: Run) -> Run | None:
    """The newest that came to a verdict on the revision that this one compares with, by the same suite."""
    if run.spec.baseline is None:
        return None
    found = [
        one
        for one in world.runs
        if one.spec.revision == run.spec.baseline
        and (one.spec.suite, one.spec.source) == (run.spec.suite, run.spec.source)
        and one.status.state == "Finished"
    ]
    return found[-1] if found else None
