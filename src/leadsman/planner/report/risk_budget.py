"""What a RiskBudget says of itself besides numbers: its conditions; and what of its status is news to whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.riskbudget import RiskBudgetStatus
from leadsman.planner.budgets.state import REASONS
from leadsman.planner.report.said import Said, dated

WRITTEN_EVERY: Final = timedelta(minutes=15)
"""What nobody waits for."""
_SHOWN: Final = 3


def with_conditions(
    status: RiskBudgetStatus, before: RiskBudgetStatus, generation: int, now: datetime
) -> RiskBudgetStatus:
    """As computed, with what it comes to.

    Args:
        status: as computed.
        before: as it was written last.
        generation: of the spec.
        now: the time.
    """
    conditions = tuple(dated(one, before.conditions, generation, now) for one in _said(status))
    return status.model_copy(update={"observed_generation": generation, "conditions": conditions})


def unreadable(before: RiskBudgetStatus, problem: str, generation: int, now: datetime) -> RiskBudgetStatus:
    """Of one whose spec cannot be read: its sums stay."""
    said = Said(Type.READY, "False", Reason.SPEC_UNREADABLE, problem)
    conditions = (dated(said, before.conditions, generation, now),)
    changes = {"state": "Unknown", "observed_generation": generation, "conditions": conditions}
    return before.model_copy(update=changes)


def is_worth_writing(status: RiskBudgetStatus, written: RiskBudgetStatus) -> bool:
    """Numbers alone are not: whoever reads them finds them a few minutes old."""
    if written.measured_at is None or status.measured_at is None:
        return True
    return _news(status) != _news(written) or status.measured_at - written.measured_at >= WRITTEN_EVERY


def is_news(status: RiskBudgetStatus, before: RiskBudgetStatus | None) -> bool:
    """To the services that draw on it? While it burns fast they see who does it."""
    if before is None or _news(status) != _news(before):
        return True
    return status.state == "FastBurn" and _blamed(status) != _blamed(before)


def _news(status: RiskBudgetStatus) -> tuple[object, ...]:
    told = tuple((one.name, one.state, one.message) for one in status.channels)
    return (status.observed_generation, status.state, status.remaining, status.services, told)


def _blamed(status: RiskBudgetStatus) -> tuple[object, ...]:
    return tuple(one.revisions for one in status.channels)


def _said(status: RiskBudgetStatus) -> Iterator[Said]:
    worst = next((one for one in status.channels if one.name == status.binding_channel), None)
    if not status.services:
        yield Said(Type.READY, "True", Reason.HEALTHY, "no service draws on it")
    elif worst is not None:
        left = f"{status.remaining} is left" if status.remaining is not None else "what is left is not known"
        words = f"{worst.name} is {worst.state}: {left}" + (f"; {worst.message}" if worst.message else "")
        yield Said(Type.READY, "Unknown" if worst.state == "Unknown" else "True", REASONS[worst.state], words)
    blind = [f"{one.name}: {one.message}" for one in status.channels if one.state == "Unknown"]
    if blind:
        more = f"; and {len(blind) - _SHOWN} more" if len(blind) > _SHOWN else ""
        yield Said(Type.EVIDENCE_DEGRADED, "True", Reason.COVERAGE_TOO_LOW, "; ".join(blind[:_SHOWN]) + more)
