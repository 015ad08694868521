"""What came of a change that was rehearsed."""

from datetime import datetime
from typing import Literal, Self

from leadsman.api.meta import Model
from leadsman.api.v1alpha1.airevision_status import LedgerEntry, ReadingState
from leadsman.planner.world import Signal

Outcome = Literal["Promoted", "RolledBack", "Held", "Baking"]
"""Held and Baking: when the next change came, or when what was measured ended."""


class Moment(Model):
    """An entry that its ledger would have."""

    at: datetime
    type: str
    message: str
    stage: str | None = None

    @classmethod
    def of(cls, entry: LedgerEntry, message: str) -> Self:
        """Of an entry, told in other words."""
        return cls(at=entry.at, type=entry.type, message=message, stage=entry.facts.get("stage"))


class Point(Model):
    """What a monitor said at a time."""

    at: datetime
    monitor: str
    state: ReadingState
    value: float | None = None
    serving: float | None = None
    limit: float | None = None
    message: str = ""

    @classmethod
    def of(cls, signal: Signal) -> Self:
        return cls(
            at=signal.at,
            monitor=signal.monitor,
            state=signal.state,
            value=signal.value,
            serving=signal.serving,
            limit=signal.limit,
            message=signal.message,
        )


class Rehearsed(Model):
    """One change."""

    generation: str
    """What came: what the names of its pods begin with."""
    versus: str
    """What served then."""
    at: datetime
    until: datetime
    outcome: Outcome
    why: str = ""
    """What held it, or what ended it."""
    moments: tuple[Moment, ...]
    readings: tuple[Point, ...]
    """Of the candidate, in the order of time."""
