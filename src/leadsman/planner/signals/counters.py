"""What raw counters of pods gained between two readings, so that no event is ever counted twice.

    base ── reading ── reading ─► the difference counts, and the reading is the next base

- A pod that is seen for the first time is a base and counts nothing: whatever it did before may be long ago.
- A pod that is missing waits, and what it did meanwhile counts when it is back.
- A counter that fell may have begun anew, or one of the series behind it may be missing. The next reading tells: back
  at its height, the series are all there; still below, it was a restart, and what came after the fall counts. What lies
  around a restart is lost: at most one interval of one pod, whatever was good or bad in it.
- A pod without a counter of bad events has had none yet. Whether its name is right is asked elsewhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from leadsman.planner.signals.queries import PodCounts


@dataclass(frozen=True, slots=True)
class Tally:
    bad: float = 0.0
    total: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.bad + other.bad, self.total + other.total)

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(self.bad - other.bad, self.total - other.total)

    def reaches(self, other: "Tally") -> bool:
        return self.bad >= other.bad and self.total >= other.total

    @property
    def share(self) -> float | None:
        return self.bad / self.total if self.total > 0 else None


@dataclass(frozen=True, slots=True)
class Base:
    """Of one pod."""

    at: Tally
    fallen_to: Tally | None = None


Bases = Mapping[str, Base]


def advance(bases: Bases, seen: Mapping[str, PodCounts]) -> tuple[Bases, Tally]:
    """The next bases, and what was gained since the last ones."""
    after, gained = dict(bases), Tally()
    for pod, counts in seen.items():
        raw = _raw(counts)
        if raw is None:
            continue
        after[pod], more = _step(bases.get(pod), *raw)
        gained += more
    return after, gained


def consistent(tally: Tally) -> Tally | None:
    """No more bad events than events. A little more is how counters are read and extrapolated; it is cut.

    Twice as many and a few: two series of one window that began at different times may differ so much. None: more than
    that; one of the selectors counts something else.
    """
    if tally.bad > 2 * tally.total + 5:
        return None
    return Tally(min(tally.bad, tally.total), tally.total)


def _raw(counts: PodCounts) -> tuple[float | None, float] | None:
    if counts.total is None or not is_count(counts.total):
        return None
    if counts.bad is not None and not is_count(counts.bad):
        return None
    return counts.bad, counts.total


def is_count(value: float) -> bool:
    return math.isfinite(value) and value >= 0


def _step(base: Base | None, bad: float | None, total: float) -> tuple[Base, Tally]:
    if bad is None and base is not None and base.at.bad > 0 and total >= base.at.total and base.fallen_to is None:
        return base, Tally()  # the pod goes on, so its bad events are only not shown now
    raw = Tally(bad or 0.0, total)
    if base is None:
        return Base(raw), Tally()
    if raw.reaches(base.at):
        return Base(raw), raw - base.at
    if base.fallen_to is not None and raw.reaches(base.fallen_to):
        return Base(raw), raw - base.fallen_to
    return Base(base.at, raw), Tally()
