"""What is written down of a run."""

import datetime as dt
from dataclasses import replace

import pytest

from harness.evaluations import results, right, sampled
from harness.laboratory import ACCURACY, EXTERNAL
from harness.runs import HOUR, MINUTE, NEW, NOW, SECOND, run, suite
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.evalsuite import EvalSuiteStatus
from leadsman.evals.verdicts import Judgement
from leadsman.planner.evaluations.judged import Proven, errored, finished, under_way, verdict
from leadsman.planner.evaluations.sight import RunSight
from leadsman.planner.governance import Run

QA = suite(criteria=[ACCURACY | {"min": "0.5"}])
RUN = run(NEW, QA)
GOOD = results(sampled("acc", right(100, 100)))
SIGHT = RunSight(run=RUN, suite=QA)


def judged(seen: RunSight = SIGHT, *, found: object = GOOD, began: dt.datetime = NOW - HOUR) -> Judgement:
    return verdict(seen, found, None, started_at=began, now=NOW)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_good_results_pass_and_bad_ones_fail() -> None:
    assert judged().verdict == "Passed"
    assert judged(found=results(sampled("acc", right(0, 100)))).verdict == "Failed"


@pytest.mark.parametrize("since", [NOW - HOUR + SECOND, None])
def test_criteria_that_are_younger_than_the_evaluation_prove_nothing(since: dt.datetime | None) -> None:
    status = EvalSuiteStatus(criteria_since=since) if since else EvalSuiteStatus()
    changed = replace(QA, status=status)

    found = judged(replace(SIGHT, suite=changed))

    assert found.verdict == "Inconclusive"
    assert "after the evaluation began at 2026-11-23 09:00:00 UTC: evaluate again" in found.message


def test_results_from_the_future_prove_nothing_beyond_what_clocks_differ_by() -> None:
    assert judged(found=replace(GOOD, finished_at=NOW + 5 * MINUTE)).verdict == "Passed"
    later = judged(found=replace(GOOD, finished_at=NOW + 6 * MINUTE))
    assert later.verdict == "Inconclusive"
    assert later.message.startswith("the results are from the future")


def proven(said: str = "Passed", **changes: dt.datetime) -> Proven:
    judgement = Judgement(verdict=said, message="x" * 5000, criteria=())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return Proven(results=replace(GOOD, **changes), judgement=judgement, outcomes=None, started_at=NOW - HOUR)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("said", ["Passed", "Failed", "Inconclusive"])
def test_a_verdict_completes_the_run(said: str) -> None:
    made = finished(RUN, proven(said), NOW)

    assert (made.state, made.verdict, made.started_at, made.finished_at) == ("Finished", said, NOW - HOUR, NOW)
    assert len(made.message) == 4096
    assert made.tool is not None
    assert (made.tool.name, made.tool.version) == ("lm-eval", "0.4.13")
    assert [(one.type, one.status, one.reason) for one in made.conditions] == [("Complete", "True", said)]


def submitted() -> Run:
    external = suite(EXTERNAL)
    return run(NEW, external, source="Submitted", results=None)


def test_what_ci_measured_long_ago_is_that_old_and_never_younger_than_now() -> None:
    assert finished(submitted(), proven(finished_at=NOW - 99 * HOUR), NOW).finished_at == NOW - 99 * HOUR
    assert finished(submitted(), proven(finished_at=NOW + MINUTE), NOW).finished_at == NOW
    assert finished(RUN, proven(finished_at=NOW - 99 * HOUR), NOW).finished_at == NOW


def test_an_error_completes_the_run_without_a_verdict() -> None:
    made = errored(RUN, Reason.RUN_ERRORED, "no file", NOW)

    assert (made.state, made.verdict, made.message) == ("Errored", None, "no file")
    assert replace(RUN, status=made).reason == "RunErrored"


def test_on_its_way_it_keeps_the_moment_at_which_it_began() -> None:
    waits = under_way(RUN, "waits for a place", NOW, job=None, begun=False)
    assert (waits.state, waits.started_at, waits.conditions[0].reason) == ("Pending", None, "Queued")

    runs = under_way(replace(RUN, status=waits), "runs", NOW, job="job-1", begun=True)
    later = under_way(replace(RUN, status=runs), "runs", NOW + HOUR, job=None, begun=True)
    assert (later.state, later.started_at, later.job) == ("Running", NOW, "job-1")
    assert later == runs
