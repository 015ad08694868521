"""What an AIIncident's status says."""

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
    return AIIncidentStatus(
        observed_generation=incident.generation,
        conditions=(dated(_said(state), before.conditions, incident.generation, now),),
        state=state,
        mitigated_at=mitigated_at,
        closed_at=closed_at,
        clocks=tuple(_clocks(spec, before, clocks)),
        timeline=_timeline(incident, spec, times_of=(mitigated_at, closed_at), review=review, now=now),
        evidence_hold=hold,
        review=review,
    )


def _review(closed: CountedDecision) -> Review:
    actor = Actor(username=closed.actor.username)
    return Review(decision=closed.name, reviewer=actor, at=closed.at)


def _clocks(spec: AIIncidentSpec, before: AIIncidentStatus, table: tuple[ReportClock, ...]) -> Iterator[Clock]:
    known = {one.name: one for one in before.clocks}
    for one in clocks_of(spec, table):
        met = known[one.name].met_at if one.name in known else None
        yield Clock(name=one.name, due_at=spec.aware_at + timedelta(days=one.days), source=one.source, met_at=met)


def _said(state: str) -> Said:
    words = {
        "Open": "users may be exposed",
        "Mitigated": "users are no longer exposed; somebody else than the author of the change has to review it",
        "Closed": "it was reviewed",
    }
    return Said(ConditionType.CLOSED, "True" if state == "Closed" else "False", _REASONS[state], words[state])


def _timeline(
    incident: Incident,
    spec: AIIncidentSpec,
    *,
    times_of: tuple[datetime | None, datetime | None],
    review: Review | None,
    now: datetime,
) -> tuple[TimelineEntry, ...]:
    """The first entry stays, and the newest."""
    kept = incident.status.timeline
    mitigated_at, closed_at = times_of
    found = {one.type for one in kept}
    new: list[TimelineEntry] = []
    if "Opened" not in found:
        new.append(TimelineEntry(at=incident.created_at, type="Opened", message=f"{spec.severity} {spec.category}"))
    elif (was := _severity(kept)) != spec.severity:
        new.append(TimelineEntry(at=now, type="SeverityRaised", message=f"{spec.severity}, from {was}"))
    if mitigated_at is not None and "Mitigated" not in found:
        new.append(TimelineEntry(at=mitigated_at, type="Mitigated", message="users are no longer exposed"))
    if closed_at is not None and review is not None and "Closed" not in found:
        new.append(TimelineEntry(at=closed_at, type="Closed", message=f"by {review.decision}", actor=review.reviewer))
    whole = (*kept, *new)
    return whole if len(whole) <= _TIMELINE else (whole[0], *whole[1 - _TIMELINE :])


def _severity(timeline: tuple[TimelineEntry, ...]) -> str:
    """As it was told last."""
    told = [one.message for one in timeline if one.type in {"Opened", "SeverityRaised"}]
    return told[-1][:4] if told else ""
