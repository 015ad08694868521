"""Incidents that the operator opens: once for each cause. What is to be opened stands in the dossier first.

So a crash between the dossier and the AIIncident loses none, and none is opened twice. Once it was seen it is not made
again: whoever may purge it may do so.
"""

from collections.abc import Iterator
from typing import Final

from leadsman.api.meta import API_VERSION
from leadsman.api.v1alpha1.aiincident import Category, Severity
from leadsman.api.v1alpha1.airevision_status import IncidentRecord
from leadsman.ledger.canonical import digest
from leadsman.planner.governance import Incident
from leadsman.planner.labels import SERVICE
from leadsman.planner.plan import Object
from leadsman.planner.records.book import Book, Note, Record
from leadsman.planner.world import World

_DOMAIN: Final = "leadsman.dev/incident/v1"
_KEPT: Final = 16
_SUMMARY: Final = 1024


def open_incident(  # noqa: PLR0913  all that an incident says
    book: Book,
    record: Record,
    *,
    cause: str,
    severity: Severity,
    category: Category,
    summary: str,
    detected_by: str | None = None,
    blames: bool = True,
) -> None:
    """Unless one was opened for this cause.

    Args:
        book: of the service.
        record: in whose dossier it stands.
        cause: what makes it the same incident, such as `rollback/3`.
        severity: at first. It may be raised.
        category: what it is about.
        summary: what happened, with the numbers.
        detected_by: a monitor, or a budget.
        blames: is it about this revision, whose evidence is kept?
    """
    if any(one.cause == cause for one in record.status.incidents):
        return
    made = IncidentRecord(
        name=_name(record.spec.service.name, record.name, cause),
        cause=cause,
        severity=severity,
        category=category,
        aware_at=book.now.replace(microsecond=0),
        summary=_readable(summary)[:_SUMMARY],
        detected_by=detected_by,
        revision=record.name if blames else None,
    )
    book.amend(record, incidents=(*record.status.incidents, made)[-_KEPT:])
    facts = {"incident": made.name, "severity": severity, "category": category, "cause": cause}
    message = f"incident {made.name} ({severity}, {category}): {summary}"
    note = Note(type="incident.opened", reason="IncidentOpened", message=message, facts=facts, event="Warning")
    book.note(record, note)


def recognise(world: World, book: Book) -> None:
    """Those that are there now. One of that name that is another's, or says less, does not stand for ours."""
    there = {one.name: one for one in world.incidents}
    for record in book.records.values():
        if not record.is_readable:
            continue
        after = tuple(_recognised(book, record, one, there) for one in record.status.incidents)
        if after != record.status.incidents:
            book.amend(record, incidents=after)


def to_create(world: World, book: Book) -> Iterator[Object]:
    """AIIncidents that are to be there and are not."""
    there = {one.name for one in world.incidents}
    for one in (one for one in unopened(book) if one.name not in there):
        told = one.model_dump(
            mode="json",
            by_alias=True,
            exclude_none=True,
            include={"revision", "severity", "category", "aware_at", "summary", "detected_by"},
        )
        metadata = {"name": one.name, "namespace": world.service.namespace, "labels": {SERVICE: world.service.name}}
        spec = {"service": world.service.name, **told}
        yield {"apiVersion": API_VERSION, "kind": "AIIncident", "metadata": metadata, "spec": spec}


def unopened(book: Book) -> Iterator[IncidentRecord]:
    for record in book.records.values():
        if record.is_readable:
            yield from (one for one in record.status.incidents if one.opened_at is None)


def incident_of(record: Record, cause: str) -> str | None:
    """The name of the incident that was opened for it."""
    return next((one.name for one in record.status.incidents if one.cause == cause), None)


def _recognised(book: Book, record: Record, one: IncidentRecord, there: dict[str, Incident]) -> IncidentRecord:
    found = there.get(one.name)
    if one.opened_at is not None or found is None:
        return one
    spec = found.spec
    is_ours = (
        spec is not None
        and (spec.service, spec.revision, spec.category) == (record.spec.service.name, one.revision, one.category)
        and spec.severity <= one.severity
    )
    changes = {"opened_at": book.now} if is_ours else {"name": _name(record.spec.service.name, one.name, one.cause)}
    return one.model_copy(update=changes)


def _readable(text: str) -> str:
    """What pods print may hold anything."""
    return "".join(one if one.isprintable() else " " for one in text)


def _name(service: str, revision: str, cause: str) -> str:
    return f"{service}-{digest(_DOMAIN, {'revision': revision, 'cause': cause}).removeprefix('sha256:')[:10]}"
