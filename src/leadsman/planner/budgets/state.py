"""The state of a channel, and of a budget: the worst of its channels, never a mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.riskbudget import BudgetState

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

AT_RISK: Final = 0.8
EXHAUSTED: Final = 1.0
COVERED: Final = 0.9
"""Share of the last 24 hours that has to be measured."""

MARGIN: Final = 0.05
STAYS: Final = _HOUR
"""A state is left when its threshold is undercut by the margin, and not before it has lasted so long."""

FAST: Final = ((14.4, _HOUR, 5 * _MINUTE),)
SLOW: Final = ((6.0, 6 * _HOUR, 30 * _MINUTE), (1.0, 3 * _DAY, 6 * _HOUR))
"""Burn rate, and the two windows that both have to reach it: the long one says that it matters, the short one that it
goes on. Beyer et al., "The Site Reliability Workbook", 2018, chapter 5, table 5-8."""

BURN_WINDOWS: Final = tuple(sorted({window for _, *windows in (*FAST, *SLOW) for window in windows}))
"""What is asked of the metric provider, shortest first."""

REASONS: Final[Mapping[BudgetState, Reason]] = {
    "Healthy": Reason.HEALTHY,
    "AtRisk": Reason.AT_RISK,
    "Unknown": Reason.COVERAGE_TOO_LOW,
    "Exhausted": Reason.BUDGET_EXHAUSTED,
    "FastBurn": Reason.FAST_BURN,
}

_WORSE: Final[tuple[BudgetState, ...]] = ("Healthy", "AtRisk", "Unknown", "Exhausted", "FastBurn")
_THRESHOLD: Final[Mapping[BudgetState, float]] = {"AtRisk": AT_RISK, "Exhausted": EXHAUSTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of a channel."""

    consumed: float | None
    """1: all that was allowed. None: it could not be read."""
    burn_rates: Mapping[timedelta, float | None] = field(default_factory=dict[timedelta, float | None])
    """By window. None, or no entry: too little to say."""
    coverage: float | None
    """Share of the last 24 hours, or of the time since its first traffic, that was measured. None: no traffic yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, and since when."""

    state: BudgetState
    since: datetime


def judge(measured: Measured) -> BudgetState:
    """By itself, whatever it was before; the worst first."""
    consumed, coverage = measured.consumed, measured.coverage
    if _burns(measured, FAST):
        return "FastBurn"
    if consumed is not None and consumed >= EXHAUSTED:
        return "Exhausted"
    if consumed is None or (coverage is not None and coverage < COVERED):
        return "Unknown"
    if consumed >= AT_RISK or _burns(measured, SLOW):
        return "AtRisk"
    return "Healthy"


def settle(measured: Measured, before: Standing | None, now: datetime) -> Standing:
    """Worse at once; better only when it is so by a margin, and has had its time.

    Args:
        measured: now.
        before: how it stood. None: never judged.
        now: the time.
    """
    state = judge(measured)
    if before is None or (state != before.state and not _stays(measured, state, before, now)):
        return Standing(state, now)
    return before


def worst(states: Iterable[BudgetState]) -> BudgetState:
    """Of at least one.

    Raises:
        ValueError: there is none.
    """
    return max(states, key=_WORSE.index)


def _stays(measured: Measured, state: BudgetState, before: Standing, now: datetime) -> bool:
    if worst((state, before.state)) == state or before.state == "Unknown":
        return False
    threshold = _THRESHOLD.get(before.state)
    near = threshold is not None and (measured.consumed is None or measured.consumed >= threshold - MARGIN)
    return near or now - before.since < STAYS


def _burns(measured: Measured, rules: Iterable[tuple[float, timedelta, timedelta]]) -> bool:
    return any(all(_rate(measured, window) >= rate for window in windows) for rate, *windows in rules)


def _rate(measured: Measured, window: timedelta) -> float:
    return measured.burn_rates.get(window) or 0.0
