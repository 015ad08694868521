"""Days that bind: the next review, the impact assessment's last day, retirement.

Ahead of one people are told. Past it nothing moves forward, the first revision neither; what serves goes on serving,
since a service that ends by itself on some night helps nobody. Days begin at midnight UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.rollout.question import Question

AHEAD: Final = timedelta(days=30)
"""So long before a day binds are people told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day in the spec."""

    condition: ConditionType
    field: str
    """Under spec."""
    binds_at: datetime
    """From then on nothing moves forward."""
    soon: str
    overdue: Reason
    late: str
    """What is said before, and from then on."""
    unblock: str

    def is_past(self, now: datetime) -> bool:
        return now >= self.binds_at

    def is_near(self, now: datetime) -> bool:
        """Or past."""
        return now >= self.binds_at - AHEAD


def is_reviewed(question: Question) -> Blocker | None:
    return _past(_review(question.world.service.spec), question)


def is_assessed(question: Question) -> Blocker | None:
    return _past(_assessment(question.world.service.spec), question)


def is_to_go_on(question: Question) -> Blocker | None:
    """A service that is to be retired gets nothing new."""
    return _past(_retirement(question.world.service.spec), question)


def days(spec: AIServiceSpec) -> tuple[Day, ...]:
    """Those that the spec names."""
    return tuple(day for day in (_review(spec), _assessment(spec), _retirement(spec)) if day is not None)


def wake_times(spec: AIServiceSpec) -> Iterator[datetime]:
    """When there is something to tell, or to hold."""
    for day in days(spec):
        yield from (day.binds_at - AHEAD, day.binds_at)


def _review(spec: AIServiceSpec) -> Day | None:
    last = spec.lifecycle.review_by if spec.lifecycle else None
    if last is None:
        return None
    return Day(
        condition=ConditionType.REVIEW_DUE,
        field="lifecycle.reviewBy",
        binds_at=_end_of(last),
        soon=f"the service is to be reviewed by {last}",
        overdue=Reason.REVIEW_OVERDUE,
        late=f"the service was to be reviewed by {last}",
        unblock="review the service, and write the next date into spec.lifecycle.reviewBy",
    )


def _assessment(spec: AIServiceSpec) -> Day | None:
    assessment = spec.risk.impact_assessment
    last = assessment.expires_on if assessment else None
    if assessment is None or last is None:
        return None
    return Day(
        condition=ConditionType.ASSESSMENT_DUE,
        field="risk.impactAssessment.expiresOn",
        binds_at=_end_of(last),
        soon=f"the impact assessment is current until {last}",
        overdue=Reason.ASSESSMENT_EXPIRED,
        late=f"the impact assessment was current until {last}",
        unblock=f"assess the impact anew ({assessment.uri}), and write what came of it into spec.risk.impactAssessment",
    )


def _retirement(spec: AIServiceSpec) -> Day | None:
    """The day is the first one without the service, not its last one."""
    first = spec.lifecycle.retire_by if spec.lifecycle else None
    if first is None:
        return None
    return Day(
        condition=ConditionType.RETIREMENT_DUE,
        field="lifecycle.retireBy",
        binds_at=_start_of(first),
        soon=f"the service is to be retired by {first}",
        overdue=Reason.RETIREMENT_OVERDUE,
        late=f"the service was to be retired by {first}; what serves stays in traffic until somebody retires it",
        unblock="delete the AIService, or write a later day into spec.lifecycle.retireBy",
    )


def _past(day: Day | None, question: Question) -> Blocker | None:
    """In an emergency it waits."""
    if day is None or not day.is_past(question.now):
        return None
    if breaking(question.world, question.candidate, question.now) is not None:
        return None
    return Blocker(type="Review", name=day.field, reason=day.overdue, message=day.late, unblock=day.unblock)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _end_of(day: date) -> datetime:
    return _start_of(day) + timedelta(days=1)
