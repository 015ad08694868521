"""The hash chain of a service's ledger: whoever changes an entry has to change each one after it.

Whoever can do that leaves a chain without a flaw. A checkpoint, kept where they can't write, tells (Schneier, Kelsey,
"Secure audit logs to support computer forensics", ACM TISSEC 2(2), 1999; RFC 9162 has the same for certificates).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.canonical import digest

ENTRY: Final = "leadsman.dev/ledger-entry/v1"
BEGINNING: Final = LedgerHead(sequence=0, hash="sha256:" + "0" * 64)
"""What the first entry of a service follows."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that nobody who only ever appends would have left."""

    sequence: int
    """Of the entry at which it shows."""
    message: str


def entry_hash(entry: LedgerEntry) -> str:
    """SHA-256 over everything in the entry but its own hash; the hash of the entry before is part of it."""
    return digest(ENTRY, {key: value for key, value in entry.to_dict().items() if key != "hash"})


def head_of(entry: LedgerEntry) -> LedgerHead:
    """The ledger's head, once this is its last entry."""
    return LedgerHead(sequence=entry.sequence, hash=entry.hash)


def verify(
    entries: Iterable[LedgerEntry], *, after: LedgerHead = BEGINNING, checkpoint: LedgerHead | None = None
) -> tuple[Flaw, ...]:
    """All that is wrong with them; nothing: they are as they were written.

    Args:
        entries: of one service, in the order in which they are kept.
        after: what the first one follows, for those who kept a part. Default: the beginning.
        checkpoint: a head that was seen earlier, or later, and kept elsewhere.
    """
    kept = tuple(entries)
    return (*_breaks(kept, after), *(_against(kept, after, checkpoint) if checkpoint is not None else ()))


def _breaks(entries: Iterable[LedgerEntry], after: LedgerHead) -> Iterator[Flaw]:
    before = after
    for entry in entries:
        if (hashed := entry_hash(entry)) != entry.hash:
            yield Flaw(entry.sequence, f"was changed: it says {entry.hash}, and its content gives {hashed}")
        if (break_ := _break(entry, before)) is not None:
            yield Flaw(entry.sequence, break_)
        before = head_of(entry)


def _break(entry: LedgerEntry, before: LedgerHead) -> str | None:
    missing = range(before.sequence + 1, entry.sequence)
    if missing:
        return f"follows entry {before.sequence}: {len(missing)} between them, from {missing[0]} on, were dropped"
    if entry.sequence <= before.sequence:
        return f"follows entry {before.sequence}: it was inserted, or moved"
    if entry.previous != before.hash:
        return f"was written after another entry {before.sequence}: it names {entry.previous}, not {before.hash}"
    return None


def _against(entries: tuple[LedgerEntry, ...], after: LedgerHead, checkpoint: LedgerHead) -> Iterator[Flaw]:
    heads = {head.sequence: head.hash for head in (after, *map(head_of, entries))}
    last = max(heads)
    if checkpoint.sequence > last:
        yield Flaw(last, f"is the last one, and the checkpoint has seen {checkpoint.sequence}: the tail was cut")
    elif (there := heads.get(checkpoint.sequence)) is not None and there != checkpoint.hash:
        yield Flaw(checkpoint.sequence, f"is another one than the checkpoint's: {there}, not {checkpoint.hash}")
