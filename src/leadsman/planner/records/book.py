"""What is written down? The dossiers as they will be, with the ledger entries of what is decided now, chained.

A Book lives for one call of `plan`. It begins as what was observed; whoever decides changes it through the verbs below,
so that no change of state is without its entry, and no entry without a change.

    decide ─► note, note, note ─► close ─► dossiers, in the order in which they are to be written

Dossiers are written one by one, and a crash may come after any of them. So the entries of one dossier follow each other
in the chain, and the dossiers are written in the order of the chain: what is there is always a chain without a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from leadsman.api.meta import API_VERSION, Person
from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, Ledger, LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import BEGINNING, entry_hash, head_of
from leadsman.ledger.outbox import appended
from leadsman.planner.plan import Dossier, Event, Object
from leadsman.planner.records.stand_in import stand_in
from leadsman.planner.world import Revision, World

_SETTLED = frozenset({"Serving", "Superseded", "RolledBack", "Rejected", "Aborted"})
_ATTEMPTS, _FACTS, _TEXT = 8, 8, 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the ledger and the events say of a change."""

    type: str
    """Of the ledger entry, such as stage.entered."""
    reason: str
    message: str
    facts: Mapping[str, str | int]
    event: Literal["Normal", "Warning"] | None = "Normal"
    """For those who watch Events. None: only the ledger has it, since another event says as much."""
    actor: Person | None = None
    """Who, where a person acted."""


@dataclass(slots=True)
class Record:
    """A revision, observed or just being made, and its dossier as it will be."""

    name: str
    uid: str | None
    spec: AIRevisionSpec
    status: AIRevisionStatus
    observed: AIRevisionStatus | None
    created_at: datetime | None
    """By the API server. None: it is being made."""
    label: str | None
    """What the label leadsman.dev/verdict says."""
    object: Object | None = None
    """To be created first."""
    is_readable: bool = True
    """False: a stand-in, of which nothing is ever written (`stand_in`)."""
    notes: list[Note] = field(default_factory=list[Note])
    """Of this plan."""

    @property
    def attempt(self) -> Attempt | None:
        return self.status.attempts[-1] if self.status.attempts else None

    @property
    def latest(self) -> Attempt:
        """The last attempt, of a revision that had one."""
        return self.status.attempts[-1]

    @property
    def is_candidate(self) -> bool:
        return self.attempt is not None and self.attempt.outcome is None

    @property
    def has_had_pods(self) -> bool:
        """Was it ever let in?"""
        return any(attempt.stages for attempt in self.status.attempts)

    @property
    def has_served(self) -> bool:
        """Did it come to serve everyone, and was not taken back? Then its last attempt is the one that led there."""
        is_promoted = self.attempt is not None and self.attempt.outcome == "Promoted"
        return is_promoted and self.status.verdict in {"Serving", "Superseded"}


class Book:
    def __init__(self, world: World, now: datetime) -> None:
        self.now = now
        self.records = {revision.name: _record(revision) for revision in world.revisions}
        if serving := stand_in(world):
            self.records[serving.name] = _unreadable(serving)
        self.entries: list[LedgerEntry] = []
        self.events: list[Event] = []
        self.head = _head(world)
        self._noted: list[Record] = []
        self._delivered = world.sinks.acknowledged if world.sinks is not None else None

    def create(self, name: str, spec: AIRevisionSpec, labels: Mapping[str, str], namespace: str) -> Record:
        record = Record(name, None, spec, AIRevisionStatus(), None, None, "Pending")
        record.object = {
            "apiVersion": API_VERSION,
            "kind": "AIRevision",
            "metadata": {"name": name, "namespace": namespace, "labels": {**labels, "leadsman.dev/verdict": "Pending"}},
            "spec": spec.to_dict(),
        }
        self.records[name] = record
        return record

    def amend(self, record: Record, **changes: Any) -> None:
        record.status = record.status.model_copy(update=changes)

    def amend_attempt(self, record: Record, **changes: Any) -> None:
        """Of the last attempt."""
        *before, last = record.status.attempts
        self.amend(record, attempts=(*before, last.model_copy(update=changes)))

    def begin_attempt(self, record: Record, attempt: Attempt) -> None:
        self.amend(record, attempts=(*record.status.attempts, attempt)[-_ATTEMPTS:])

    def note(self, record: Record, note: Note) -> None:
        """In the ledger of the service, kept in this record; and for people, as an event."""
        if not record.notes:
            self._noted.append(record)
        record.notes.append(note)

    @property
    def is_noted(self) -> bool:
        """Was anything decided, or has it come true?"""
        return bool(self._noted)

    def close(self) -> None:
        """Chains what was noted. Nothing is noted after it."""
        for record in self._noted:
            made = [self._chain(record, note) for note in record.notes]
            self.amend(record, ledger=appended(record.status.ledger or Ledger(), made, self._delivered))

    def dossiers(self) -> tuple[Dossier, ...]:
        """Those that changed, or are new."""
        others = [record for record in self.records.values() if not record.notes]
        return tuple(
            Dossier(revision=record.name, status=record.status, create=record.object)
            for record in (*self._noted, *others)
            if record.is_readable and (record.object is not None or record.status != record.observed)
        )

    def verdicts(self) -> dict[str, str]:
        """That the label does not show yet. It is for selecting the past by: on the way it says Pending."""
        return {
            record.name: record.status.verdict
            for record in self.records.values()
            if record.is_readable and record.status.verdict in _SETTLED and record.status.verdict != record.label
        }

    def _chain(self, record: Record, note: Note) -> LedgerEntry:
        facts = {"revision": record.name, **{key: str(value)[:_TEXT] for key, value in note.facts.items()}}
        unchained = LedgerEntry(
            sequence=self.head.sequence + 1,
            at=self.now,
            type=note.type,
            **({"actor": note.actor} if note.actor is not None else {}),
            reason=note.reason,
            message=note.message[:_TEXT],
            facts=dict(list(facts.items())[:_FACTS]),
            previous=self.head.hash,
            hash=BEGINNING.hash,
        )
        entry = unchained.model_copy(update={"hash": entry_hash(unchained)})
        self.head = head_of(entry)
        self.entries.append(entry)
        if note.event is not None:
            self.events.append(Event(type=note.event, reason=note.reason, message=note.message, key=entry.hash))
        return entry


def _record(revision: Revision) -> Record:
    label = revision.labels.get("leadsman.dev/verdict")
    return Record(
        revision.name, revision.uid, revision.spec, revision.status, revision.status, revision.created_at, label
    )


def _unreadable(revision: Revision) -> Record:
    return Record(revision.name, None, revision.spec, revision.status, None, None, None, is_readable=False)


def _head(world: World) -> LedgerHead:
    """The last entry that is known. A crash may leave the service's status behind the dossiers, never before them."""
    heads = [
        head_of(entry)
        for revision in world.revisions
        if revision.status.ledger is not None
        for entry in revision.status.ledger.entries[-1:]
    ]
    if world.service.status.ledger is not None:
        heads.append(world.service.status.ledger)
    return max(heads, key=lambda head: head.sequence, default=BEGINNING)
