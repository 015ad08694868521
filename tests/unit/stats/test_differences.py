"""Is one better than the other? On the same items, on different ones, with scores."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.stats.differences import BoundedPairs, Independent, Pairs
from leadsman.stats.estimates import Estimate, samples_to_prove
from leadsman.stats.proportions import Proportion

CONFIDENCES = st.floats(0.51, 0.9999)


@st.composite
def pairs(draw: st.DrawFn) -> Pairs:
    count = draw(st.integers(1, 2000))
    better = draw(st.integers(0, count))
    return Pairs(better, draw(st.integers(0, count - better)), count)


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        # Airway reactivity (Bentur et al., 2009) and complete response (Cavo et al., 2012), as in Fagerland, Lydersen,
        # Laake, "Statistical analysis of contingency tables", 2017, chapter 8.
        ((1, 7, 21), (-0.517, -0.026)),
        ((6, 16, 161), (-0.124, -0.0054)),
    ],
)
def test_the_score_interval_is_the_published_one(cells: tuple[int, int, int], ends: tuple[float, float]) -> None:
    seen = Pairs(*cells)

    assert (seen.lower(0.975), seen.upper(0.975)) == pytest.approx(ends, abs=5e-4)


def test_newcombes_interval_is_the_published_one() -> None:
    # Newcombe (1998), table II, contrast (a), method 10.
    both = Independent(Proportion(56, 70), Proportion(48, 80))

    assert (both.lower(0.975), both.upper(0.975)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(pairs(), CONFIDENCES)
def test_the_difference_that_was_seen_lies_between_its_bounds(seen: Pairs, confidence: float) -> None:
    lower, upper = seen.lower(confidence), seen.upper(confidence)

    assert -1 <= lower <= seen.value + 1e-9
    assert seen.value - 1e-9 <= upper <= 1


@given(pairs(), CONFIDENCES)
def test_who_is_called_candidate_turns_the_interval_round(seen: Pairs, confidence: float) -> None:
    turned = Pairs(seen.worse, seen.better, seen.count)

    assert turned.lower(confidence) == pytest.approx(-seen.upper(confidence), abs=1e-9)
    assert turned.mcnemar == seen.mcnemar


@given(st.integers(1, 5000), CONFIDENCES)
def test_scores_without_any_difference_prove_as_little_as_answers_without_any(count: int, confidence: float) -> None:
    answers, scores = Pairs(0, 0, count), BoundedPairs.of([0.0] * count)

    assert scores.lower(confidence) == pytest.approx(answers.lower(confidence), abs=1e-9)
    assert scores.upper(confidence) == pytest.approx(answers.upper(confidence), abs=1e-9)


@pytest.mark.parametrize("count", [60, 100, 300])
def test_a_harm_that_befalls_few_items_fully_is_not_passed_more_often_than_promised(count: int) -> None:
    def passes(harmed: int) -> bool:
        return BoundedPairs(-harmed, harmed, count).lower(0.95) > -0.03

    wrongly = math.fsum(math.comb(count, x) * 0.03**x * 0.97 ** (count - x) for x in range(count + 1) if passes(x))

    assert wrongly <= 0.055


def test_the_order_of_scores_does_not_matter() -> None:
    scores = [random.Random(7).uniform(-1, 1) for _ in range(500)]  # noqa: S311  repeatable, not secret

    assert BoundedPairs.of(scores) == BoundedPairs.of(sorted(scores))


@pytest.mark.parametrize(
    "seen",
    [Pairs(20, 22, 300), BoundedPairs(-2, 30, 300), Independent(Proportion(270, 300), Proportion(272, 300))],
    ids=lambda seen: type(seen).__name__,
)
def test_with_more_samples_at_the_same_rates_equality_is_proven(seen: Estimate) -> None:
    needed = samples_to_prove(seen, -0.03, 0.95)

    assert seen.lower(0.95) < -0.03
    assert needed is not None
    assert seen.at(needed).lower(0.95) >= -0.03 > seen.at(needed - 1).lower(0.95)


def test_pairs_take_fewer_samples_than_different_items() -> None:
    paired = samples_to_prove(Pairs(9, 9, 200), -0.03, 0.95)
    different = samples_to_prove(Independent(Proportion(180, 200), Proportion(180, 200)), -0.03, 0.95)

    assert paired is not None
    assert different is not None
    assert paired * 1.5 < different


@pytest.mark.parametrize("wrong", [(-1, 0, 10), (6, 5, 10), (0, 0, 0), (math.nan, 0, 10)])
def test_pairs_that_cannot_be_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not among"):
        Pairs(*wrong)


@pytest.mark.parametrize("wrong", [(11.0, 5.0, 10), (1.0, 11.0, 10), (0.0, -1.0, 10), (math.nan, 1.0, 10)])
def test_differences_that_cannot_be_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        BoundedPairs(*wrong)
