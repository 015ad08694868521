"""What would a criterion take to pass, and how often would it err?"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evaluations import AT_LEAST, AT_MOST, NO_WORSE, counted, criterion, results, suite
from leadsman.evals.feasibility import chances, feasibility
from leadsman.evals.verdicts import judge


def test_it_says_from_which_value_on_a_result_passes() -> None:
    found = feasibility(criterion(AT_LEAST), 500)

    assert found is not None
    assert (found.passes_from, found.fails_from, found.least) == (0.878, 0.822, 19)


def test_with_too_few_samples_no_result_can_pass() -> None:
    found = feasibility(criterion(AT_MOST), 100)

    assert found is not None
    assert (found.passes_from, found.least) == (None, 299)


def test_perfection_is_never_proven() -> None:
    found = feasibility(criterion(AT_LEAST, min="1"), 10_000)

    assert found is not None
    assert (found.passes_from, found.least) == (None, None)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 2000), st.sampled_from(["0.5", "0.85", "0.99"]))
def test_what_it_says_is_what_the_verdict_is(samples: int, limit: str) -> None:
    found = feasibility(criterion(AT_LEAST, min=limit), samples)

    def verdict(successes: int) -> str:
        return judge(
            suite({**AT_LEAST, "min": limit}), results(counted("acc", successes / samples, samples)), None
        ).verdict

    assert found is not None
    if found.passes_from is None:
        assert verdict(samples) != "Passed"
    else:
        passing = round(found.passes_from * samples)
        assert verdict(passing) == "Passed"
        assert passing == 0 or verdict(passing - 1) != "Passed"
    if found.fails_from is not None:
        assert verdict(round(found.fails_from * samples)) == "Failed"


def test_a_revision_at_the_limit_passes_no_more_often_than_promised() -> None:
    found = chances(criterion(AT_LEAST), 500, 0.85)

    assert found is not None
    assert found.passed <= 0.05
    assert found.failed <= 0.05
    assert found.passed + found.failed + found.inconclusive == pytest.approx(1)


def test_chances_where_lower_is_better_are_exact() -> None:
    found = chances(criterion(AT_MOST), 299, 0.002)

    assert found is not None
    assert found.passed == pytest.approx(math.pow(0.998, 299))


def test_a_comparison_takes_hundreds_of_samples() -> None:
    few, many = (feasibility(criterion(NO_WORSE), n) for n in (100, 1500))
    equal, worse = (chances(criterion(NO_WORSE), 500, truth) for truth in (0, -0.05))

    assert few is not None
    assert many is not None
    assert equal is not None
    assert worse is not None
    assert few.passes_from is not None
    assert many.passes_from is not None
    assert few.passes_from > 0 > many.passes_from > -0.03
    assert many.least == few.least == 321
    assert equal.passed == pytest.approx(0.66, abs=0.02)
    assert worse.passed < 0.005


def test_without_bounds_nothing_is_known_beforehand() -> None:
    asked = criterion(AT_MOST, unit="Seconds", max="2.5")

    assert feasibility(asked, 500) is None
    assert chances(asked, 500, 2.0) is None


def test_percents_are_told_in_percent() -> None:
    found = feasibility(criterion(NO_WORSE, unit="Percent", nonInferior={"margin": "3"}), 1500)

    assert found is not None
    assert found.passes_from == pytest.approx(-1.62)
