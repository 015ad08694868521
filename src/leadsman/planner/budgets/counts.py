"""What has been read of a service for a channel, and what of it is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from leadsman.planner.budgets.days import DaySum
from leadsman.planner.budgets.spending import Spent

DAY: Final = timedelta(days=1)
STALE_AFTER: Final = timedelta(minutes=15)
"""What was read longer ago says nothing of now."""


@dataclass(frozen=True, slots=True)
class Window:
    """What was spent in a stretch of time before it was read."""

    at: datetime
    spent: Mapping[str, Spent]
    """By revision. Money has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Of one service, by its metric provider."""

    at: datetime | None = None
    """When something of it was read last. None: never."""
    windows: Mapping[timedelta, Window] = field(default_factory=dict[timedelta, Window])
    """By length."""
    measured: timedelta = timedelta()
    """Of the 24 hours before `measured_at`."""
    measured_at: datetime | None = None
    today: DaySum | None = None
    """Up to `today_at`."""
    today_at: datetime | None = None
    over: Mapping[date, DaySum] = field(default_factory=dict[date, DaySum])
    """Days that have ended, of those that were asked for."""
    problem: str = ""
    """Why it could not be read, the last time that it was tried, or why it cannot be relied on."""

    def trouble(self, now: datetime) -> str:
        """Why it says nothing of now. Empty: it does."""
        if self.at is not None and now - self.at <= STALE_AFTER:
            return ""
        return self.problem or "it has not been read yet"

    def of_day(self, day: date) -> DaySum | None:
        return self.today if self.today is not None and self.today.day == day else self.over.get(day)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def today(now: datetime) -> date:
    """In UTC."""
    return now.astimezone(UTC).date()


def unread(window_days: int, counted_until: datetime | None, now: datetime) -> tuple[date, ...]:
    """Days of the window that are over and were not read since, oldest first.

    Args:
        window_days: of the budget.
        counted_until: until when its daily sums count. None: there are none yet.
        now: the time.
    """
    last = today(now)
    first = last - timedelta(days=window_days)
    if counted_until is not None:
        first = max(first, today(counted_until))
    return tuple(first + timedelta(days=number) for number in range((last - first).days))
