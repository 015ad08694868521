"""How large is a share? Exact bounds, and how many samples a proof takes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadsman.stats.estimates import MOST, samples_to_prove
from leadsman.stats.proportions import Proportion, chance_of_at_least

CONFIDENCES = st.floats(0.51, 0.9999)


@st.composite
def shares(draw: st.DrawFn) -> Proportion:
    count = draw(st.integers(1, 3000))
    return Proportion(draw(st.floats(0, count)), count)


@pytest.mark.parametrize(("limit", "needed"), [(0.05, 59), (0.01, 299), (0.005, 598), (0.001, 2995)])
def test_to_prove_a_rare_harm_without_seeing_one_takes_what_the_rule_of_three_says(limit: float, needed: int) -> None:
    assert Proportion(needed, needed).lower(0.95) >= 1 - limit
    assert Proportion(needed - 1, needed - 1).lower(0.95) < 1 - limit
    assert samples_to_prove(Proportion(20, 20), 1 - limit, 0.95) == needed


@pytest.mark.parametrize("share", [0.01, 0.3, 0.85, 0.99])
@pytest.mark.parametrize("count", [10, 59, 300])
def test_a_bound_never_errs_more_often_than_it_says(share: float, count: int) -> None:
    too_high = math.fsum(
        math.comb(count, x) * share**x * (1 - share) ** (count - x)
        for x in range(count + 1)
        if Proportion(x, count).lower(0.95) > share
    )

    assert too_high <= 0.05


@given(shares(), CONFIDENCES)
def test_the_share_that_was_seen_lies_between_its_bounds(share: Proportion, confidence: float) -> None:
    lower, upper = share.lower(confidence), share.upper(confidence)

    assert 0 <= lower <= share.value + 1e-12
    assert share.value - 1e-12 <= upper <= 1


@given(shares(), CONFIDENCES, st.floats(0, 1))
def test_more_successes_never_lower_a_bound(share: Proportion, confidence: float, part: float) -> None:
    more = Proportion(share.successes + part * (share.count - share.successes), share.count)

    assert more.lower(confidence) >= share.lower(confidence) - 1e-12
    assert more.upper(confidence) >= share.upper(confidence) - 1e-12


@settings(deadline=None, max_examples=50)  # near the limit the search is long
@given(shares(), st.floats(0.01, 0.99))
def test_the_samples_that_are_said_to_be_needed_prove_it_and_one_less_does_not(share: Proportion, limit: float) -> None:
    needed = samples_to_prove(share, limit, 0.95)

    if needed is None:
        assert share.value <= limit or share.at(MOST).lower(0.95) < limit
    else:
        assert share.at(needed).lower(0.95) >= limit
        assert needed == share.count or share.at(needed - 1).lower(0.95) < limit


def test_at_a_rate_below_the_limit_no_number_of_samples_proves_it() -> None:
    assert samples_to_prove(Proportion(84, 100), 0.85, 0.95) is None
    assert samples_to_prove(Proportion(850_001, 1_000_000), 0.85, 0.95) is None


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_upper_tail_of_the_binomial_is_its_sum(successes: int, count: int, share: float) -> None:
    summed = math.fsum(math.comb(count, x) * share**x * (1 - share) ** (count - x) for x in range(successes, count + 1))

    if successes <= count:
        assert chance_of_at_least(successes, count, share) == pytest.approx(summed, abs=1e-12)


@pytest.mark.parametrize(("successes", "count"), [(-1, 10), (11, 10), (0, 0), (math.nan, 10), (1, math.nan)])
def test_a_share_that_cannot_be_is_refused(successes: float, count: float) -> None:
    with pytest.raises(ValueError, match="between 0 and all"):
        Proportion(successes, count)
