"""Daily sums, so that the window of a budget may be longer than its metric provider remembers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from operator import add

from leadsman.planner.budgets.spending import Spent


@dataclass(frozen=True, slots=True)
class DaySum:
    day: date
    """In UTC."""
    spent: Spent
    measured: timedelta
    """How much of the day was measured, at most all of it."""

    def __post_init__(self) -> None:
        if not timedelta() <= self.measured <= timedelta(days=1):
            raise ValueError(f"a day has 24 hours: {self.measured} of {self.day}")


def replaced(days: Iterable[DaySum], more: Iterable[DaySum]) -> tuple[DaySum, ...]:
    """With what was read now in the place of what was read before, oldest first.

    A provider that has forgotten a part of the day does not undo what was spent in it.
    """
    sums = {one.day: one for one in days}
    for one in more:
        known = sums.get(one.day)
        sums[one.day] = one if known is None or one.measured >= known.measured else _more(known, one)
    return tuple(sums[day] for day in sorted(sums))


def within(days: Iterable[DaySum], now: datetime, window: int) -> tuple[DaySum, ...]:
    """Those of which any part lies in the window: a day counts whole until all of it has left.

    Args:
        days: oldest first, each once.
        now: with a time zone.
        window: in days, so that one more than that are kept.
    """
    kept = tuple(days)
    if any(later.day <= earlier.day for earlier, later in pairwise(kept)):
        raise ValueError("days are sorted, and each is there once")
    first = (now.astimezone(UTC) - timedelta(days=window)).date()
    return tuple(one for one in kept if one.day >= first)


def total(days: Iterable[DaySum]) -> Spent | None:
    """None: no day."""
    sums = [one.spent for one in days]
    return reduce(add, sums) if sums else None


def _more(known: DaySum, now: DaySum) -> DaySum:
    spent = max(known.spent, now.spent, key=lambda one: (one.bad, one.total or 0))
    return DaySum(known.day, spent, known.measured)
