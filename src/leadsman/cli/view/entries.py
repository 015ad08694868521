"""Entries of a ledger, as a table."""

from collections.abc import Iterable
from typing import Final

from rich.table import Table

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.tables import table
from leadsman.ledger.lines import EntryLine

HEADER: Final = ("SEQUENCE", "AT", "TYPE", "REVISION", "WHO", "REASON", "MESSAGE")


def render_entries(lines: Iterable[EntryLine]) -> Table:
    return table(HEADER, (_row(one.revision, one.entry) for one in lines))


def _row(revision: str, entry: LedgerEntry) -> tuple[str, ...]:
    return (
        str(entry.sequence),
        f"{entry.at:%Y-%m-%d %H:%M:%SZ}",
        entry.type,
        revision,
        entry.actor.username if entry.actor else ABSENT,
        entry.reason or ABSENT,
        entry.message or ABSENT,
    )
