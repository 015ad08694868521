"""How does an attempt begin, go on and end? Each change of state, with its entry in the ledger."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import Attempt, StageRecord
from leadsman.planner.records.book import Book, Note, Record
from leadsman.planner.records.cast import BAKE, PROMOTION, ROLLBACK, current_stage, stage_of
from leadsman.planner.rollout.failures import Failure

Outcome = Literal["Promoted", "RolledBack", "Rejected", "Aborted"]
SETTLED: Final[Mapping[str | None, Outcome]] = {
    "Serving": "Promoted",
    "Superseded": "Promoted",
    "RolledBack": "RolledBack",
    "Rejected": "Rejected",
    "Aborted": "Aborted",
}
"""Verdicts that stay, and how the attempt ended that led to them."""
ABORT: Final = "Abort"
"""What the annotation leadsman.dev/request may ask for, and what is done once."""


def register(book: Book) -> None:
    """Revisions of which nothing is recorded: made just now, or just before a crash; or their status was lost."""
    unrecorded = [record for record in book.records.values() if record.status.verdict is None]
    for record in sorted(unrecorded, key=lambda one: (one.label == "Serving", one.spec.number)):
        if record.label in SETTLED:
            _restore(book, record, SETTLED[record.label])
        else:
            _create(book, record)


def _create(book: Book, record: Record) -> None:
    spec = record.spec
    book.amend(record, verdict="Pending")
    message = f"Revision {record.name} of model {spec.model.name} {spec.model.version}"
    facts: dict[str, str | int] = {"digest": spec.digest, "number": spec.number}
    if spec.change is not None and spec.change.author is not None:
        facts["author"] = spec.change.author
    note = Note(type="revision.created", reason="RevisionCreated", message=message, facts=facts, event=None)
    book.note(record, note)


def _restore(book: Book, record: Record, outcome: Outcome) -> None:
    """From a backup without status, as most are. The label still says what was quarantined, and what served."""
    message = "its status was lost: its verdict is taken from its label"
    reason = Reason.RESTORED
    ended = Attempt(
        number=_next_number(book),
        started_at=book.now,
        ended_at=book.now,
        outcome=outcome,
        reason=reason,
        message=message,
    )
    book.begin_attempt(record, ended)
    served = {"first_served_at": book.now} if outcome == "Promoted" else {}
    book.amend(record, verdict=record.label, reason=reason, message=message, **served)
    text, facts = f"{record.name} is {record.label}: {message}", {"verdict": record.label or ""}
    book.note(record, Note(type="revision.restored", reason="RevisionRestored", message=text, facts=facts))


def begin(book: Book, record: Record, terms_digest: str, *, after: int = 0, request: str = "") -> None:
    """Attempt by attempt, over all revisions of the service.

    Args:
        book: of the service.
        record: the candidate.
        terms_digest: what approvals bind to besides the revision.
        after: the number of the last attempt that the service's status knows of.
        request: what the annotation asks for. That was about what was before.
    """
    number = max(_next_number(book), after + 1)
    spent = request if request == ABORT else None
    attempt = Attempt(number=number, started_at=book.now, terms_digest=terms_digest, spent_request=spent)
    book.begin_attempt(record, attempt)
    book.amend(record, verdict="Pending", reason=None, message="")
    message = f"{record.name} is the candidate, attempt {number}"
    book.note(record, Note(type="attempt.started", reason="AttemptStarted", message=message, facts={"attempt": number}))


def enter(  # noqa: PLR0913  all that the ledger says of it
    book: Book, record: Record, *, name: str, weight: int, cause: str, signed: Mapping[str, str]
) -> None:
    """The next stage; the one before ends."""
    _end_stage(book, record)
    _add_stage(book, record, StageRecord(name=name, weight=weight, started_at=book.now))
    book.amend(record, verdict="RollingOut", reason=Reason.ROLLING_OUT)
    facts = {"stage": name, "weight": weight, "because": cause, **signed}
    if name == PROMOTION:
        message = f"{record.name} is promoted: {cause}"
        note = Note(type="promotion.decided", reason="PromotionDecided", message=message, facts=facts, event=None)
        book.note(record, note)
        return
    message = f"{record.name} enters stage {name} ({weight} %): {cause}"
    book.note(record, Note(type="stage.entered", reason="StageEntered", message=message, facts=facts))


def achieve(book: Book, record: Record, percent: int) -> None:
    """The stage's weight is what the EndpointSlices show. Its hold begins."""
    _amend_stage(book, record, achieved_at=book.now, achieved_percent=percent)
    stage = current_stage(record)
    facts = {"stage": stage.name, "weight": stage.weight, "percent": percent}
    message = f"{record.name} has {percent} % of the traffic, stage {stage.name}"
    note = Note(type="traffic.verified", reason="TrafficVerified", message=message, facts=facts, event=None)
    book.note(record, note)


def promote(book: Book, record: Record, *, bakes: bool) -> None:
    """Everyone is served by it."""
    _amend_stage(book, record, achieved_at=book.now, achieved_percent=100, ended_at=book.now)
    book.amend_attempt(record, ended_at=book.now, outcome="Promoted", reason=Reason.PROMOTED)
    first = record.status.first_served_at or book.now
    book.amend(record, verdict="Serving", reason=Reason.PROMOTED, message="", first_served_at=first)
    facts = {"percent": 100, "attempt": record.latest.number}
    message = f"{record.name} serves everyone"
    book.note(record, Note(type="promotion.verified", reason="Promoted", message=message, facts=facts))
    if bakes:
        _add_stage(book, record, StageRecord(name=BAKE, weight=100, started_at=book.now, achieved_at=book.now))


