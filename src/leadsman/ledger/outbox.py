"""What of a service's ledger is to be delivered next, what every sink has, and what may go.

The entries of a service are spread over its revisions' records. The outbox is what comes after the number that every
sink has acknowledged: the highest that a record names, so that one write of one record acknowledges for all of them.

    records ─► Outbox ─► due after a sink's head ─► the sink takes it ─► its new head ─► acknowledged ─► a record

After a crash before the last step the same entries are delivered again, in the same order; never fewer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import Ledger, LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import BEGINNING, head_of

ROOM: Final = 200
"""Entries that fit into a record."""
HELD_FROM: Final = 160
"""So many in one record that not every sink has hold what moves forward. The rest is for what is never held."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry, and the revision in whose record it is."""

    revision: str
    entry: LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """A service's ledger, as far as its records still have it."""

    entries: tuple[Kept, ...]
    """In the order of the chain."""
    acknowledged: int
    """Number of the last entry that every sink has, as it is written down."""
    is_whole: bool
    """False: a record cannot be read, so that an entry which is missing may be in there."""

    @classmethod
    def of(cls, records: Mapping[str, Ledger | None], *, is_whole: bool = True) -> Self:
        known = {name: ledger for name, ledger in records.items() if ledger is not None}
        found = (Kept(name, entry) for name, ledger in known.items() for entry in ledger.entries)
        return cls(
            entries=tuple(sorted(found, key=lambda one: one.entry.sequence)),
            acknowledged=max((ledger.acknowledged for ledger in known.values()), default=0),
            is_whole=is_whole,
        )

    @property
    def head(self) -> LedgerHead:
        return head_of(self.entries[-1].entry) if self.entries else BEGINNING

    def after(self, sequence: int) -> tuple[Kept, ...]:
        """Whether or not something is missing among them."""
        return tuple(one for one in self.entries if one.entry.sequence > sequence)

    def due(self, after: int) -> tuple[Kept, ...]:
        """What comes next, up to the first gap: an entry that is missing may be one that was not seen yet."""
        found: list[Kept] = []
        last = after
        for one in self.after(after):
            if one.entry.sequence > last + 1:
                break
            found.append(one)
            last = one.entry.sequence
        return tuple(found)

    def due_beyond(self, after: int) -> tuple[Kept, ...]:
        """What comes next, where the entries that are missing first are nowhere any more."""
        left = self.after(after)
        return self.due(left[0].entry.sequence - 1) if left else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinks:
    """What the sinks have of a service's ledger."""

    acknowledged: int = 0
    """Number of the last entry that every one of them has. May be ahead of what is written down."""
    heads: Mapping[str, LedgerHead] = field(default_factory=dict[str, LedgerHead])
    """The last entry that each of them has, where that is known."""
    unread: str = ""
    """Which of them cannot be asked what it has, and why."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing that would need more entries may move forward."""

    reason: Reason
    message: str
    seen: LedgerHead | None = None
    """For a ledger that was set back: what a sink had seen of it."""


def trouble(outbox: Outbox, sinks: Sinks) -> Trouble | None:
    for name, seen in sorted(sinks.heads.items()):
        if found := contradiction(seen, outbox):
            return Trouble(Reason.LEDGER_ROLLED_BACK, f"sink {name}: {found}", seen)
    if sinks.unread:
        return Trouble(Reason.LEDGER_UNDELIVERED, sinks.unread)
    waiting = Counter(one.revision for one in outbox.after(max(outbox.acknowledged, sinks.acknowledged)))
    for name, count in waiting.most_common(1):
        if count >= HELD_FROM:
            message = f"{count} entries of {name} were not delivered to every sink, and {ROOM} is all that fits"
            return Trouble(Reason.LEDGER_UNDELIVERED, message)
    return None


def contradiction(seen: LedgerHead, outbox: Outbox) -> str | None:
    """Why this ledger is another one than that of which `seen` was once the last entry.

    None: it goes on from there, or nothing is left to tell by.
    """
    if outbox.head.sequence < seen.sequence:
        return f"it has entry {seen.sequence}, and the cluster's ledger ends with {outbox.head.sequence}"
    for entry in (one.entry for one in outbox.after(seen.sequence - 1)):
        if entry.sequence == seen.sequence and entry.hash != seen.hash:
            return f"entry {seen.sequence} of the cluster's ledger is another one than it has"
        if entry.sequence == seen.sequence + 1 and entry.previous != seen.hash:
            return f"entry {entry.sequence} of the cluster's ledger does not follow the last one that it has"
    return None


def appended(ledger: Ledger, made: Iterable[LedgerEntry], up_to: int | None) -> Ledger:
    """With these at its end, and as many of all as fit.

    What every sink has goes first, then what is oldest; that something went back goes last.

    Args:
        ledger: as it was.
        made: since.
        up_to: the last entry that every sink has. None: there are no sinks.
    """
    entries = (*ledger.entries, *made)
    if up_to is None:
        return ledger.model_copy(update={"entries": entries[-ROOM:]})
    known = max(ledger.acknowledged, up_to)
    going = sorted(entries, key=lambda one: (one.sequence > known, one.type.startswith("rollback."), one.sequence))
    gone = {one.sequence for one in going[: max(0, len(entries) - ROOM)]}
    left = tuple(one for one in entries if one.sequence not in gone)
    return ledger.model_copy(update={"entries": left, **({"acknowledged": known} if known else {})})
