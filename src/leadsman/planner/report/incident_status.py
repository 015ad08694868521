"""What an AIIncident's status says."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.meta import Actor
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.aiincident import (
    AIIncidentSpec,
    AIIncidentStatus,
    Clock,
    EvidenceHold,
    Review,
    TimelineEntry,
)
from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.governance import Incident
from leadsman.planner.incidents import reporting
from leadsman.planner.incidents.holding import closing
from leadsman.planner.plan import IncidentStatus
from leadsman.planner.records.book import Book
from leadsman.planner.report.said import Said, dated
from leadsman.planner.report_clocks import ReportClock, clocks_of
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World

_TIMELINE: Final = 200
_REASONS: Final = {"Open": Reason.OPEN, "Mitigated": Reason.MITIGATED, "Closed": Reason.REVIEWED}


def incident_statuses(world: World, book: Book) -> Iterator[IncidentStatus]:
    """Those that are not what is written."""
    for one in world.incidents:
        if one.spec is None:
            continue
        revision = one.spec.revision
        is_exposed = revision is None or Traffic(world).addresses(revision) > 0
        found = closing(book, one.name)
        status = status_of(one, one.spec, world.clocks, book.now, closed=found and found[1], exposed=is_exposed)
        if status != one.status:
            yield IncidentStatus(incident=one.name, status=status)


def of_no_service(
    incidents: tuple[Incident, ...], clocks: tuple[ReportClock, ...], now: datetime
) -> Iterator[IncidentStatus]:
    """Of a name that no AIService has, or has any more: nobody is exposed."""
    for one in incidents:
        if one.spec is not None:
            status = status_of(one, one.spec, clocks, now, closed=None, exposed=False)
            if status != one.status:
                yield IncidentStatus(incident=one.name, status=status)


def status_of(  # noqa: PLR0913  all that it depends on
    incident: Incident,
    spec: AIIncidentSpec,
    clocks: tuple[ReportClock, ...],
    now: datetime,
    *,
    closed: CountedDecision | None,
    exposed: bool,
) -> AIIncidentStatus:
    """As it shall be.

    Args:
        incident: as observed.
        spec: the same's.
        clocks: the table of reports that are due.
        now: the time.
        closed: the decision that closed it.
        exposed: do users still meet its revision?
    """
    before, now = incident.status, now.replace(microsecond=0)
    mitigated_at = before.mitigated_at or (None if exposed else now)
    review = before.review or (_review(closed) if closed is not None else None)
    closed_at = before.closed_at or (now if review is not None else None)
    state = "Closed" if review is not None else "Mitigated" if mitigated_at is not None else "Open"
    kept = (spec.revision,) if spec.revision is not None else ()
    hold = EvidenceHold(since=incident.created_at, revisions=kept, released_at=closed_at) if kept else None
    running = tuple(_clocks(spec, clocks))
    return AIIncidentStatus(
        observed_generation=incident.generation,
        conditions=(dated(_said(state), before.conditions, incident.generation, now),),
        state=state,
        mitigated_at=mitigated_at,
        closed_at=closed_at,
        clocks=running,
        timeline=_timeline(
            before.timeline,
            _happened(incident, spec, (mitigated_at, closed_at), review, now),
            reporting.told(before, running, now),
        ),
        evidence_hold=hold,
        review=review,
    )


def _review(closed: CountedDecision) -> Review:
    actor = Actor(username=closed.actor.username)
    return Review(decision=closed.name, reviewer=actor, at=closed.at)


def _clocks(spec: AIIncidentSpec, table: tuple[ReportClock, ...]) -> Iterator[Clock]:
    made = {one.clock: one.made_at for one in spec.reports}
    for one in clocks_of(spec, table):
        due_at = spec.aware_at + timedelta(days=one.days)
        yield Clock(name=one.name, due_at=due_at, source=one.source, met_at=made.get(one.name))


def _said(state: str) -> Said:
    words = {
        "Open": "users may be exposed",
        "Mitigated": "users are no longer exposed; somebody else than the author of the change has to review it",
        "Closed": "it was reviewed",
    }
    return Said(ConditionType.CLOSED, "True" if state == "Closed" else "False", _REASONS[state], words[state])


def _timeline(kept: tuple[TimelineEntry, ...], *new: Iterator[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """The first entry stays, and the newest."""
    whole = (*kept, *itertools.chain(*new))
    return whole if len(whole) <= _TIMELINE else (whole[0], *whole[1 - _TIMELINE :])


def _happened(
    incident: Incident,
    spec: AIIncidentSpec,
    times_of: tuple[datetime | None, datetime | None],
    review: Review | None,
    now: datetime,
) -> Iterator[TimelineEntry]:
    """What was not told yet."""
    kept = incident.status.timeline
    mitigated_at, closed_at = times_of
    found = {one.type for one in kept}
    if "Opened" not in found:
        yield TimelineEntry(at=incident.created_at, type="Opened", message=f"{spec.severity} {spec.category}")
    elif (was := _severity(kept)) != spec.severity:
        yield TimelineEntry(at=now, type="SeverityRaised", message=f"{spec.severity}, from {was}")
    if mitigated_at is not None and "Mitigated" not in found:
        yield TimelineEntry(at=mitigated_at, type="Mitigated", message="users are no longer exposed")
    if closed_at is not None and review is not None and "Closed" not in found:
        yield TimelineEntry(at=closed_at, type="Closed", message=f"by {review.decision}", actor=review.reviewer)


def _severity(timeline: tuple[TimelineEntry, ...]) -> str:
    """As it was told last."""
    told = [one.message for one in timeline if one.type in {"Opened", "SeverityRaised"}]
    return told[-1][:4] if told else ""
