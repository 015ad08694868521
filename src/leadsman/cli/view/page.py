"""The ledger as one page that an auditor can read, print and keep: no scripts, nothing from elsewhere."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.cli.view.moments import render_span
from leadsman.ledger.changes import Change, Outcome, population
from leadsman.ledger.export import service_of
from leadsman.ledger.lines import EntryLine
from leadsman.ledger.verification import Verification

_OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    "Promoted": ("promoted", "good"),
    "RolledBack": ("rolled back", "bad"),
    "Aborted": ("abandoned", "quiet"),
    "Rejected": ("rejected", "bad"),
    "UnderWay": ("under way", "quiet"),
}
_TABLES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Decisions by people", ("decision.", "hold.", "terms.")),
    ("Gates", ("gate.",)),
    ("Stages and outcome", ("revision.", "attempt.", "stage.", "traffic.", "promotion.", "rollback.", "bake.")),
    ("Incidents and budgets", ("incident.", "budget.", "drift.")),
)


def render_page(
    lines: Iterable[EntryLine],
    verified: Verification,
    now: dt.datetime,
    *,
    since: dt.datetime | None,
    until: dt.datetime | None,
) -> str:
    """HTML, with whatever is said in an entry as text.

    Args:
        lines: entries, also of before and after the time: a change is shown whole.
        verified: what verification says of the whole export.
        now: when it is written.
        since: the start of the time. None: the first entry.
        until: its end. None: the last entry.
    """
    found = population(lines, since, until)
    lead = found.median_lead_time
    return _template().render(
        since=_time(since) if since else "",
        until=_time(until) if until else "",
        now=_time(now),
        entries=sum(len(one.entries) for one in found.changes) + len(found.others),
        services=verified.services,
        unread=verified.unread,
        changes=[_change(one, number) for number, one in enumerate(found.changes, 1)],
        promoted=found.count("Promoted"),
        rolled_back=found.count("RolledBack"),
        aborted=found.count("Aborted"),
        rejected=found.count("Rejected"),
        under_way=found.count("UnderWay"),
        failure_rate=found.failure_rate,
        lead_time=render_span(lead) if lead is not None else "",
        others=[{**_row(one.entry), "service": str(service_of(one))} for one in found.others],
    )


def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  for this verb alone

    folder = PackageLoader("leadsman.cli.view", "pages")
    found = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return found.get_template("report.html.j2")


def _change(one: Change, number: int) -> dict[str, Any]:
    outcome, style = _OUTCOMES[one.outcome]
    ended = one.ended
    return {
        "anchor": f"change-{number}",
        "service": str(one.service),
        "revision": one.revision,
        "attempt": one.attempt,
        "author": one.author,
        "began": _time(one.started_at),
        "outcome": outcome,
        "style": style,
        "why": (ended.message or "") if ended is not None else "",
        "tables": [(title, [_row(entry) for entry in one.of(*starts)]) for title, starts in _tables(one)],
    }


def _tables(one: Change) -> list[tuple[str, tuple[str, ...]]]:
    """With a last one for whatever a later version may write."""
    known = tuple(start for _, starts in _TABLES for start in starts)
    others = tuple(sorted({entry.type for entry in one.entries if not entry.type.startswith(known)}))
    return [*_TABLES, *([("Other entries", others)] if others else [])]


def _row(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": _time(entry.at),
        "type": entry.type,
        "actor": entry.actor.username if entry.actor is not None else "",
        "message": entry.message or "",
        "facts": [(name, value) for name, value in entry.facts.items() if name != "revision"],
    }


def _time(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"
