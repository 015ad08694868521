"""The ledger of a service, put together from its revisions' records, and held against its own rules."""

from harness.cluster import Object, Space
from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.ledger.chain import verify


def ledger(space: Space, service: str) -> list[LedgerEntry]:
    """In its order; a chain without a gap or a double, as each reader can see by its hashes."""
    records = space.list("AIRevision", selector=f"leadsman.dev/service={service}")
    entries = sorted((entry for record in records for entry in _entries(record)), key=lambda entry: entry.sequence)
    assert verify(entries) == ()
    return entries


def told(space: Space, service: str) -> list[str]:
    """What happened, for a person: `stage.entered some`."""
    return [_words(entry) for entry in ledger(space, service)]


def told_of_each(space: Space, service: str) -> list[list[str]]:
    """The same for each revision, the first one first."""
    found: dict[str, list[str]] = {}
    for entry in ledger(space, service):
        found.setdefault(str(entry.facts["revision"]), []).append(_words(entry))
    return list(found.values())


def _words(entry: LedgerEntry) -> str:
    return f"{entry.type} {entry.facts.get('stage', '')}".strip()


def _entries(record: Object) -> list[LedgerEntry]:
    found = record.get("status", {}).get("ledger", {}).get("entries", [])
    return [LedgerEntry.from_dict(entry) for entry in found]
