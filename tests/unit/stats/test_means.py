"""How large is a mean without bounds? Where that may be said at all."""

import random

import pytest

from leadsman.stats.means import Mean


def test_a_few_hundred_samples_are_enough_and_a_few_dozen_are_not() -> None:
    chance = random.Random(3)  # noqa: S311  repeatable, not secret
    seconds = [chance.gauss(2, 0.5) for _ in range(300)]

    assert Mean.of(seconds).is_reliable
    assert not Mean.of(seconds[:299]).is_reliable


def test_a_long_tail_takes_more_samples() -> None:
    seconds = [1.0, 1.1] * 400 + [60.0]

    assert Mean.of(seconds).least > 1000
    assert not Mean.of(seconds).is_reliable


def test_where_all_are_equal_nobody_knows_how_rare_another_is() -> None:
    assert not Mean.of([0.0] * 1000).is_reliable


def test_the_truth_lies_beyond_a_bound_as_often_as_it_says() -> None:
    chance = random.Random(4)  # noqa: S311  repeatable, not secret
    below = sum(Mean.of([chance.expovariate(1) for _ in range(300)]).upper(0.95) < 1 for _ in range(400))

    assert below / 400 == pytest.approx(0.05, abs=0.03)


def test_a_difference_of_means_is_as_unsure_as_both() -> None:
    candidate = Mean(value=3, deviation=3, count=900)
    baseline = Mean(value=2, deviation=4, count=400, skewness=2)

    difference = candidate.minus(baseline)

    assert difference.value == 1
    assert difference.upper(0.95) - difference.value == pytest.approx(1.6448536 * (9 / 900 + 16 / 400) ** 0.5)
    assert difference.least == 300
    assert difference.skewness == 2
