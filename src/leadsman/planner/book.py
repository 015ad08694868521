"""The dossiers as they are being written: what is decided now, with its ledger entries, chained.

A Book lives for one call of `plan`. It begins as what was observed; whoever decides changes it through the verbs below,
so that no change of state is without its entry, and no entry without a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from leadsman.api.meta import API_VERSION
from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, Ledger, LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.canonical import digest
from leadsman.planner.plan import Dossier, Event, Object
from leadsman.planner.world import Revision, World

ENTRY: Final = "leadsman.dev/ledger-entry/v1"
NOTHING: Final = "sha256:" + "0" * 64
"""What the first entry of a service follows."""
_ATTEMPTS, _ENTRIES, _FACT = 8, 200, 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the ledger and the events say of a change."""

    type: str
    """Of the ledger entry, such as stage.entered."""
    reason: str
    message: str
    facts: Mapping[str, str | int]
    warning: bool = False


@dataclass(slots=True)
class Record:
    """A revision, observed or just being made, and its dossier as it will be."""

    name: str
    uid: str | None
    spec: AIRevisionSpec
    status: AIRevisionStatus
    observed: AIRevisionStatus | None
    label: str | None
    """What the label leadsman.dev/verdict says."""
    object: Object | None = None
    """To be created first."""

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
    def promoted_at(self) -> datetime | None:
        """When it last came to serve everyone."""
        done = [attempt.ended_at for attempt in self.status.attempts if attempt.outcome == "Promoted"]
        return done[-1] if done else None


class Book:
    def __init__(self, world: World, now: datetime) -> None:
        self.now = now
        self.records = {revision.name: _record(revision) for revision in world.revisions}
        self.entries: list[LedgerEntry] = []
        self.events: list[Event] = []
        self.head = _head(world)

    def create(self, name: str, spec: AIRevisionSpec, labels: Mapping[str, str], namespace: str) -> Record:
        record = Record(name, None, spec, AIRevisionStatus(verdict="Pending"), None, "Pending")
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
        entry = self._entry(record, note)
        kept = record.status.ledger or Ledger()
        self.amend(record, ledger=kept.model_copy(update={"entries": (*kept.entries, entry)[-_ENTRIES:]}))
        self.head = LedgerHead(sequence=entry.sequence, hash=entry.hash)
        self.entries.append(entry)
        kind: Literal["Normal", "Warning"] = "Warning" if note.warning else "Normal"
        self.events.append(Event(type=kind, reason=note.reason, message=note.message, key=entry.hash))

    def dossiers(self) -> tuple[Dossier, ...]:
        """Those that changed, or are new."""
        return tuple(
            Dossier(revision=record.name, status=record.status, create=record.object)
            for record in self.records.values()
            if record.object is not None or record.status != record.observed
        )

    def verdicts(self) -> dict[str, str]:
        """That the label does not show yet."""
        return {
            record.name: record.status.verdict
            for record in self.records.values()
            if record.status.verdict is not None and record.status.verdict != record.label
        }

    def _entry(self, record: Record, note: Note) -> LedgerEntry:
        facts = {"revision": record.name, **{key: str(value)[:_FACT] for key, value in note.facts.items()}}
        unchained = LedgerEntry(
            sequence=self.head.sequence + 1,
            at=self.now,
            type=note.type,
            reason=note.reason,
            message=note.message[:_FACT],
            facts=facts,
            previous=self.head.hash,
            hash=NOTHING,
        )
        return unchained.model_copy(update={"hash": entry_hash(unchained)})


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over everything in the entry but its own hash; the hash of the entry before is part of it."""
    return digest(ENTRY, {key: value for key, value in entry.to_dict().items() if key != "hash"})


def _record(revision: Revision) -> Record:
    label = revision.labels.get("leadsman.dev/verdict")
    return Record(revision.name, revision.uid, revision.spec, revision.status, revision.status, label)


def _head(world: World) -> LedgerHead:
    """The last entry that is known. A crash may leave the service's status behind the dossiers, never before them."""
    heads = [
        LedgerHead(sequence=entry.sequence, hash=entry.hash)
        for revision in world.revisions
        if revision.status.ledger is not None
        for entry in revision.status.ledger.entries[-1:]
    ]
    if world.service.status.ledger is not None:
        heads.append(world.service.status.ledger)
    return max(heads, key=lambda head: head.sequence, default=LedgerHead(sequence=0, hash=NOTHING))
