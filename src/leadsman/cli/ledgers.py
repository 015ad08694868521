"""Ledgers as the audit verbs get them: from the records in a cluster, or from files that were exported."""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.cli import lookup, output
from leadsman.cli.cluster import Cluster, Object, Selection
from leadsman.cli.errors import CommandFailed, NotFound, Unreadable, UnusableInput
from leadsman.clients.kinds import AI_REVISION
from leadsman.ledger import export
from leadsman.ledger.export import Export, Unread
from leadsman.ledger.lines import EntryLine, Line, entry_line

Files = Annotated[
    list[str] | None, typer.Option("--file", "-f", help="JSON lines that were exported; - is stdin. May be repeated.")
]


def from_files(files: Sequence[str]) -> Export:
    """One after the other, as one text.

    Raises:
        UnusableInput: one cannot be read, or there is nothing in them.
    """
    read = export.read("\n".join(text(file).removesuffix("\n") for file in files))
    if not (read.lines or read.unread):
        raise UnusableInput(
            f"there is no line in {', '.join(files)}", next_step="give what `leadsman audit export` wrote"
        )
    return read


def text(file: str) -> str:
    """Raise UnusableInput where it cannot be read."""
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(
            f"{file} cannot be read: {error}", next_step="give what `leadsman audit export` wrote, in UTF-8"
        ) from error


def from_cluster(cluster: Cluster, names: Sequence[str], *, everywhere: bool = False) -> tuple[EntryLine, ...]:
    """Entries that the sinks have not acknowledged yet, of these services, or of all.

    Raises:
        NotFound: one of them is not there, and nothing is recorded of it.
        Unreadable: an entry is of another version of Leadsman.
    """
    namespace = None if everywhere else cluster.namespace
    found: list[EntryLine] = []
    for name in names or ("",):
        fields = f"spec.service.name={name}" if name else ""
        records = cluster.list(Selection(kind=AI_REVISION, namespace=namespace, fields=fields)).items
        if name and not records:
            lookup.get_service(cluster, name)
        found += (line for record in records for line in _entries(record))
    return tuple(found)


def _entries(record: Object) -> Iterator[EntryLine]:
    metadata = record["metadata"]
    service = record["spec"]["service"]["name"]
    for entry in record.get("status", {}).get("ledger", {}).get("entries", ()):
        yield entry_line(metadata["namespace"], service, metadata["name"], _entry(metadata["name"], entry))


def _entry(revision: str, written: Any) -> LedgerEntry:
    try:
        return LedgerEntry.from_dict(written)
    except ValidationError as error:
        raise Unreadable(
            f"entry {written.get('sequence')} in AIRevision {revision} says something that this version of leadsman "
            f"does not know: {error.errors(include_url=False)[0]['msg']}",
            next_step="install the version of leadsman that the cluster runs",
        ) from error


def of_service(lines: Iterable[Line], name: str, namespace: str | None) -> tuple[Line, ...]:
    """Those of the one service of that name.

    Raises:
        NotFound: there is none, or there are several, in different namespaces.
    """
    found = [one for one in lines if one.service == name and namespace in {None, one.namespace}]
    services = sorted({export.service_of(one) for one in found})
    if len(services) == 1:
        return tuple(found)
    if not services:
        raise NotFound(f"no line is about service {name}", next_step="see which there are: leadsman audit verify")
    raise NotFound(
        f"there are lines of {', '.join(map(str, services))}", next_step=f"say which: add -n {services[0].namespace}"
    )


def moment(text: str | None, option: str) -> dt.datetime | None:
    """Of a day, or of a time with its zone.

    Raises:
        UnusableInput: for anything else.
    """
    if text is None:
        return None
    try:
        parsed = dt.datetime.fromisoformat(text)
        if parsed.tzinfo is not None:
            return parsed
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError as error:
        raise UnusableInput(
            f"{option} {text} is neither a day nor a time with its zone",
            next_step="write 2026-11-23, which begins at midnight UTC, or 2026-11-23T10:00:00Z",
        ) from error


def tell_unread(unread: Iterable[Unread]) -> None:
    """That something of the files is missing from what is shown."""
    for one in unread:
        output.tell(f"line {one.number} is left out: {one.message}")


def write_to(file: str, made: str) -> None:
    """Raise CommandFailed where it cannot be written."""
    try:
        Path(file).write_text(made, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error}", next_step="give the path of a new file") from error
