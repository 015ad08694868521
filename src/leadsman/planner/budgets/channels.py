"""How one channel of a budget is spent: of events and money by what was read, of incidents, and of silence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Final

from leadsman.api.v1alpha1.aiincident import Severity
from leadsman.api.v1alpha1.channels import Channel
from leadsman.planner.budgets.counts import DAY, Count, start_of, today, unread
from leadsman.planner.budgets.days import DaySum, replaced, total, within
from leadsman.planner.budgets.drawing import Drawer
from leadsman.planner.budgets.spending import Amount, Measure, Objective, Spent
from leadsman.planner.budgets.state import BURN_WINDOWS, Measured

POINTS: Final[Mapping[Severity, int]] = {"Sev4": 1, "Sev3": 5, "Sev2": 25, "Sev1": 100}
"""That an incident costs."""
HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """An incident of a service that draws on the budget."""

    aware_at: datetime
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a channel's days from before."""

    days: tuple[DaySum, ...] = ()
    counted_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Of a channel."""

    measured: Measured
    spent: Spent
    allowance: float
    days: tuple[DaySum, ...] = ()
    counted_until: datetime | None = None
    revisions: Mapping[str, Spent] = field(default_factory=dict[str, Spent])
    """Who spent it, in the last hour."""
    problem: str = ""
    """Why not all of it is known."""


Counted = tuple[tuple[Drawer, Count], ...]
"""Services that have taken traffic, with what was read of them lately."""


def measure(channel: Channel, window_days: int) -> Measure:
    """What may be spent."""
    if channel.objective is not None:
        return Objective(float(channel.objective))
    allowed = float(channel.cost.allowance) if channel.cost is not None else (channel.points or channel.minutes or 0)
    return Amount(allowed, timedelta(days=window_days))


def of_readings(  # noqa: PLR0913  all that it depends on
    limit: Measure, window_days: int, counted: Counted, kept: Kept, now: datetime, *, problem: str
) -> Balance:
    """Of events, or money.

    Args:
        limit: what may be spent.
        window_days: of the budget.
        counted: what was read.
        kept: what is known from before.
        now: the time.
        problem: why nothing can be said of some service. Then it stays as it was, and nobody knows more.
    """
    over = unread(window_days, kept.counted_until, now)
    if not problem and not all(day in count.over for _, count in counted for day in over):
        problem = "days that are over have not been read yet"
    nothing = Spent(0, 0 if isinstance(limit, Objective) else None)
    fresh = () if problem else (_day(day, counted, nothing, now) for day in (*over, today(now)))
    days = within(replaced(kept.days, (one for one in fresh if one is not None)), now, window_days)
    spent = total(days) or nothing
    consumed = limit.consumed(spent)
    rates = {one: limit.burn_rate(_spent_in(counted, one) or nothing, one) for one in BURN_WINDOWS}
    return Balance(
        measured=_known(consumed, problem, {} if problem else rates, None if problem else _coverage(counted)),
        spent=spent,
        allowance=limit.allowance(spent),
        days=days,
        counted_until=kept.counted_until if problem else now,
        revisions=_by_revision(counted) if isinstance(limit, Objective) else {},
        problem=problem,
    )


def of_incidents(limit: Measure, window_days: int, mishaps: Iterable[Mishap] | None, now: datetime) -> Balance:
    """Single events: they have no rate."""
    begin = now - timedelta(days=window_days)
    spent = Spent(sum(POINTS[one.severity] for one in mishaps or () if one.aware_at > begin))
    problem = "an AIIncident of a service that draws on it cannot be read" if mishaps is None else ""
    known = _known(limit.consumed(spent), problem)
    return Balance(measured=known, spent=spent, allowance=limit.allowance(spent), problem=problem)


def of_silence(limit: Measure, others: tuple[Balance, ...], now: datetime) -> Balance:
    """Minutes in which one of the other channels was not measured, since it was measured first."""
    problem = "; ".join(one.problem for one in others if one.problem)
    silent: dict[date, timedelta] = {}
    for one in (day for balance in others for day in balance.days):
        missing = _elapsed(one.day, now) - one.measured
        silent[one.day] = max(silent.get(one.day, timedelta()), missing if missing >= _MINUTE else timedelta())
    days = tuple(DaySum(day, Spent(silent[day] / _MINUTE), _elapsed(day, now)) for day in sorted(silent))
    spent = total(days) or Spent(0)
    known = _known(limit.consumed(spent), problem)
    return Balance(measured=known, spent=spent, allowance=limit.allowance(spent), days=days, problem=problem)


def _known(
    consumed: float,
    problem: str,
    burn_rates: Mapping[timedelta, float | None] | None = None,
    coverage: float | None = None,
) -> Measured:
    """Of what is not all known, what is known may be enough."""
    is_known = not problem or consumed >= 1
    return Measured(consumed=consumed if is_known else None, burn_rates=burn_rates or {}, coverage=coverage)


def _day(day: date, counted: Counted, nothing: Spent, now: datetime) -> DaySum | None:
    """Of all services; before its first traffic there is nothing to miss of one. None: none of them had any yet."""
    begin, spent = start_of(day), nothing
    missing: list[timedelta] = []
    is_spent = False
    for drawer, count in counted:
        found = count.of_day(day) or DaySum(day, nothing, timedelta())
        spent += found.spent
        is_spent = is_spent or found.spent != nothing
        since = drawer.counts_from(begin)
        until = begin + DAY if day < today(now) else count.today_at or begin
        if since is not None and since < until:
            missing.append(until - since - found.measured)
    if not (is_spent or missing):
        return None
    return DaySum(day, spent, max(timedelta(), _elapsed(day, now) - max((timedelta(), *missing))))


def _elapsed(day: date, now: datetime) -> timedelta:
    return min(DAY, now - start_of(day))


def _spent_in(counted: Counted, window: timedelta) -> Spent | None:
    """By all of them. None: nothing was counted."""
    return _sum(spent for _, count in counted for spent in _within(count, window).values())


def _sum(found: Iterator[Spent]) -> Spent | None:
    first = next(found, None)
    return None if first is None else reduce(add, found, first)


def _coverage(counted: Counted) -> float | None:
    """Of the service that was measured least."""
    shares: list[float] = []
    for drawer, count in counted:
        since = drawer.counts_from(count.measured_at - DAY) if count.measured_at is not None else None
        if since is not None and count.measured_at is not None and count.measured_at - since >= _MINUTE:
            shares.append(min(1.0, count.measured / (count.measured_at - since)))
    return min(shares, default=None)


def _by_revision(counted: Counted) -> Mapping[str, Spent]:
    return {revision: spent for _, count in counted for revision, spent in _within(count, HOUR).items()}


def _within(count: Count, window: timedelta) -> Mapping[str, Spent]:
    found = count.windows.get(window)
    return found.spent if found is not None else {}
