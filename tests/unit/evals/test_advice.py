"""What people are told to do about a verdict."""

import pytest

from harness.evaluations import AT_LEAST, AT_MOST, NO_WORSE, counted, criterion, results, suite
from leadsman.api.v1alpha1.evalrun import EvalRunStatus
from leadsman.evals.advice import enough, on_criterion, on_run
from leadsman.evals.normal import Metric
from leadsman.evals.verdicts import judge


def advised(metric: Metric) -> str:
    return on_criterion(judge(suite(AT_LEAST), results(metric), None).criteria[0])


def test_more_samples_are_asked_for_only_where_they_help() -> None:
    assert advised(counted("acc", 0.95, 500)) == ""
    assert advised(counted("acc", 0.87, 500)).startswith("evaluate 392 more samples, 892 in all")
    assert advised(counted("acc", 0.84, 500)).startswith("mend the revision, or ask for less")
    assert advised(counted("acc", 0.5, 500)).startswith("mend the revision and apply another")
    assert advised(counted("other", 0.95, 500)).startswith("correct what the message names")


def test_as_many_samples_as_are_said_to_be_missing_do_prove_it() -> None:
    (found,) = judge(suite(AT_LEAST), results(counted("acc", 0.87, 500)), None).criteria
    assert found.missing_samples is not None

    assert enough(criterion(AT_LEAST), 0.87) == 500 + found.missing_samples
    assert advised(counted("acc", 0.87, 500 + found.missing_samples)) == ""


def test_enough_without_a_failure_is_what_the_exact_bound_says() -> None:
    assert enough(criterion(AT_MOST), 0.0) == 299
    assert enough(criterion(AT_LEAST), 0.85) is None
    assert enough(criterion(NO_WORSE), 0.9) is None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({}, "wait"),
        ({"state": "Running"}, "wait"),
        ({"state": "Errored"}, "the harness failed"),
        ({"state": "Finished", "verdict": "Passed"}, "nothing"),
        ({"state": "Finished", "verdict": "Failed"}, "see what stands below"),
    ],
)
def test_a_run_as_a_whole(status: dict[str, str], said: str) -> None:
    assert on_run(EvalRunStatus.from_dict(status)).startswith(said)
