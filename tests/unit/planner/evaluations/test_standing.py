"""How a revision stands by a suite: which runs count, and what is made of none."""

import datetime as dt
from typing import Any

import pytest

from harness.laboratory import ACCURACY, COMPARES, EXTERNAL, JOB
from harness.runs import HOUR, MINUTE, NEW, NOW, OLD, SECOND, run, suite
from leadsman.api.meta import RevisionReference
from leadsman.planner.evaluations.standing import TRIES, Question, Standing, standing
from leadsman.planner.governance import Run, Suite

QA = suite()


def stands(*runs: Run, by: Suite = QA, at: dt.datetime = NOW, **question: Any) -> Standing:
    return standing(Question(revision=NEW, suite=by, **question), runs, at)


@pytest.mark.parametrize("verdict", ["Passed", "Failed", "Inconclusive"])
def test_the_last_verdict_counts(verdict: str) -> None:
    found = stands(run(NEW, QA, "Passed", ago=3 * HOUR), run(NEW, QA, verdict, ago=HOUR))

    assert (found.state, found.wants_run, found.is_open_question) == (verdict, None, False)


@pytest.mark.parametrize("says", ["", "Pending", "Running"])
def test_a_run_that_is_not_over_is_waited_for_whatever_was_before(says: str) -> None:
    found = stands(run(NEW, QA, "Failed", ago=3 * HOUR), run(NEW, QA, says, ago=HOUR))

    assert (found.state, found.reason, found.wants_run) == ("Running", "GatesRunning", None)
    assert found.is_open_question


RENAMED = RevisionReference(name=OLD.name, digest=NEW.digest)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (run(OLD, QA, "Passed"), ""),
        (run(RENAMED, QA, "Passed"), ""),
        (run(RevisionReference(name=NEW.name, digest=OLD.digest), QA, "Passed"), ""),
        (run(NEW, suite(minSamples=9), "Passed"), "was edited since"),
        (
            run(NEW, QA, "Passed", source="Submitted", results=None),
            "was submitted, which the suite's runner is not for",
        ),
        (run(NEW, QA, "Passed", ago=15 * 24 * HOUR), "is older than the suite's maxAgeHours"),
        (run(NEW, QA, "Cancelled"), "was cancelled"),
    ],
    ids=["other revision", "other name", "other digest", "edited suite", "submitted", "too old", "cancelled"],
)
def test_what_is_of_something_else_or_too_old_is_no_evidence(what: Run, why: str) -> None:
    found = stands(what)

    assert (found.state, found.wants_run) == ("Pending", NEW)
    assert why in found.message


def test_a_job_proves_nothing_to_a_suite_of_ci() -> None:
    external = suite(EXTERNAL)

    found = stands(run(NEW, external, "Passed"), by=external)

    assert (found.state, found.reason, found.wants_run) == ("Pending", "AwaitingResults", None)
    assert "was run, which the suite's runner is not for" in found.message
    assert found.unblock == f"leadsman eval submit --revision {NEW.name} --suite qa RESULTS"


def test_a_pass_lasts_for_max_age_hours_and_says_when_it_ends() -> None:
    short = suite(maxAgeHours=2)
    passed = run(NEW, short, "Passed", ago=HOUR)

    assert stands(passed, by=short).wake_at == NOW + HOUR
    assert stands(passed, by=short, at=NOW + HOUR - SECOND).state == "Passed"
    assert stands(passed, by=short, at=NOW + HOUR).wants_run == NEW


@pytest.mark.parametrize("verdict", ["Failed", "Inconclusive"])
def test_a_refusal_does_not_age_or_one_would_evaluate_until_it_passes(verdict: str) -> None:
    found = stands(run(NEW, QA, verdict, ago=999 * HOUR))

    assert (found.state, found.wants_run, found.wake_at) == (verdict, None, None)


def test_when_the_last_pass_is_too_old_the_refusal_before_it_does_not_come_back() -> None:
    found = stands(run(NEW, QA, "Failed", ago=500 * HOUR), run(NEW, QA, "Passed", ago=400 * HOUR))

    assert (found.state, found.wants_run) == ("Pending", NEW)


def test_errors_are_tried_again_later_and_later_and_then_no_more() -> None:
    waits: list[float] = []
    for tries in range(1, TRIES):
        errors = [run(NEW, QA, "Errored", ago=number * SECOND) for number in range(tries, 0, -1)]
        found = stands(*errors)
        assert (found.state, found.reason, found.wants_run) == ("Pending", "GatesRunning", None)
        assert found.is_open_question
        assert found.wake_at is not None
        assert stands(*errors, at=found.wake_at).wants_run == NEW
        waits.append((found.wake_at - errors[-1].created_at).total_seconds())
    assert waits == [30, 60, 120, 240, 480]

    last = stands(
        *(run(NEW, QA, "Errored", ago=number * SECOND) for number in range(TRIES, 0, -1)), at=NOW + 999 * HOUR
    )
    assert (last.reason, last.wants_run, last.wake_at, last.is_open_question) == ("RunErrored", None, None, False)
    assert "the last of 6 tries" in last.message


