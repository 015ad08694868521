"""What is open, what it holds, and what has to be kept as evidence."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.governance import Incident
from leadsman.planner.incidents.opening import unopened
from leadsman.planner.records.book import Book, Record
from leadsman.planner.world import World

CLOSE: Final = "CloseIncident"
"""The decision that closes one."""
FREEZES: Final = frozenset({"Sev1", "Sev2"})


class Open(NamedTuple):
    """An incident that nobody has closed."""

    name: str
    severity: str
    """Unreadable where it cannot be read: it may be anything."""
    revision: str | None
    summary: str


def closing(book: Book, incident: str) -> tuple[Record, CountedDecision] | None:
    """The decision that closed it, and in whose dossier it was counted."""
    found = (
        (record, one)
        for record in book.records.values()
        for one in record.status.decisions
        if one.decision == CLOSE and one.incident == incident and one.revoked_by is None
    )
    return next(found, None)


def is_closed(book: Book, incident: Incident) -> bool:
    """By what its status says, which the operator alone writes, or by a decision that was counted just now."""
    return incident.status.state == "Closed" or closing(book, incident.name) is not None


def still_open(world: World, book: Book) -> Iterator[Open]:
    """Also those that are about to be opened."""
    there = {one.name for one in world.incidents}
    for one in world.incidents:
        if one.spec is None:
            yield Open(one.name, "Unreadable", None, f"it cannot be read: {one.problem}")
        elif not is_closed(book, one):
            yield Open(one.name, one.spec.severity, one.spec.revision, one.spec.summary)
    for each in unopened(book):
        if each.name not in there:
            yield Open(each.name, each.severity, each.revision, each.summary)


def freezing(world: World, book: Book) -> Iterator[Open]:
    return (one for one in still_open(world, book) if one.severity in FREEZES or one.severity == "Unreadable")


def kept(world: World, book: Book) -> frozenset[str]:
    """Revisions whose Deployment and inputs are evidence."""
    return frozenset(one.revision for one in still_open(world, book) if one.revision is not None)
