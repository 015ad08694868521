"""A provider that fails again and again is asked less often, by one query at a time, until it answers."""

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 5
"""In a row, of whatever queries: one query that takes too long is not the provider's failure."""
FIRST_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 30.0


@dataclass(slots=True)
class Breaker:
    failures: int = 0
    reason: str = ""
    """Of the last failure."""
    _retry_at: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.failures >= FAILURES

    def lets_through(self, now: float) -> bool:
        """May this query be asked? While open, one that tries is let through, and the next one later."""
        if not self.is_open:
            return True
        if now < self._retry_at:
            return False
        self._retry_at = now + self._pause
        return True

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, reason: str, now: float) -> None:
        self.failures += 1
        self.reason = reason
        self._retry_at = now + self._pause

    @property
    def _pause(self) -> float:
        return min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(max(0, self.failures - FAILURES), 10))
