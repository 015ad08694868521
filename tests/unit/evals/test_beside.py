"""Two runs beside each other."""

import pytest

from harness.evaluations import AT_LEAST, AT_MOST, counted, results, right, sampled, suite
from leadsman.evals.beside import Beside, beside
from leadsman.evals.kept import keep, recall
from leadsman.evals.normal import Metric, Results


def one(first: Metric | None, second: Metric | None, *criteria: dict[str, str]) -> Beside:
    def held(metric: Metric | None) -> Results:
        kept = keep(results(metric) if metric else results())
        return recall(kept.figures, kept.outcomes)

    (found,) = beside(held(first), held(second), "bot-1", suite(*criteria) if criteria else None)
    return found


def test_kept_samples_are_paired_so_that_small_differences_show() -> None:
    found = one(sampled("acc", right(450, 500)), sampled("acc", right(470, 500)), AT_LEAST)

    assert (found.first, found.second) == (0.9, 0.94)
    assert found.criteria == ("accuracy",)
    assert found.difference == pytest.approx(0.04)
    assert found.lower is not None
    assert found.lower > 0.02
    assert "500 pairs, 20 better and 0 worse" in found.how


def test_without_samples_the_difference_is_told_too_less_exactly() -> None:
    found = one(counted("acc", 0.9, 500), counted("acc", 0.94, 500))

    assert found.difference == pytest.approx(0.04)
    assert found.lower is not None
    assert found.lower < 0.02
    assert found.how.startswith("unpaired")


def test_the_difference_is_of_values_whichever_way_is_better() -> None:
    found = one(sampled("attacks", right(50, 500)), sampled("attacks", right(10, 500)), AT_MOST)

    assert found.difference == pytest.approx(-0.08)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < -0.08 < found.upper < 0
    assert "40 better and 0 worse" in found.how


def test_percent_stays_percent() -> None:
    found = one(counted("acc", 90, 500, unit="Percent"), counted("acc", 94, 500, unit="Percent"))

    assert found.difference == pytest.approx(4)


def test_what_cannot_be_told_apart_says_why() -> None:
    acc = counted("acc", 0.9, 500)

    assert one(acc, None).how == "the second run has no such metric"
    assert one(None, acc).how == "the first run has no such metric"
    assert one(acc, counted("acc", 90, 500, unit="Percent")).how == "units differ: Fraction and Percent"
    seconds = one(sampled("latency", [1.0, 2.0], unit="Seconds"), sampled("latency", [1.0, 3.0], unit="Seconds"))
    assert seconds.difference is None
    assert "needs 300 that vary" in seconds.how
