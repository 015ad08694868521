"""How much is spent, and how fast, against numbers that were computed elsewhere."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.planner.budgets.spending import Amount, Objective, Spent

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOWS = [("2 %", HOUR), ("5 %", 6 * HOUR), ("10 %", DAY), ("10 %", 3 * DAY)]


def test_a_ratio_is_spent_as_far_as_its_bad_events_go_into_what_is_allowed() -> None:
    objective = Objective(0.995)
    assert objective.allowance(Spent(0, 200_000)) == pytest.approx(1000)
    assert objective.consumed(Spent(370, 200_000)) == pytest.approx(0.37)
    assert objective.consumed(Spent(1000, 200_000)) == pytest.approx(1)


def test_without_any_event_nothing_is_spent() -> None:
    assert Objective(0.995).consumed(Spent(0, 0)) == 0


@pytest.mark.parametrize(
    ("good", "bad", "total", "rate"),
    [
        (0.999, 144, 10_000, 14.4),  # the error ratio that the SRE Workbook pages at, for 99.9 %
        (0.999, 60, 10_000, 6),
        (0.99, 300, 10_000, 3),
        (0.999, 10, 10_000, 1),
    ],
)
def test_the_burn_rate_of_a_ratio_is_its_error_ratio_over_the_one_allowed(
    good: float, bad: float, total: float, rate: float
) -> None:
    assert Objective(good).burn_rate(Spent(bad, total), HOUR) == pytest.approx(rate)


@pytest.mark.parametrize("window", [Spent(2, 1_000_000), Spent(99, 99), Spent(0, 0)])
def test_of_few_events_there_is_no_burn_rate(window: Spent) -> None:
    assert Objective(0.999).burn_rate(window, HOUR) is None


@pytest.mark.parametrize("window", [Spent(3, 100), Spent(100, 100)])
def test_of_enough_events_there_is_one(window: Spent) -> None:
    assert Objective(0.999).burn_rate(window, HOUR) is not None


@pytest.mark.parametrize(
    ("days", "rates"),
    [
        (30, [14.4, 6, 3, 1]),  # the Workbook's table 5-6
        (28, [13.44, 5.6, 2.8, 0.9333]),  # as Sloth has the same shares over 28 days
    ],
)
def test_the_shares_of_a_period_that_people_are_paged_for_are_the_known_burn_rates(
    days: int, rates: list[float]
) -> None:
    amount = Amount(100, days * DAY)
    seen = [amount.burn_rate(Spent(float(share.removesuffix(" %"))), length) for share, length in WINDOWS]
    assert seen == pytest.approx(rates, rel=1e-4)


def test_points_are_spent_by_incidents() -> None:
    points = Amount(20, 28 * DAY)
    assert points.consumed(Spent(5)) == pytest.approx(0.25)  # one of Sev3
    assert points.consumed(Spent(25)) == pytest.approx(1.25)  # one of Sev2 is more than there was


@given(st.floats(1, 1e6), st.floats(0.01, 1e6), st.integers(1, 92))
def test_whoever_burns_at_a_rate_of_one_has_spent_everything_when_the_period_ends(
    allowed: float, days_worth: float, days: int
) -> None:
    amount = Amount(allowed, days * DAY)
    window = min(days_worth, days) * DAY
    evenly = Spent(allowed * (window / amount.period))
    assert amount.burn_rate(evenly, window) == pytest.approx(1)


def test_what_was_spent_adds_up() -> None:
    assert Spent(1, 10) + Spent(2, 5) == Spent(3, 15)
    assert Spent(1.5) + Spent(2) == Spent(3.5)


def test_events_and_amounts_do_not() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        _ = Spent(1, 10) + Spent(2)
    with pytest.raises(ValueError, match="needs their total"):
        Objective(0.9).consumed(Spent(1))


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_nothing_that_is_no_amount_is_spent(bad: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Spent(bad)


def test_more_bad_events_than_events_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="some of all events: 3 of 2"):
        Spent(3, 2)


@pytest.mark.parametrize("good", [0, 1, -0.5, 99.5])
def test_an_objective_is_a_share(good: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Objective(good)


@pytest.mark.parametrize(("allowed", "period"), [(0, DAY), (-1, DAY), (float("nan"), DAY), (1, timedelta())])
def test_an_allowance_is_more_than_nothing(allowed: float, period: timedelta) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Amount(allowed, period)