def test_what_was_cancelled_is_no_try() -> None:
    cancelled = [run(NEW, QA, "Cancelled", ago=number * SECOND) for number in range(TRIES, 0, -1)]

    assert stands(*cancelled).wants_run == NEW


def test_an_error_after_a_verdict_that_counts_changes_nothing() -> None:
    assert stands(run(NEW, QA, "Failed", ago=2 * HOUR), run(NEW, QA, "Errored")).state == "Failed"


def test_an_error_of_ci_is_for_ci_to_mend() -> None:
    external = suite(EXTERNAL)

    found = stands(run(NEW, external, "Errored", source="Submitted", results=None), by=external)

    assert (found.reason, found.wants_run, found.wake_at) == ("RunErrored", None, None)
    assert found.is_open_question


def test_after_drift_only_younger_runs_count() -> None:
    since = NOW - 30 * MINUTE

    found = stands(run(NEW, QA, "Passed", ago=HOUR), not_before=since)
    assert (found.state, found.wants_run) == ("Pending", NEW)
    assert "is older than the drift, or the retry, at 2026-11-23 09:30 UTC" in found.message
    assert stands(run(NEW, QA, "Passed", ago=10 * MINUTE), not_before=since).state == "Passed"


def test_a_run_that_was_made_at_once_is_no_older_than_the_drift_though_its_time_is_cut_to_the_second() -> None:
    assert stands(run(NEW, QA, "", ago=HOUR), not_before=NOW - HOUR + dt.timedelta(milliseconds=700)).state == "Running"


RED = suite(COMPARES)


def test_what_is_compared_with_is_evaluated_first() -> None:
    found = stands(by=RED, baseline=OLD)

    assert (found.state, found.wants_run) == ("Running", OLD)
    assert f"the serving revision {OLD.name} is evaluated first" in found.message


def test_the_baseline_under_way_is_waited_for() -> None:
    found = stands(run(OLD, RED, "Running"), by=RED, baseline=OLD)

    assert (found.state, found.wants_run) == ("Running", None)


@pytest.mark.parametrize("verdict", ["Passed", "Failed", "Inconclusive"])
def test_a_baseline_serves_with_whatever_verdict(verdict: str) -> None:
    assert stands(run(OLD, RED, verdict), by=RED, baseline=OLD).wants_run == NEW


@pytest.mark.parametrize("verdict", ["Passed", "Failed"])
def test_a_baseline_that_is_too_old_is_measured_again(verdict: str) -> None:
    assert stands(run(OLD, RED, verdict, ago=400 * HOUR), by=RED, baseline=OLD).wants_run == OLD


def test_a_comparison_that_was_made_outlives_what_it_was_made_with() -> None:
    made = run(NEW, RED, "Passed", baseline=OLD.to_dict())

    assert stands(run(OLD, RED, "Passed", ago=400 * HOUR), made, by=RED, baseline=OLD).state == "Passed"
    assert stands(made, by=RED, baseline=OLD).state == "Passed"


def test_a_baseline_that_cannot_be_measured_holds_and_is_not_tried_for_ever() -> None:
    errors = [run(OLD, RED, "Errored", ago=number * SECOND) for number in range(TRIES, 0, -1)]

    found = stands(*errors, by=RED, baseline=OLD, at=NOW + 99 * HOUR)

    assert (found.state, found.reason, found.wants_run) == ("Pending", "RunErrored", None)
    assert not found.is_open_question


def test_another_revision_serves_and_the_comparison_is_made_anew() -> None:
    third = RevisionReference(name="bot-3333333333", digest="sha256:" + "3" * 64)
    made = run(NEW, RED, "Passed", baseline=OLD.to_dict())

    found = stands(made, run(third, RED, "Passed"), by=RED, baseline=third)

    assert (found.state, found.wants_run) == ("Pending", NEW)
    assert f"does not compare with {third.name}, which serves now" in found.message


def test_without_a_serving_revision_nothing_is_compared() -> None:
    assert stands(by=RED).wants_run == NEW
    assert stands(run(NEW, RED, "Passed"), by=RED).state == "Passed"


def test_a_suite_that_compares_with_nothing_needs_no_baseline() -> None:
    assert stands(by=suite(JOB | {"criteria": [ACCURACY]}), baseline=OLD).wants_run == NEW
