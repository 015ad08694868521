"""Which failures of a rollout are incidents, and how an open incident holds the next step."""

from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiincident import Category, Severity
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.force import INCIDENT, is_waived
from leadsman.planner.decisions.glass import breaking
from leadsman.planner.incidents.holding import freezing
from leadsman.planner.incidents.opening import open_incident
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import BAKE, cast, is_in
from leadsman.planner.rollout.evidence import findings
from leadsman.planner.rollout.failures import Failure, signal_failure
from leadsman.planner.rollout.question import Question
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

_MESSAGE: Final = 4096


def open_for_rollback(world: World, book: Book, record: Record, failure: Failure) -> None:
    """A revision that no user met is no incident."""
    achieved = any(stage.achieved_at is not None for stage in record.latest.stages)
    if achieved or Traffic(world).addresses(record.name) > 0:
        _open(book, record, f"rollback/{record.latest.number}", failure, "was rolled back")


def open_for_the_first(world: World, book: Book) -> None:
    """There is nothing to go back to: it serves on, and somebody has to know."""
    parts = cast(book)
    serving = parts.serving
    if serving is None or parts.previous is not None or not serving.is_readable or not is_in(serving, BAKE):
        return
    if found := signal_failure(findings(world, parts, serving, book.now)):
        _open(book, serving, f"failing/{serving.latest.number}", found, "serves, with nothing to go back to")


def no_incident_is_open(question: Question) -> Blocker | None:
    """Of Sev1 and Sev2, unless it is waived for this revision, or the glass is broken for it."""
    candidate, service = question.candidate, question.world.service
    glass = breaking(question.world, candidate, question.now)
    for one in freezing(question.world, question.book):
        is_lifted = is_waived(question.world, candidate, INCIDENT + one.name, question.now)
        if is_lifted or (glass is not None and glass.spec.incident == one.name):
            continue
        where = f"{service.name} -n {service.namespace}"
        return Blocker(
            type="Incident",
            name=one.name,
            reason=Reason.INCIDENT_OPEN,
            message=f"{one.severity}: {one.summary}"[:_MESSAGE],
            unblock=f"review and close it: leadsman close-incident {where} --incident {one.name}; or let the fix "
            f"through: leadsman waive {where} --revision {candidate.name} --scope incident/{one.name}",
        )
    return None


def _open(book: Book, record: Record, cause: str, failure: Failure, what: str) -> None:
    category, severity = _kind(failure)
    open_incident(
        book,
        record,
        cause=cause,
        severity=severity,
        category=category,
        summary=f"{record.name} {what}: {failure.message}",
        detected_by=failure.finding.monitor.name if failure.finding is not None else None,
    )


def _kind(failure: Failure) -> tuple[Category, Severity]:
    if failure.finding is not None:
        category = failure.finding.monitor.class_
        return category, "Sev2" if category == "Safety" else "Sev4"
    return ("Budget", "Sev4") if failure.reason is Reason.FAST_BURN else ("Health", "Sev4")