def come_back(book: Book, record: Record, message: str) -> None:
    """By a person's decision an earlier revision serves again: it did so before, and nothing is asked of it."""
    stage = StageRecord(name=PROMOTION, weight=100, started_at=book.now, ended_at=book.now)
    attempt = Attempt(
        number=_next_number(book),
        started_at=book.now,
        ended_at=book.now,
        outcome="Promoted",
        reason=Reason.ROLLED_BACK,
        message=message[:1024],
        stages=(stage,),
    )
    book.begin_attempt(record, attempt)
    book.amend(record, verdict="Serving", reason=Reason.ROLLED_BACK, message=message[:4096])


def send_back(book: Book, record: Record, to: str) -> None:
    """What served until then: without blame, its traffic goes back to an earlier revision."""
    _end_stage(book, record)
    _add_stage(book, record, StageRecord(name=ROLLBACK, weight=0, started_at=book.now))
    message = f"traffic of {record.name} goes back to {to}, as was decided"
    note = Note(type="rollback.decided", reason="RolledBack", message=message, facts={"to": to}, event="Warning")
    book.note(record, note)


def end_bake(book: Book, record: Record, message: str) -> None:
    _end_stage(book, record)
    book.note(record, Note(type="bake.ended", reason="BakeEnded", message=message, facts={}))


def roll_back(book: Book, record: Record, failure: Failure, *, to: str | None) -> None:
    """Quarantines the digest; traffic goes back to `to`, if there is such a revision."""
    finding = failure.finding
    facts: dict[str, str | int] = {"digest": record.spec.digest, "to": to or "nothing"}
    if finding is not None:
        signal = finding.signal
        measured = {"value": signal.value, "limit": signal.limit, "serving": signal.serving}
        facts["monitor"] = finding.monitor.name
        facts |= {key: repr(value) for key, value in measured.items() if value is not None}
        facts |= {"n": signal.samples} if signal.samples is not None else {}
    _leave(book, record, "RolledBack", failure.reason, failure.message)
    target = f"back to {to}" if to else "no revision to go back to: scaled to zero"
    message = f"{record.name} is rolled back and quarantined, {target}: {failure.message}"
    note = Note(type="rollback.decided", reason="RolledBack", message=message, facts=facts, event="Warning")
    book.note(record, note)


def abandon(book: Book, record: Record, reason: Reason, message: str) -> None:
    """Without blame: another digest is wanted, or the service is a new one."""
    _leave(book, record, "Aborted", reason, message)
    text = f"{record.name} is abandoned: {message}"
    book.note(record, Note(type="attempt.aborted", reason="Aborted", message=text, facts={"because": reason}))


def reject(book: Book, record: Record, message: str) -> None:
    """By a person. It does not start again by itself."""
    _leave(book, record, "Rejected", Reason.REJECTED, message)
    text = f"{record.name} is {message}"
    book.note(record, Note(type="attempt.rejected", reason="Rejected", message=text, facts={}, event="Warning"))


def complete_way_back(book: Book, record: Record) -> None:
    """No traffic reaches it any more."""
    _amend_stage(book, record, achieved_at=book.now, achieved_percent=0, ended_at=book.now)
    message = f"no traffic reaches {record.name} any more"
    book.note(record, Note(type="rollback.verified", reason="TrafficVerified", message=message, facts={"percent": 0}))


def ask_again(book: Book, record: Record, monitor: str, message: str) -> None:
    """The data has drifted: evaluations from before it do not count any more."""
    book.amend(record, reevaluate_since=book.now)
    text = f"{record.name} is to be evaluated again: {message}"
    facts = {"monitor": monitor}
    book.note(record, Note(type="drift.signalled", reason="DriftSignalled", message=text, facts=facts, event="Warning"))


def settle_verdicts(book: Book, serving: Record | None) -> None:
    """Of those that served, the last one serves and the others did."""
    for record in book.records.values():
        if record is serving and record.status.verdict == "Superseded":
            book.amend(record, verdict="Serving", reason=Reason.PROMOTED)
        elif record is not serving and record.status.verdict == "Serving":
            book.amend(record, verdict="Superseded", reason=Reason.REPLACED)


def bake_until(record: Record, seconds: int) -> datetime | None:
    stage = stage_of(record)
    return stage.started_at + timedelta(seconds=seconds) if stage is not None and stage.name == BAKE else None


def _next_number(book: Book) -> int:
    known = (attempt.number for each in book.records.values() for attempt in each.status.attempts)
    return 1 + max(known, default=0)


def _leave(book: Book, record: Record, outcome: Outcome, reason: Reason, message: str) -> None:
    had_pods = stage_of(record) is not None or record.has_served
    _end_stage(book, record)
    book.amend_attempt(record, ended_at=book.now, outcome=outcome, reason=reason, message=message[:1024])
    book.amend(record, verdict=outcome, reason=reason, message=message[:4096])
    if had_pods:
        _add_stage(book, record, StageRecord(name=ROLLBACK, weight=0, started_at=book.now))


def _add_stage(book: Book, record: Record, stage: StageRecord) -> None:
    book.amend_attempt(record, stages=(*record.latest.stages, stage)[-16:])


def _end_stage(book: Book, record: Record) -> None:
    if stage_of(record) is not None:
        _amend_stage(book, record, ended_at=book.now)


def _amend_stage(book: Book, record: Record, **changes: object) -> None:
    """Of the stage that it is in."""
    *before, last = record.latest.stages
    book.amend_attempt(record, stages=(*before, last.model_copy(update=changes)))
