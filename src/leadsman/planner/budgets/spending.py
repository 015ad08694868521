"""How much of a channel's allowance is spent, and how many times too fast.

Beyer et al., "The Site Reliability Workbook", 2018, chapter 5: a burn rate of 1 spends the allowance in exactly one
period, so of an hour at burn rate 14.4, a 30-day allowance feels 2 %.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_DIGITS: Final = 9
"""That an objective may have: 1 - 0.99 shall be 0.01."""
FEWEST_BAD: Final = 3
FEWEST_EVENTS: Final = 100
"""One error in ten requests is a burn rate of 100 at an objective of 0.999, and says next to nothing."""


@dataclass(frozen=True, slots=True)
class Spent:
    """In a stretch of time."""

    bad: float
    """Events, points, money or minutes."""
    total: float | None = None
    """All events. None: these are no events, and bad is spent whatever else happened."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.bad) and self.bad >= 0):
            raise ValueError(f"what was spent is a number of at least 0: {self.bad}")
        if self.total is not None and not (math.isfinite(self.total) and self.total >= self.bad):
            raise ValueError(f"the bad events are some of all events: {self.bad} of {self.total}")

    def __add__(self, other: "Spent") -> "Spent":
        if (self.total is None) != (other.total is None):
            raise ValueError("events and amounts do not add up")
        total = None if self.total is None or other.total is None else self.total + other.total
        return Spent(self.bad + other.bad, total)


@dataclass(frozen=True, slots=True)
class Objective:
    """Of a ratio: the more events there are, the more of them may be bad."""

    good: float
    """The share of good events to hold, between 0 and 1, both excluded."""

    def __post_init__(self) -> None:
        if not 0 < self.good < 1:
            raise ValueError(f"an objective lies between 0 and 1: {self.good}")

    def allowance(self, period: Spent) -> float:
        """Events that may be bad in the period."""
        return round(1 - self.good, _DIGITS) * _events(period)

    def consumed(self, period: Spent) -> float:
        """1: all that was allowed."""
        allowed = self.allowance(period)
        return period.bad / allowed if allowed > 0 else 0.0  # nothing of nothing

    def burn_rate(self, window: Spent, _length: timedelta) -> float | None:
        """The bad share of a window over the bad share that is allowed. None: too few events, or bad ones, to say."""
        if _events(window) < FEWEST_EVENTS or window.bad < FEWEST_BAD:
            return None
        return self.consumed(window)  # of what the window itself allows


@dataclass(frozen=True, slots=True)
class Amount:
    """Of points, money or minutes."""

    allowed: float
    """In the whole period, more than 0."""
    period: timedelta

    def __post_init__(self) -> None:
        if not (math.isfinite(self.allowed) and self.allowed > 0 and self.period > timedelta()):
            raise ValueError(f"an allowance and its period are more than 0: {self.allowed} in {self.period}")

    def allowance(self, _period: Spent) -> float:
        """What may be spent, whatever else happens."""
        return self.allowed

    def consumed(self, period: Spent) -> float:
        """1: all that was allowed."""
        return period.bad / self.allowed

    def burn_rate(self, window: Spent, length: timedelta) -> float:
        """How many times faster than evenly over the period.

        Args:
            window: what was spent in it.
            length: of the window, more than 0.
        """
        return window.bad / self.allowed * (self.period / length)


Measure = Objective | Amount
"""Of what may be spent."""


def _events(spent: Spent) -> float:
    if spent.total is None:
        raise ValueError("a ratio is of events: it needs their total")
    return spent.total
