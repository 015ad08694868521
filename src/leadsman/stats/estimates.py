"""What every estimate can say, whatever it estimates: where the truth lies, and how many samples would tell more.

Each end of an interval is a bound of its own: the truth lies beyond it with a chance of at most 1 - confidence. Both
together are an interval at 1 - 2 (1 - confidence), so 95 % each make the usual 90 % interval of equivalence testing.
"""

import math
from typing import Final, Protocol, Self

MOST: Final = 10_000_000
"""Samples beyond which nobody evaluates."""


class Estimate(Protocol):
    """Of a share, a mean or a difference; higher is better."""

    @property
    def value(self) -> float: ...

    @property
    def count(self) -> float:
        """Samples behind it."""
        ...

    def lower(self, confidence: float) -> float:
        """One-sided."""
        ...

    def upper(self, confidence: float) -> float:
        """One-sided."""
        ...

    def at(self, count: float) -> Self:
        """What it would be had that many samples come out at the same rates."""
        ...


def samples_to_prove(estimate: Estimate, threshold: float, confidence: float) -> int | None:
    """How many samples in all would lift the lower bound to the threshold, if more came out at the same rates.

    None: none would, because the value itself does not reach it, or by a hair only and `MOST` are too few.
    """
    if estimate.value <= threshold:
        return None
    low = high = math.ceil(estimate.count)
    while estimate.at(high).lower(confidence) < threshold:
        if high >= MOST:
            return None
        low, high = high + 1, min(MOST, 2 * high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if estimate.at(middle).lower(confidence) >= threshold else (middle + 1, high)
    return low
