"""The ledger of a service, put together from its revisions' records, and held against its own rules."""

from harness.cluster import Object, Space
from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.planner.records.book import NOTHING, entry_hash


def ledger(space: Space, service: str) -> list[LedgerEntry]:
    """In its order; a chain without a gap or a double, as each reader can see by its hashes."""
    records = space.list("AIRevision", selector=f"leadsman.dev/service={service}")
    entries = sorted((entry for record in records for entry in _entries(record)), key=lambda entry: entry.sequence)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    previous = NOTHING
    for entry in entries:
        assert entry.previous == previous
        assert entry.hash == entry_hash(entry)
        previous = entry.hash
    return entries


def told(space: Space, service: str) -> list[str]:
    """What happened, for a person: `stage.entered some`."""
    return [f"{entry.type} {entry.facts.get('stage', '')}".strip() for entry in ledger(space, service)]


def _entries(record: Object) -> list[LedgerEntry]:
    found = record.get("status", {}).get("ledger", {}).get("entries", [])
    return [LedgerEntry.from_dict(entry) for entry in found]
