"""Reports of incidents, from a day before they are due: what is told of them, once each.

a day before it is due   ReportDue        while nobody says that it was made
when it is due           ReportOverdue    the same
spec.reports names it    ReportMade       whenever
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.v1alpha1.aiincident import AIIncidentStatus, Clock, TimelineEntry
from leadsman.planner.governance import Incident
from leadsman.planner.plan import Event

AHEAD: Final = timedelta(days=1)
DUE, OVERDUE, MADE = "ReportDue", "ReportOverdue", "ReportMade"
_WARNS: Final = frozenset({DUE, OVERDUE})


def told(before: AIIncidentStatus, clocks: tuple[Clock, ...], now: datetime) -> Iterator[TimelineEntry]:
    """What of its reports is not in the timeline yet.

    Args:
        before: the status as it was written last.
        clocks: as they run now.
        now: the time, in whole seconds.
    """
    known = {(one.type, one.message.partition(" ")[0]) for one in before.timeline}
    for clock in clocks:
        for kind, message in _of(clock, now):
            if (kind, clock.name) not in known:
                yield TimelineEntry(at=now, type=kind, message=f"{clock.name} {message}")


def events(incident: Incident, after: AIIncidentStatus) -> Iterator[Event]:
    """For people who watch events: of what comes into its timeline now."""
    before = {(one.type, one.message) for one in incident.status.timeline}
    for one in after.timeline:
        if one.type in _WARNS and (one.type, one.message) not in before:
            key = f"{incident.namespace}/{incident.name}/{one.type}/{one.message}"
            yield Event(type="Warning", reason=one.type, message=f"incident {incident.name}: {one.message}", key=key)


def wake_times(incidents: tuple[Incident, ...]) -> Iterator[datetime]:
    """When there is something to tell though nothing happens."""
    for one in incidents:
        for clock in one.status.clocks:
            if clock.met_at is None:
                yield from (clock.due_at - AHEAD, clock.due_at)


def _of(clock: Clock, now: datetime) -> Iterator[tuple[str, str]]:
    due = f"{clock.due_at:%Y-%m-%d %H:%M} UTC"
    if clock.met_at is not None:
        late = "late: it was due" if clock.met_at > clock.due_at else "it was due"
        yield MADE, f"was made at {clock.met_at:%Y-%m-%d %H:%M} UTC, {late} {due}"
    elif now >= clock.due_at:
        yield OVERDUE, f"was due at {due}: name it in spec.reports once it is made"
    elif now >= clock.due_at - AHEAD:
        yield DUE, f"is due at {due}"
