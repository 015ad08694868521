"""What does each AIDecision's status say: does it count, for which attempt, which slots does it fill?

An attempt that has ended leaves the statuses of its decisions as they are: they say how it was.
"""

from collections.abc import Iterator
from datetime import datetime

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.aidecision import AIDecisionStatus
from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.decisions import counted
from leadsman.planner.decisions.approvals import is_author, is_stale, lapse_at
from leadsman.planner.decisions.force import ends_at, is_over
from leadsman.planner.decisions.hearing import Refusal
from leadsman.planner.decisions.standing import hearing, is_settled, refusal
from leadsman.planner.governance import Act
from leadsman.planner.plan import Ruling
from leadsman.planner.records.book import Book, Record
from leadsman.planner.world import World

_MESSAGE = 1024


def rulings(world: World, book: Book) -> Iterator[Ruling]:
    """Those that are not what the status says."""
    for act in world.acts:
        status = _status(world, book, act)
        if status is not None and status != act.status:
            yield Ruling(act=act.name, status=status)


def of_no_service(acts: tuple[Act, ...], now: datetime) -> Iterator[Ruling]:
    """Of a name that no AIService has."""
    for act in acts:
        if not act.status.conditions:
            message = f"there is no AIService {act.spec.service} in namespace {act.namespace}"
            why = Refusal(reason=Reason.UNKNOWN_SERVICE, message=message)
            yield Ruling(act=act.name, status=_refused(act, why, now))


def due(world: World, book: Book) -> Iterator[datetime]:
    """When one of them ceases to count though nothing happens."""
    for act in world.acts:
        found = counted.found(book, act)
        if found is not None and found[0].is_candidate and (until := ends_at(act)) is not None:
            yield until
        if found is not None and found[0].is_candidate and act.spec.decision == "Approve":
            yield from lapse_at(world, act)


def _status(world: World, book: Book, act: Act) -> AIDecisionStatus | None:
    """None: leave it as it is."""
    found = counted.found(book, act)
    if found is not None:
        record, one = found
        is_current = record.attempt is not None and one.attempt == record.attempt.number
        is_told = bool(act.status.conditions)
        if is_told and not (is_current and record.is_candidate):
            return None
        why = _lapsed(world, record, act, one, book.now) if is_current else None
        return _counted(act, one, book.now) if why is None else _refused(act, why, book.now, one)
    if is_settled(book, act):
        return None
    heard = refusal(hearing(world, book, act))
    return _refused(act, heard, book.now) if heard is not None else None


def _lapsed(world: World, record: Record, act: Act, one: CountedDecision, now: datetime) -> Refusal | None:
    """Why it does not count any more."""
    if one.revoked_by is not None:
        return Refusal(reason=Reason.REVOKED, message=f"{one.revoked_by} took it back")
    if is_over(act, now):
        message = f"it expired at {ends_at(act):%Y-%m-%d %H:%M:%S} UTC"
        return Refusal(reason=Reason.EXPIRED, message=message)
    return _useless(world, record, act, one, now) if one.decision == "Approve" else None


def _useless(world: World, record: Record, act: Act, one: CountedDecision, now: datetime) -> Refusal | None:
    """Of an approval."""
    if is_stale(record, act):
        message = "gates, monitors, rollout, risk or budget were changed since: look again, and approve again"
        return Refusal(reason=Reason.APPROVAL_STALE, message=message)
    if not one.slots and is_author(world, record, act):
        return Refusal(reason=Reason.OWN_CHANGE, message="the author of a change does not approve it")
    if not one.slots and any(now >= at for at in lapse_at(world, act)):
        return Refusal(reason=Reason.EXPIRED, message="ttlHours of the policy have passed: approve again")
    return None


def _counted(act: Act, one: CountedDecision, now: datetime) -> AIDecisionStatus:
    message = f"counts for attempt {one.attempt}"
    if one.decision == "Approve":
        message += f" and fills {', '.join(one.slots)}" if one.slots else " and fills no slot"
    condition = _condition(act, "True", Reason.COUNTED, message, now)
    return AIDecisionStatus(
        observed_generation=act.generation, conditions=(condition,), attempt=one.attempt, slots=one.slots
    )


def _refused(act: Act, why: Refusal, now: datetime, one: CountedDecision | None = None) -> AIDecisionStatus:
    condition = _condition(act, "False", why.reason, why.message, now)
    attempt = one.attempt if one is not None else None
    return AIDecisionStatus(observed_generation=act.generation, conditions=(condition,), attempt=attempt)


def _condition(act: Act, status: str, reason: Reason, message: str, now: datetime) -> Condition:
    before = next((one for one in act.status.conditions if one.type == ConditionType.COUNTED.value), None)
    since = before.last_transition_time if before is not None and before.status == status else None
    return Condition(
        type=ConditionType.COUNTED,
        status="True" if status == "True" else "False",
        observed_generation=act.generation,
        last_transition_time=since or now.replace(microsecond=0),
        reason=reason,
        message=message[:_MESSAGE],
    )
