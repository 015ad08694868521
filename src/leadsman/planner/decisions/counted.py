"""What was counted: written into the dossier of the revision that it is about, so that it takes effect once and stays.

An act is told by its name, time, kind and actor: whoever has one deleted and makes another of its name made another.
"""

from collections.abc import Iterator
from typing import Final

from leadsman.api.meta import Actor, Person
from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.governance import Act
from leadsman.planner.records.book import Book, Note, Record

ROOM: Final = 100
FOR_CONSENT: Final = 80
"""Of that. The rest is kept for what holds or ends an attempt, so that no flood of approvals keeps a Reject out."""
CONSENT: Final = frozenset({"Approve", "Waive", "Promote", "BreakGlass", "Resume"})
_REASON: Final = 160


def entry(record: Record, act: Act) -> CountedDecision | None:
    return next((one for one in record.status.decisions if _is_of(one, act)), None)


def found(book: Book, act: Act) -> tuple[Record, CountedDecision] | None:
    """Where it was counted, in whichever attempt."""
    found = ((record, entry(record, act)) for record in book.records.values())
    return next(((record, one) for record, one in found if one is not None), None)


def of_attempt(record: Record, *decisions: str) -> Iterator[CountedDecision]:
    """Those of its last attempt that nobody took back, oldest first."""
    if record.attempt is not None:
        for one in record.status.decisions:
            if one.attempt == record.attempt.number and one.decision in decisions and one.revoked_by is None:
                yield one


def has_room(record: Record, act: Act) -> bool:
    number = record.attempt.number if record.attempt is not None else 0
    held = sum(one.attempt == number or _stays(one) for one in record.status.decisions)
    return held < (FOR_CONSENT if act.spec.decision in CONSENT else ROOM)


def count(book: Book, record: Record, act: Act, actor: Actor, *, instead_of: str | None = None) -> None:
    """For its last attempt. Older attempts make room.

    Args:
        book: of the service.
        record: the revision that it is about.
        act: the decision.
        actor: who made it.
        instead_of: the digest that a Rollback keeps away.
    """
    # What is not known is left out, for the entry's hash.
    person = Person(username=actor.username, uid=actor.uid) if actor.uid else Person(username=actor.username)
    attempt = record.latest
    made = CountedDecision(
        name=act.name,
        decision=act.spec.decision,
        attempt=attempt.number,
        terms_digest=attempt.terms_digest,
        actor=person,
        at=act.created_at,
        instead_of=instead_of,
        incident=act.spec.incident,
    )
    book.amend(record, decisions=_with_room((*record.status.decisions, made)))
    facts: dict[str, str | int] = {"decision": act.name, "verb": act.spec.decision, "attempt": attempt.number}
    known = {
        "role": act.spec.role,
        "terms": attempt.terms_digest,
        "revokes": act.spec.revokes,
        "incident": act.spec.incident,
    }
    facts |= {key: value for key, value in known.items() if value is not None}
    message = f"{act.spec.decision} of {record.name} by {actor.username}: {act.spec.reason[:_REASON]}"
    note = Note(
        type="decision.counted",
        reason="DecisionCounted",
        message=message,
        facts=facts,
        actor=person,
        event="Warning" if act.spec.decision == "BreakGlass" else "Normal",
    )
    book.note(record, note)


def revoke(book: Book, record: Record, name: str, by: Act) -> None:
    """Of its last attempt."""
    number = record.latest.number
    _replace(book, record, {(name, number): {"revoked_by": by.name}})


def review(book: Book, record: Record, one: CountedDecision, by: Act) -> None:
    """Of a broken glass, in whichever attempt."""
    _replace(book, record, {(one.name, one.attempt): {"reviewed_by": by.name}})


def end_hold(book: Book, record: Record) -> None:
    """Of Rollbacks that were counted for its last attempt."""
    number = record.latest.number
    _replace(book, record, {(one.name, number): {"instead_of": None} for one in of_attempt(record, "Rollback")})


def fill(book: Book, record: Record, slots: dict[str, tuple[str, ...]]) -> None:
    """Which slots the approvals of its last attempt fill now, by name."""
    number = record.latest.number
    filled: dict[tuple[str, int], dict[str, object]] = {
        (one.name, number): {"slots": slots.get(one.name, ())[:8]} for one in of_attempt(record, "Approve")
    }
    _replace(book, record, filled)


def _with_room(decisions: tuple[CountedDecision, ...]) -> tuple[CountedDecision, ...]:
    """The oldest go, but for what somebody still has to review."""
    spare = len(decisions) - ROOM
    kept: list[CountedDecision] = []
    for one in decisions:
        if spare > 0 and not _stays(one):
            spare -= 1
        else:
            kept.append(one)
    return tuple(kept)


def _stays(one: CountedDecision) -> bool:
    """Whatever comes after it: a broken glass that nobody has reviewed."""
    return one.decision == "BreakGlass" and one.reviewed_by is None


def _replace(book: Book, record: Record, changes: dict[tuple[str, int], dict[str, object]]) -> None:
    before = record.status.decisions
    after = tuple(_changed(one, changes.get((one.name, one.attempt), {})) for one in before)
    if after != before:
        book.amend(record, decisions=after)


def _changed(one: CountedDecision, changes: dict[str, object]) -> CountedDecision:
    is_so = all(getattr(one, name) == value for name, value in changes.items())
    return one if is_so else one.model_copy(update=changes)


def _is_of(one: CountedDecision, act: Act) -> bool:
    username = act.spec.actor.username if act.spec.actor is not None else ""
    return (one.name, one.at, one.decision, one.actor.username) == (
        act.name,
        act.created_at,
        act.spec.decision,
        username,
    )
