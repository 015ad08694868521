"""Does an act count? An ordered list of checks: one function, one reason each; the first that objects is the answer.

An act counts from the moment at which it was first looked at, or never: what did not count then is not looked at again.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from leadsman.api.reasons import ConditionType, Reason
from leadsman.planner import children
from leadsman.planner.budgets.effects import reckonings
from leadsman.planner.decisions.approvals import accepts_author, accepts_service_accounts, is_author, is_service_account
from leadsman.planner.decisions.counted import found, has_room
from leadsman.planner.decisions.force import (
    BUDGET,
    FREEZE,
    GLASS_LASTS,
    INCIDENT,
    ends_at,
    hold,
    is_over,
    is_stopped,
    pause,
)
from leadsman.planner.decisions.glass import REVIEW, to_review
from leadsman.planner.decisions.hearing import Hearing, Refusal
from leadsman.planner.decisions.reviewing import (
    is_about_an_incident,
    none_is_unreviewed,
    review_since,
    reviewed,
    reviews_anothers,
)
from leadsman.planner.governance import Act
from leadsman.planner.incidents.holding import still_open
from leadsman.planner.policies.freezes import frozen
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.records.book import Book
from leadsman.planner.records.cast import cast
from leadsman.planner.world import World

SETTLES: Final = timedelta(seconds=10)
"""So long after the admission policies came into force each API server is sure to have heard of them."""


def hearing(world: World, book: Book, act: Act) -> Hearing:
    parts = cast(book)
    named = act.spec.revision
    record = book.records.get(named) if named is not None else parts.candidate or parts.serving
    if act.spec.decision == REVIEW:
        broken = to_review(book.records.values(), act.spec.incident)
        about = broken.record if broken is not None else reviewed(world, book, parts, act)
        record = about if about is not None and named in {None, about.name} else None
    return Hearing(world=world, book=book, cast=parts, act=act, record=record)


def is_settled(book: Book, act: Act) -> bool:
    """Was it counted, or did it not count when it was looked at?"""
    refused = any(one.type == ConditionType.COUNTED.value and one.status == "False" for one in act.status.conditions)
    return refused or found(book, act) is not None


def refusal(heard: Hearing) -> Refusal | None:
    """None: it counts."""
    return next(
        (why for check in (*_ALWAYS, *_OF_KIND.get(heard.act.spec.decision, ())) if (why := check(heard))), None
    )


def _is_protected(heard: Hearing) -> Refusal | None:
    since = heard.world.protected_since
    if since is not None and heard.act.created_at >= since + SETTLES and heard.act.spec.actor is not None:
        return None
    message = "the admission policies that stamp and guard decisions were not in force, unaltered, when it was made"
    return Refusal(reason=Reason.NOT_PROTECTED, message=f"{message}: decide again once they are")


def _is_by_a_person(heard: Hearing) -> Refusal | None:
    may_be = heard.act.spec.decision == "Approve" and accepts_service_accounts(heard.world)
    if may_be or not is_service_account(heard.act):
        return None
    return Refusal(reason=Reason.SERVICE_ACCOUNT, message="service accounts sign only where a policy lets them approve")


def _is_in_time(heard: Hearing) -> Refusal | None:
    if not is_over(heard.act, heard.now):
        return None
    message = f"it expired at {ends_at(heard.act):%Y-%m-%d %H:%M:%S} UTC"
    return Refusal(reason=Reason.EXPIRED, message=message)


def _is_about_the_one(heard: Hearing) -> Refusal | None:
    """The candidate; for Retry a revision that does not start again by itself."""
    act, record, candidate = heard.act, heard.record, heard.cast.candidate
    named = act.spec.revision or "no revision"
    if act.spec.decision == "Retry":
        if record is not None and is_stopped(record):
            return None
        message = f"{named} was not rolled back, rejected or aborted: there is nothing to retry"
        return Refusal(reason=Reason.NOT_APPLICABLE, message=message)
    if act.spec.decision == "Rollback":
        return _served_before(heard)
    if act.spec.decision == REVIEW:
        return None
    is_lifted = act.spec.decision == "Resume" and record is heard.cast.serving and hold(record) is not None
    if record is not None and (record is candidate or is_lifted):
        return None
    message = f"it is about {named}, and the candidate is {candidate.name if candidate is not None else 'none'}"
    return Refusal(reason=Reason.OTHER_REVISION, message=message)


def _is_of_this_attempt(heard: Hearing) -> Refusal | None:
    """When it was made is known to the second. Service and record may be others than those that it was about."""
    act, record = heard.act, heard.about
    on_its_way = heard.cast.candidate or heard.cast.serving
    attempt = on_its_way.latest if act.spec.decision == "Rollback" and on_its_way is not None else record.latest
    since = attempt.ended_at if act.spec.decision == "Retry" else attempt.started_at
    if act.spec.decision == REVIEW:
        since = review_since(heard)
    is_younger = record.created_at is not None and act.created_at >= max(
        record.created_at, heard.world.service.created_at
    )
    if is_younger and since is not None and act.created_at >= since.replace(microsecond=0):
        return None
    what = "ended" if act.spec.decision == "Retry" else "began"
    message = f"it was made before attempt {attempt.number} of {record.name} {what}: decide again"
    return Refusal(reason=Reason.OTHER_ATTEMPT, message=message)


def _served_before(heard: Hearing) -> Refusal | None:
    """Only to what people were content with, and one revision at a time."""
    record, parts = heard.record, heard.cast
    serving = parts.serving
    if record is None or serving is None or not (record.has_served and record.is_readable and serving.is_readable):
        message = f"{heard.act.spec.revision} did not serve, or was taken back: there is nothing to go back to"
    elif parts.candidate is not None and record is not serving:
        message = f"{parts.candidate.name} is on its way: go back to {serving.name}, or abort it first"
    elif parts.candidate is None and record is serving:
        message = f"{record.name} serves already"
    elif any(one is not serving for one in parts.leaving):
        message = "traffic of another revision is still on its way back"
    elif copies := children.lost(heard.world, record.spec):
        message = f"ConfigMap {copies[0]}, the copy of an input, is gone: its pods would not start"
    else:
        return None
    return Refusal(reason=Reason.NOT_APPLICABLE, message=message)


def _has_room(heard: Hearing) -> Refusal | None:
    if has_room(heard.about, heard.act):
        return None
    message = "so many decisions were counted for this attempt that there is no room for more: abort and retry"
    return Refusal(reason=Reason.TOO_MANY, message=message)


def _is_not_ones_own(heard: Hearing) -> Refusal | None:
    if accepts_author(heard.world) or not is_author(heard.world, heard.about, heard.act):
        return None
    return Refusal(reason=Reason.OWN_CHANGE, message="the author of a change does not approve it: ask somebody else")


def _is_under_these_terms(heard: Hearing) -> Refusal | None:
    """Nobody was there to see them change, or it happened just now: what was approved may have been the old ones."""
    since = heard.about.latest.terms_since
    if since is None or heard.act.created_at > since:
        return None
    message = f"gates, monitors, rollout, risk or budget were others before {since:%Y-%m-%d %H:%M:%S} UTC: look again"
    return Refusal(reason=Reason.APPROVAL_STALE, message=message)


def _waives_what_there_is(heard: Hearing) -> Refusal | None:
    """All of it, or nothing: half a waiver would be taken for a whole one."""
    found = (_ALONE.get(name, partial(_waives_gate, name))(heard) for name in heard.act.spec.scope)
    return next((why for why in found if why is not None), None)


def _waives_gate(name: str, heard: Hearing) -> Refusal | None:
    if name.startswith(INCIDENT):
        is_open = any(name == INCIDENT + one.name for one in still_open(heard.world, heard.book))
        message = f"there is no open incident {name.removeprefix(INCIDENT)} that could be waived"
        return None if is_open else Refusal(reason=Reason.NOT_WAIVABLE, message=message)
    gate = next((one for one in asked_gates(heard.world) if one.name == name), None)
    if gate is None:
        return Refusal(reason=Reason.NOT_WAIVABLE, message=f"there is no gate {name} that could be waived")
    if not gate.is_waivable:
        message = f"the policy of {name} lets nobody waive it: pass it, or take the revision back"
        return Refusal(reason=Reason.NOT_WAIVABLE, message=message)
    return None


def _waives_freeze(heard: Hearing) -> Refusal | None:
    if frozen(heard.world, heard.now) is not None:
        return None
    return Refusal(reason=Reason.NOT_WAIVABLE, message="no freeze is on that could be waived")


def _waives_budget(heard: Hearing) -> Refusal | None:
    if reckonings(heard.world, heard.now):
        return None
    return Refusal(reason=Reason.NOT_WAIVABLE, message="the service draws on no RiskBudget that could be waived")


def _takes_back_what_it_may(heard: Hearing) -> Refusal | None:
    """Whose decision it takes back no admission policy can see: who takes back another's has to say so there."""
    act, record = heard.act, heard.about
    target = act.spec.revokes or ""
    known = next((one for one in record.status.decisions if one.name == target), None)
    if known is None or known.attempt != record.latest.number:
        message = f"{target} is not counted for attempt {record.latest.number} of {record.name}"
        return Refusal(reason=Reason.OTHER_ATTEMPT, message=message)
    actor = act.spec.actor.username if act.spec.actor is not None else ""
    if known.actor.username != actor and act.spec.whose != "Another":
        message = f"{target} is {known.actor.username}'s: taking it back takes whose: Another, and the verb revoke-any"
        return Refusal(reason=Reason.OTHER_ACTOR, message=message)
    if known.revoked_by is not None:
        return Refusal(reason=Reason.NOT_APPLICABLE, message=f"{known.revoked_by} has revoked it already")
    return None


