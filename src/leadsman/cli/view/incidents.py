"""Incidents as a table."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from rich.style import Style
from rich.table import Table
from rich.text import Text

from leadsman.api.v1alpha1 import AIIncident
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import BAD, GOOD, PLAIN, SLOW
from leadsman.cli.view.moments import render_age
from leadsman.cli.view.tables import table

_COLORS: Final[dict[str | None, Style]] = {"Open": BAD, "Mitigated": SLOW, "Closed": GOOD}


def render_incidents(found: Iterable[AIIncident], now: dt.datetime, *, everywhere: bool) -> Table:
    place = ("NAMESPACE",) if everywhere else ()
    header = (*place, "NAME", "SERVICE", "SEVERITY", "CATEGORY", "STATE", "AWARE", "REPORT DUE", "EVIDENCE", "SUMMARY")
    return table(header, (_row(one, now, everywhere=everywhere) for one in found))


def _row(one: AIIncident, now: dt.datetime, *, everywhere: bool) -> tuple[Text | str, ...]:
    state, hold = one.status.state, one.status.evidence_hold
    kept = hold is not None and hold.released_at is None
    return (
        *((one.metadata.namespace or "",) if everywhere else ()),
        one.metadata.name or "",
        one.spec.service,
        one.spec.severity,
        one.spec.category,
        Text(state or ABSENT, _COLORS.get(state, PLAIN)),
        render_age(one.spec.aware_at, now),
        _due(one, now),
        ", ".join(hold.revisions) if hold is not None and kept else ABSENT,
        one.spec.summary,
    )


def _due(one: AIIncident, now: dt.datetime) -> Text:
    """The first report that nobody has made: closing an incident makes none."""
    waiting = [clock for clock in one.status.clocks if clock.met_at is None]
    first = min(waiting, key=lambda clock: clock.due_at, default=None)
    if first is None:
        return Text(ABSENT)
    late = now >= first.due_at
    return Text(f"{first.due_at:%Y-%m-%d %H:%M} UTC{' (overdue)' if late else ''}", BAD if late else PLAIN)
