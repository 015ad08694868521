"""What a ledger says, change by change: a change is an attempt of a revision, from its first entry to its outcome."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.ledger.export import ServiceName, service_of, within
from leadsman.ledger.lines import EntryLine

Outcome = Literal["Promoted", "RolledBack", "Aborted", "Rejected", "UnderWay"]
_OUTCOMES: Final[dict[str, Outcome]] = {
    "promotion.verified": "Promoted",
    "rollback.decided": "RolledBack",
    "attempt.aborted": "Aborted",
    "attempt.rejected": "Rejected",
}
_BEGINS: Final = "attempt.started"
_IN_TRAFFIC: Final = frozenset({"traffic.verified", "promotion.verified"})


@dataclass(slots=True, kw_only=True)
class Change:
    service: ServiceName
    revision: str
    author: str = ""
    """As the record of the revision names one. Empty: it names none, or the export does not reach back to it."""
    entries: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    """All that was written of it, in order."""

    @property
    def started_at(self) -> datetime:
        return next((one.at for one in self.entries if one.type == _BEGINS), self.entries[0].at)

    @property
    def outcome(self) -> Outcome:
        """The last one: what was promoted may go back in its bake."""
        return _OUTCOMES[self.ended.type] if self.ended is not None else "UnderWay"

    @property
    def ended(self) -> LedgerEntry | None:
        """The entry that says how. None: it is under way."""
        return next((one for one in reversed(self.entries) if one.type in _OUTCOMES), None)

    @property
    def attempt(self) -> str:
        """Its number, where the export has its beginning."""
        return next((one.facts.get("attempt", "") for one in self.entries if one.type == _BEGINS), "")

    def is_of(self, since: datetime | None, until: datetime | None) -> bool:
        """Did it begin, go on or end in this time? What is written after its end does not count."""
        is_over = self.ended is not None and since is not None and self.ended.at < since
        return not is_over and (until is None or self.started_at < until)

    @property
    def met_users(self) -> bool:
        return any(one.type in _IN_TRAFFIC for one in self.entries)

    def of(self, *starts: str) -> tuple[LedgerEntry, ...]:
        """Entries whose type begins with one of these."""
        return tuple(one for one in self.entries if one.type.startswith(starts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All changes of a time, and what else was written in it."""

    changes: tuple[Change, ...]
    """By service, in the order in which they began."""
    others: tuple[EntryLine, ...]
    """Entries of the time that are of none of them: they had ended, or the export lacks their beginning."""

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome == outcome for one in self.changes)

    @property
    def failure_rate(self) -> float | None:
        """Of the changes that users met, the share that went back (DORA: change fail rate). None: users met none."""
        met = [one for one in self.changes if one.met_users]
        return sum(one.outcome == "RolledBack" for one in met) / len(met) if met else None

    @property
    def median_lead_time(self) -> timedelta | None:
        """From an attempt's start until everyone is served. None: nothing was promoted."""
        times = [
            (entry.at - one.started_at).total_seconds()
            for one in self.changes
            for entry in one.of("promotion.verified")[:1]
        ]
        return timedelta(seconds=statistics.median(times)) if times else None


def population(lines: Iterable[EntryLine], since: datetime | None = None, until: datetime | None = None) -> Population:
    """Changes of a time, each whole: a rollback is one in a month that the change did not begin in, too.

    Args:
        lines: entries of any services, in any order, from before and after that time too.
        since: its start. None: the first entry.
        until: its end, which is no part of it. None: the last entry.
    """
    kept = tuple(lines)
    changes = tuple(one for one in _all(kept) if one.is_of(since, until))
    told = {(one.service, entry.sequence) for one in changes for entry in one.entries}
    others = (one for one in within(kept, since, until) if (service_of(one), one.entry.sequence) not in told)
    return Population(changes=changes, others=tuple(sorted(others, key=_place)))


def _all(lines: Iterable[EntryLine]) -> list[Change]:
    open_: dict[tuple[ServiceName, str], Change] = {}
    before: dict[tuple[ServiceName, str], list[LedgerEntry]] = {}
    authors: dict[tuple[ServiceName, str], str] = {}
    changes: list[Change] = []
    for line in sorted(lines, key=_place):
        key = service_of(line), line.revision
        if "author" in line.entry.facts:
            authors[key] = line.entry.facts["author"]
        if line.entry.type == _BEGINS:
            earlier = before.pop(key, [])
            open_[key] = Change(service=key[0], revision=key[1], author=authors.get(key, ""), entries=earlier)
            changes.append(open_[key])
        if key in open_:
            open_[key].entries.append(line.entry)
        else:
            before.setdefault(key, []).append(line.entry)
    return changes


def _place(line: EntryLine) -> tuple[ServiceName, int]:
    return service_of(line), line.entry.sequence
