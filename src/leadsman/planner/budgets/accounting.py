"""What a RiskBudget's status says: what was spent in the window, how fast, by whom, and how well it was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from leadsman.api.decimals import decimal, shown
from leadsman.api.v1alpha1.channels import Channel
from leadsman.api.v1alpha1.riskbudget import ChannelStatus, Day, RevisionShare, RiskBudgetSpec, RiskBudgetStatus
from leadsman.planner.budgets.channels import (
    HOUR,
    Balance,
    Counted,
    Kept,
    Mishap,
    measure,
    of_incidents,
    of_readings,
    of_silence,
)
from leadsman.planner.budgets.counts import Count, unread
from leadsman.planner.budgets.days import DaySum
from leadsman.planner.budgets.drawing import Ask, Drawer, Events, Money, NotCounted, Place, asked
from leadsman.planner.budgets.spending import Spent
from leadsman.planner.budgets.state import COVERED, Standing, settle, worst

Wanted = Mapping[tuple[Ask, Place], frozenset[date]]
_REVISIONS: Final = 16
_SERVICES: Final = 200
_MESSAGE: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """All that is known of the services that draw on a budget."""

    drawers: tuple[Drawer, ...] = ()
    counts: Mapping[tuple[Ask, Place], Count]
    mishaps: tuple[Mishap, ...] | None = ()
    """None: not all of them can be read."""


def wanted(spec: RiskBudgetSpec, status: RiskBudgetStatus, drawers: tuple[Drawer, ...], now: datetime) -> Wanted:
    """What has to be read for a budget: of services that ever took traffic, with days that are over."""
    known = {one.name: one.counted_until for one in status.channels}
    found: dict[tuple[Ask, Place], frozenset[date]] = {}
    for channel in spec.channels:
        days = frozenset(unread(spec.window_days, known.get(channel.name), now))
        for drawer in (one for one in drawers if one.first_traffic is not None):
            ask = asked(channel, drawer)
            if isinstance(ask, Events | Money):
                found[ask, drawer.place] = found.get((ask, drawer.place), frozenset[date]()) | days
    return found


def account(
    spec: RiskBudgetSpec, before: RiskBudgetStatus, drawn: Drawn, now: datetime, *, generation: int = -1
) -> RiskBudgetStatus:
    """How the budget stands. Conditions are as before.

    Args:
        spec: of the budget.
        before: its status as it was computed, or written, last.
        drawn: by the services that draw on it.
        now: the time, in whole seconds.
        generation: of the spec. Another one than before: its states are judged as if for the first time.
    """
    known = {one.name: one for one in before.channels}
    balances = _balances(spec, known, drawn, now)
    was = known if generation == before.observed_generation else {}
    channels = tuple(_status(name, balance, was.get(name), now) for name, balance in balances.items())
    state = worst(one.state for one in channels)
    is_exhausted = any(one.consumed is not None and Decimal(one.consumed) >= 1 for one in channels)
    return RiskBudgetStatus(
        observed_generation=generation,
        conditions=before.conditions,
        state=state,
        binding_channel=max((one for one in channels if one.state == state), key=_consumed).name,
        remaining=_remaining(channels),
        exhausted_at=(before.exhausted_at or now) if is_exhausted else None,
        measured_at=now,
        services=tuple(one.place.service for one in drawn.drawers)[:_SERVICES],
        channels=channels,
    )


def _balances(
    spec: RiskBudgetSpec, before: Mapping[str, ChannelStatus], drawn: Drawn, now: datetime
) -> dict[str, Balance]:
    found: dict[str, Balance] = {}
    for channel in spec.channels:
        if channel.ratio is not None or channel.cost is not None:
            counted, problem = _counted(channel, drawn, now)
            kept = _kept(before.get(channel.name))
            limit = measure(channel, spec.window_days)
            found[channel.name] = of_readings(limit, spec.window_days, counted, kept, now, problem=problem)
    read = tuple(found.values())
    for channel in spec.channels:
        limit = measure(channel, spec.window_days)
        if channel.points is not None:
            found[channel.name] = of_incidents(limit, spec.window_days, drawn.mishaps, now)
        elif channel.minutes is not None:
            found[channel.name] = of_silence(limit, read, now)
    return {one.name: found[one.name] for one in spec.channels}


def _counted(channel: Channel, drawn: Drawn, now: datetime) -> tuple[Counted, str]:
    """Of each service that has taken traffic; and why some cannot be had."""
    counted: list[tuple[Drawer, Count]] = []
    problems: list[str] = []
    for drawer in (one for one in drawn.drawers if one.first_traffic is not None):
        ask = asked(channel, drawer)
        if isinstance(ask, NotCounted):
            problems.append(ask.message)
        elif ask is not None:
            count = drawn.counts.get((ask, drawer.place), Count())
            if trouble := count.trouble(now):
                problems.append(f"{drawer.place.service}: {trouble}")
            counted.append((drawer, count))
    return tuple(counted), "; ".join(problems)


def _status(name: str, balance: Balance, old: ChannelStatus | None, now: datetime) -> ChannelStatus:
    was = Standing(old.state, old.since) if old is not None and old.since is not None else None
    standing, measured = settle(balance.measured, was, now), balance.measured
    return ChannelStatus(
        name=name,
        state=standing.state,
        since=standing.since,
        message=_why(balance)[:_MESSAGE] if standing.state == "Unknown" else "",
        spent=decimal(balance.spent.bad),
        allowance=decimal(balance.allowance),
        consumed=decimal(measured.consumed),
        burn_rate=decimal(measured.burn_rates.get(HOUR)),
        coverage=decimal(measured.coverage),
        counted_until=balance.counted_until,
        revisions=tuple(_shares(balance.revisions)),
        days=tuple(_day(one) for one in balance.days),
    )


def _why(balance: Balance) -> str:
    coverage = balance.measured.coverage
    if balance.problem or coverage is None or coverage >= COVERED:
        return balance.problem
    measured = f"{shown(100 * coverage)} % was measured"
    return f"{measured}, of the last 24 hours or since the first traffic; {COVERED:.0%} is needed"


def _remaining(channels: tuple[ChannelStatus, ...]) -> str | None:
    """In the channel that is consumed most. None: of one nobody knows."""
    if any(one.consumed is None for one in channels):
        return None
    return f"{int(100 * max(Decimal(0), 1 - max(map(_consumed, channels))))}%"


def _consumed(one: ChannelStatus) -> Decimal:
    return Decimal(one.consumed or 0)


def _shares(spent: Mapping[str, Spent]) -> Iterator[RevisionShare]:
    worst_first = sorted(spent.items(), key=lambda one: (-one[1].bad, -(one[1].total or 0), one[0]))
    for name, one in worst_first[:_REVISIONS]:
        yield RevisionShare(name=name, bad=decimal(one.bad) or "0", total=decimal(one.total) or "0")


def _kept(before: ChannelStatus | None) -> Kept:
    if before is None:
        return Kept()
    days = (
        DaySum(
            one.date,
            Spent(float(one.bad), None if one.total is None else float(one.total)),
            timedelta(seconds=one.measured_seconds),
        )
        for one in before.days
    )
    return Kept(days=tuple(days), counted_until=before.counted_until)


def _day(one: DaySum) -> Day:
    return Day(
        date=one.day,
        bad=decimal(one.spent.bad) or "0",
        total=decimal(one.spent.total),
        measured_seconds=int(one.measured.total_seconds()),
    )
