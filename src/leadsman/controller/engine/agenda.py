"""Which key is next, and when. Knows no tasks and no clock: `now` is an argument, in seconds that only rise."""

import heapq
import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
STALE: Final = 64
"""So many entries that no longer count are not worth tidying up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """All in seconds."""

    coalesce: float = 0.005
    """One change of a user's comes as several events: they are looked at together."""
    first_retry: float = 0.02
    longest_retry: float = 30.0
    patience: float = 0.25
    """A key that failed is not tried sooner than this, however many events wake it (or than its retry, if sooner)."""
    longest_rest: float = 3600.0
    """A due time far ahead is looked at again after this: the wall clock, which it was computed from, is corrected."""


@dataclass(frozen=True, slots=True)
class Due(Generic[K]):
    key: K
    since: float
    """When it became due: work begins later where all hands are full."""


class Agenda(Generic[K]):
    """Each key has at most one due time, the earliest that anyone asked for since it was last taken.

    A key that is worked on is not given out a second time. What wakes it meanwhile makes it due once more.
    """

    def __init__(self, pace: Pace, jitter: Callable[[], float]) -> None:
        """With `jitter` between 0 and 1: keys that failed together are not retried together."""
        self._pace = pace
        self._jitter = jitter
        self._due: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._order = itertools.count()
        self._taken: set[K] = set()
        self._failures: dict[K, int] = {}
        self._not_before: dict[K, float] = {}

    def wake(self, key: K, now: float) -> None:
        """Something happened that may concern it."""
        self._ask(key, max(now + self._pace.coalesce, self._not_before.get(key, now)))

    def take(self, now: float) -> Due[K] | None:
        """The key that has been due for longest, to be worked on until `rest`, `retry` or `forget`."""
        while self._heap and self._heap[0][0] <= now:
            since, _, key = heapq.heappop(self._heap)
            if self._due.get(key) != since or key in self._taken:
                continue
            del self._due[key]
            self._taken.add(key)
            return Due(key, since)
        return None

    def next_at(self) -> float | None:
        """When there may be something to take. May be in the past."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def rest(self, key: K, now: float, *, after: float | None) -> None:
        """It was worked on. Without events it is looked at again `after` seconds, or not at all."""
        self._failures.pop(key, None)
        self._not_before.pop(key, None)
        if after is not None:
            self._ask(key, now + min(max(after, 0.0), self._pace.longest_rest))
        self._give_back(key)

    def retry(self, key: K, now: float, *, within: float | None = None) -> float:
        """It could not be worked on: again after twice as long as last time, which is returned.

        `within`: something else is due after so many seconds, and does not wait for longer.
        """
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        longest = min(self._pace.longest_retry, self._pace.first_retry * 2 ** min(failures, 32))
        after = longest * (0.5 + self._jitter() / 2)
        if within is not None:
            after = min(after, max(within, self._pace.patience))
        # What woke it while it was worked on is no reason to try sooner than what wakes it from now on.
        self._not_before[key] = now + min(after, self._pace.patience)
        if key in self._due:
            self._due[key] = max(self._due[key], self._not_before[key])
        self._ask(key, now + after)
        self._give_back(key)
        return after

    def waiting(self, now: float) -> int:
        """How many are due and not yet worked on."""
        return sum(1 for key, at in self._due.items() if at <= now and key not in self._taken)

    def _ask(self, key: K, at: float) -> None:
        if at < self._due.get(key, float("inf")):
            self._due[key] = at
            if key not in self._taken:
                self._push(at, key)

    def _give_back(self, key: K) -> None:
        self._taken.discard(key)
        if key in self._due:
            self._push(self._due[key], key)

    def _push(self, at: float, key: K) -> None:
        """Entries that an earlier due time has replaced go with it: some are for an hour from now."""
        if len(self._heap) > 2 * len(self._due) + STALE:
            self._heap = [entry for entry in self._heap if self._is_current(entry)]
            heapq.heapify(self._heap)
        heapq.heappush(self._heap, (at, next(self._order), key))

    def _is_current(self, entry: tuple[float, int, K]) -> bool:
        at, _, key = entry
        return self._due.get(key) == at and key not in self._taken
