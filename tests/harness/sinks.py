"""What the ledger's sinks have taken."""

from pathlib import Path

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.ledger.lines import LINE, EntryLine, Line


def lines_of(file: Path) -> list[Line]:
    """Whole ones: the last one may just be written."""
    text = file.read_bytes() if file.exists() else b""
    whole = text[: text.rfind(b"\n") + 1]
    return [LINE.validate_json(line, by_alias=True, by_name=False) for line in whole.splitlines()]


def delivered(file: Path, namespace: str, service: str) -> list[LedgerEntry]:
    """Entries of one service, as often as they are there."""
    entries = [line for line in lines_of(file) if isinstance(line, EntryLine)]
    return [one.entry for one in entries if (one.namespace, one.service) == (namespace, service)]