def _ends_a_pause(heard: Hearing) -> Refusal | None:
    if pause(heard.world, heard.about, heard.now) is not None or hold(heard.about) is not None:
        return None
    message = "no decision holds it; what the spec or an annotation holds goes on by changing these"
    return Refusal(reason=Reason.NOT_APPLICABLE, message=message)


def _ends_soon(heard: Hearing) -> Refusal | None:
    until = heard.act.spec.expires_at
    if until is None or until <= heard.act.created_at + GLASS_LASTS:
        return None
    return Refusal(reason=Reason.TOO_LONG, message="it holds for at most 4 hours: write an earlier expiresAt")


Check = Callable[[Hearing], Refusal | None]
_ALWAYS: Final[tuple[Check, ...]] = (
    _is_protected,
    is_about_an_incident,
    _is_by_a_person,
    _is_in_time,
    _is_about_the_one,
    _is_of_this_attempt,
    _has_room,
)
_ALONE: Final[dict[str, Check]] = {FREEZE: _waives_freeze, BUDGET: _waives_budget}
"""What is waived besides gates."""
_OF_KIND: Final[dict[str, tuple[Check, ...]]] = {
    "Approve": (_is_not_ones_own, _is_under_these_terms),
    "Waive": (_waives_what_there_is,),
    "Revoke": (_takes_back_what_it_may,),
    "Resume": (_ends_a_pause,),
    "BreakGlass": (_ends_soon, none_is_unreviewed),
    REVIEW: (reviews_anothers,),
}
