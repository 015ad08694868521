"""What the budgets that a service draws on mean for its next step, and for a revision that spends too fast."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from leadsman.api.decimals import shown
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.riskbudget import BudgetOwner, BudgetState, ChannelStatus
from leadsman.planner.budgets.channels import HOUR
from leadsman.planner.budgets.counts import STALE_AFTER
from leadsman.planner.budgets.spending import Objective, Spent
from leadsman.planner.budgets.state import FAST, REASONS
from leadsman.planner.governance import Budget
from leadsman.planner.world import Service, World

FAST_RATE: Final = FAST[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """How a budget stands, as far as anybody knows."""

    name: str
    state: BudgetState
    reason: Reason
    message: str
    is_measured: bool = True
    """False: nothing is known, and nobody has counted yet."""
    owner: BudgetOwner | None = None
    remaining: str | None = None
    channel: ChannelStatus | None = None
    """The one that decides."""
    blamed: str | None = None
    """The service that spent most of it in the last hour; else the first that draws on it."""


def reckonings(world: World, now: datetime) -> tuple[Reckoning, ...]:
    """Of each budget that the service draws on, by name; of one that it declares and that is not there, too."""
    known = {one.name: one for one in world.budgets}
    for name in _declared(world.service):
        known.setdefault(name, Budget(name=name, spec=None, problem="there is no such RiskBudget yet"))
    return tuple(_reckoning(known[name], now) for name in sorted(known))


def remaining(found: tuple[Reckoning, ...]) -> str | None:
    """Of the budget of which least is left. None: there is none, or it is not known of one."""
    shares = [one.remaining for one in found]
    if not shares or any(one is None for one in shares):
        return None
    return min((one for one in shares if one is not None), key=lambda one: int(one.removesuffix("%")))


def excess(world: World, revision: str, now: datetime) -> str:
    """Does this revision spend a budget fast, which does not burn fast by the others? In words; empty: it doesn't."""
    for one in world.budgets:
        if one.spec is None or one.status is None or _is_stale(one, now) or one.status.state != "FastBurn":
            continue
        limits = {channel.name: channel.objective for channel in one.spec.channels}
        for channel in one.status.channels:
            objective = limits.get(channel.name)
            if channel.state == "FastBurn" and objective is not None:
                own, others = _shared(channel, revision)
                rates = (Objective(float(objective)).burn_rate(spent, HOUR) for spent in (own, others))
                rate, rest = next(rates), next(rates)
                if rate is not None and rate >= FAST_RATE and (rest is None or rest < FAST_RATE):
                    share = f"{shown(own.bad)} of {shown(own.total or 0)} bad in an hour"
                    return f"RiskBudget {one.name}, {channel.name}: {share}, burns {shown(rate)} times too fast"
    return ""


def _declared(service: Service) -> Iterator[str]:
    if service.spec.risk_budget is not None:
        yield service.name
    if service.spec.risk_budget_ref is not None:
        yield service.spec.risk_budget_ref.name


def _reckoning(budget: Budget, now: datetime) -> Reckoning:
    name, status = budget.name, budget.status
    if budget.spec is None:
        return Reckoning(
            name=name, state="Unknown", reason=Reason.BUDGET_MISSING, message=budget.problem, is_measured=False
        )
    owner = budget.spec.owner
    if status is None or status.state is None or _is_stale(budget, now):
        words = "it has not been measured since the operator started" if status is None else "it is not measured now"
        reason = REASONS["Unknown"]
        return Reckoning(name=name, state="Unknown", reason=reason, message=words, is_measured=False, owner=owner)
    channel = next((one for one in status.channels if one.name == status.binding_channel), None)
    return Reckoning(
        name=name,
        state=status.state,
        reason=REASONS[status.state],
        message=_words(channel) if channel is not None else "",
        owner=owner,
        remaining=status.remaining,
        channel=channel,
        blamed=_blamed(budget, channel),
    )


def _blamed(budget: Budget, channel: ChannelStatus | None) -> str | None:
    services = budget.status.services if budget.status is not None else ()
    spent = channel.revisions[0].name if channel is not None and channel.revisions else ""
    return next((one for one in services if spent.startswith(f"{one}-")), next(iter(services), None))


def _words(channel: ChannelStatus) -> str:
    if channel.message:
        return f"{channel.name}: {channel.message}"
    spent = "" if channel.consumed is None else f"{shown(100 * float(channel.consumed))} % spent"
    rate = "" if channel.burn_rate is None else f"burns {shown(float(channel.burn_rate))} times too fast"
    fast = rate if channel.burn_rate is not None and Decimal(channel.burn_rate) > 1 else ""
    return f"{channel.name}: {', '.join(one for one in (spent, fast) if one)}"


def _is_stale(budget: Budget, now: datetime) -> bool:
    at = budget.status.measured_at if budget.status is not None else None
    return at is None or now - at > STALE_AFTER


def _shared(channel: ChannelStatus, revision: str) -> tuple[Spent, Spent]:
    """What this revision spent in the last hour, and what all others did."""
    own, others = Spent(0, 0), Spent(0, 0)
    for one in channel.revisions:
        spent = Spent(float(one.bad), float(one.total))
        own, others = (own + spent, others) if one.name == revision else (own, others + spent)
    return own, others
