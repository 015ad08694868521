"""People decide: what they decided is counted, one act after the other, and what ends an attempt ends it at once.

Counting and effect are one write of one dossier, so that a crash leaves both or none. What is in force for a time, such
as a pause or a waiver, is asked for where it matters (`planner/decisions/force`).
"""

from leadsman.api.meta import Actor
from leadsman.api.reasons import Reason
from leadsman.planner.decisions import approvals, counted
from leadsman.planner.decisions.force import hold
from leadsman.planner.decisions.glass import to_review
from leadsman.planner.decisions.standing import hearing, is_settled, refusal
from leadsman.planner.governance import Act
from leadsman.planner.records.book import Book, Note, Record
from leadsman.planner.records.cast import ROLLBACK, cast, is_in
from leadsman.planner.rollout import attempts
from leadsman.planner.rollout.attempts import ABORT
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World


def heed_terms(book: Book, terms: str) -> None:
    """Approvals bind to the terms as they are. Whoever approved other ones has to look again."""
    record = cast(book).candidate
    if record is None or record.latest.terms_digest == terms:
        return
    book.amend_attempt(record, terms_digest=terms, terms_since=book.now)
    message = f"the terms of {record.name} have changed: approvals of it do not count any more"
    book.note(record, Note(type="terms.changed", reason="TermsChanged", message=message, facts={"terms": terms}))


def obey(world: World, book: Book, desired: str | None) -> None:
    """Oldest first.

    Args:
        world: with what people decided.
        book: of the service.
        desired: the digest that the spec asks for, if it can be told.
    """
    for act in world.acts:
        if not is_settled(book, act):
            heard = hearing(world, book, act)
            if refusal(heard) is None and act.spec.actor is not None:
                _carry_out(book, heard.about, act, act.spec.actor, desired)
    _heed_annotation(world, book)
    _keep_hold(world, book, desired)


def fill_slots(world: World, book: Book) -> None:
    """Of the candidate: which approval is good for what, as it is now."""
    parts = cast(book)
    if parts.candidate is not None:
        found = approvals.needs(world, parts.candidate, book.now, is_first=parts.serving is None)
        counted.fill(book, parts.candidate, approvals.slots(found))


def _carry_out(book: Book, record: Record, act: Act, actor: Actor, desired: str | None) -> None:
    words = f"by {actor.username} ({act.name}): {act.spec.reason}"
    if act.spec.decision == "Rollback":
        _go_back(book, record, act, actor, desired)
        return
    counted.count(book, record, act, actor)
    match act.spec.decision:
        case "Reject":
            attempts.reject(book, record, f"rejected {words}")
        case "Abort":
            attempts.abandon(book, record, Reason.ABORTED, f"aborted {words}")
        case "Revoke":
            counted.revoke(book, record, act.spec.revokes or "", act)
        case "Resume":
            counted.end_hold(book, record)
        case "CloseIncident":
            _close(book, record, act, actor)
        case _:
            pass


def _close(book: Book, record: Record, act: Act, actor: Actor) -> None:
    """That it is counted closes the incident; a glass that was broken for it is reviewed."""
    if broken := to_review(book.records.values(), act.spec.incident):
        counted.review(book, broken.record, broken.decision, act)
    message = f"incident {act.spec.incident} is closed by {actor.username}: {act.spec.reason}"
    facts = {"incident": act.spec.incident or "", "decision": act.name}
    book.note(record, Note(type="incident.closed", reason="IncidentClosed", message=message, facts=facts))


def _go_back(book: Book, record: Record, act: Act, actor: Actor, desired: str | None) -> None:
    """What is on its way is abandoned, and what serves is sent back, by what is recorded here: see `_keep_hold`."""
    parts = cast(book)
    present = parts.candidate or parts.serving
    if record is not parts.serving:
        attempts.come_back(book, record, f"by {actor.username} ({act.name}): {act.spec.reason}")
    instead_of = desired or (present.spec.digest if present is not None else None)
    counted.count(book, record, act, actor, instead_of=instead_of)


def _keep_hold(world: World, book: Book, desired: str | None) -> None:
    """A Rollback holds until the spec asks for something else. Meanwhile nothing else has traffic."""
    serving, traffic = cast(book).serving, Traffic(world)
    held = hold(serving)
    if serving is None or held is None:
        return
    if desired not in {None, held.instead_of}:
        counted.end_hold(book, serving)
        message = f"{serving.name} is not held any more: the spec asks for something else"
        book.note(serving, Note(type="hold.ended", reason="HoldEnded", message=message, facts={"decision": held.name}))
        return
    for record in book.records.values():
        is_there = not (traffic.has_left(record.name) or traffic.pods(record.name) == 0)
        if record is not serving and record.has_served and not is_in(record, ROLLBACK) and is_there:
            attempts.send_back(book, record, serving.name)


def _heed_annotation(world: World, book: Book) -> None:
    """It stays on the service when its attempt is over: a later attempt heeds it once it has been something else."""
    record = cast(book).candidate
    if record is None:
        return
    request, spent = world.service.request, record.latest.spent_request
    if spent is not None and request != spent:
        book.amend_attempt(record, spent_request=None)
    if request == ABORT != spent:
        attempts.abandon(book, record, Reason.ABORTED, "aborted by the annotation leadsman.dev/request")
