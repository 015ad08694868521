"""Daily sums outlive the metric provider's memory, and leave the window one by one."""

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.planner.budgets.days import DaySum, replaced, total, within
from leadsman.planner.budgets.spending import Spent

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(ago: int, bad: float = 1, of: float = 100, measured: timedelta = DAY) -> DaySum:
    return DaySum((NOW - ago * DAY).date(), Spent(bad, of), measured)


def test_what_is_read_again_takes_the_place_of_what_was_read_before() -> None:
    days = replaced((day(1), day(0, 2, 50, HOUR)), [day(0, 1, 60, 2 * HOUR)])
    assert days == (day(1), day(0, 1, 60, 2 * HOUR))


def test_what_a_provider_has_forgotten_stays_spent() -> None:
    assert replaced([day(0, 2, 50, 2 * HOUR)], [day(0, 1, 25, HOUR)]) == (day(0, 2, 50, 2 * HOUR),)
    assert replaced([day(0, 2, 50, 2 * HOUR)], [day(0, 3, 25, HOUR)]) == (day(0, 3, 25, 2 * HOUR),)


def test_a_day_that_is_missing_is_put_where_it_belongs() -> None:
    assert replaced((day(3), day(1)), [day(2)]) == (day(3), day(2), day(1))


def test_a_day_counts_until_all_of_it_has_left_the_window() -> None:
    days = tuple(day(ago) for ago in range(40, -1, -1))
    kept = within(days, NOW, 28)
    assert len(kept) == 29
    assert kept[0].day == date(2026, 2, 1)
    assert total(kept) == Spent(29, 2900)


def test_the_day_changes_at_midnight_in_utc_wherever_the_clock_stands() -> None:
    still_the_28th = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    days = (day(2), day(1))  # 27 and 28 February
    assert within(days, still_the_28th, 1) == days
    assert within(days, still_the_28th + HOUR, 1) == (day(1),)


def test_without_days_there_is_no_sum() -> None:
    assert total(()) is None


@pytest.mark.parametrize("days", [(day(1), day(2)), (day(1), day(1))])
def test_days_are_sorted_and_each_is_there_once(days: tuple[DaySum, ...]) -> None:
    with pytest.raises(ValueError, match="sorted"):
        within(days, NOW, 28)


@pytest.mark.parametrize("measured", [-HOUR, 25 * HOUR])
def test_no_day_has_more_than_24_hours(measured: timedelta) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        day(0, measured=measured)


@given(st.dictionaries(st.integers(0, 60), st.integers(0, 50)), st.integers(1, 92), st.randoms())
def test_no_order_of_arrival_changes_what_was_spent(spent: dict[int, int], window: int, chance: Random) -> None:
    arrivals = list(spent.items())
    chance.shuffle(arrivals)
    days: tuple[DaySum, ...] = ()
    for ago, bad in arrivals:
        days = replaced(days, [day(ago, bad)])
    found = total(within(days, NOW, window))
    assert (found.bad if found is not None else 0) == sum(bad for ago, bad in arrivals if ago <= window)
    assert len(within(days, NOW, window)) <= window + 1
