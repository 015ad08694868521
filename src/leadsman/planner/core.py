"""plan(world, now) -> Plan. The table of contents of everything that is decided about a service."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from leadsman.api.v1alpha1.aiservice_status import Progress
from leadsman.planner import children
from leadsman.planner.decisions.rulings import due, rulings
from leadsman.planner.incidents import reporting
from leadsman.planner.incidents.holding import kept
from leadsman.planner.incidents.opening import to_create
from leadsman.planner.labels import REVISION, SERVICE
from leadsman.planner.plan import Event, IncidentStatus, Operation, Plan, target
from leadsman.planner.policies.freezes import boundaries
from leadsman.planner.records.book import Book
from leadsman.planner.records.cast import BAKE, Cast, cast, is_in, stage_of
from leadsman.planner.records.stand_in import unreadable
from leadsman.planner.report.incident_status import incident_statuses
from leadsman.planner.report.narrative import transitions
from leadsman.planner.report.situation import Situation, watched
from leadsman.planner.report.status import status
from leadsman.planner.rollout import dates, evidence
from leadsman.planner.rollout.archive import archive
from leadsman.planner.rollout.attempts import bake_until, register
from leadsman.planner.rollout.capacity import capacity, is_dark, way_back_deadline
from leadsman.planner.rollout.clock import own_clock, progress_clock
from leadsman.planner.rollout.decide import Decision, decide
from leadsman.planner.rollout.desire import Desire, desire
from leadsman.planner.rollout.failures import hold_until, no_evidence_deadline
from leadsman.planner.rollout.gates import wanted_runs
from leadsman.planner.rollout.pausing import pausing
from leadsman.planner.rollout.policing import freezing
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World


def plan(world: World, now: datetime) -> Plan:
    """What is to be done, written and watched. The same world at the same time gives the same plan.

    Carried out and observed again it gives a plan with nothing to do, until something happens or `wake_at` is reached.
    A new revision comes last: neither a template that cannot be tried nor a record that cannot be made stands in the
    way of what serves or goes back.
    """
    if world.service.deleting:
        return Plan()
    world = children.without_foreign_pods(world)
    book = Book(world, now)
    wanted = desire(world, book)
    situation = _situation(world, book, wanted, decide(world, book, wanted))
    operations = _operations(situation)
    is_urgent = bool(book.dossiers()) or any(target(one) not in world.refusals for one in operations)
    if wanted.draft is not None and not is_urgent:
        return replace(_record(world, wanted, now), watches=evidence.watches(world, situation.cast))
    made, incidents = status(situation), tuple(incident_statuses(world, book))
    return Plan(
        trial=wanted.trial if not is_urgent else None,
        dossiers=book.dossiers(),
        operations=operations,
        runs=tuple(wanted_runs(world, situation.cast, situation.decision.gates)),
        incidents=tuple(to_create(world, book)),
        incident_statuses=incidents,
        rulings=tuple(rulings(world, book)),
        status=made,
        labels=book.verdicts(),
        events=(*book.events, *transitions(situation, made), *_of_reports(world, incidents)),
        entries=tuple(book.entries),
        watches=evidence.watches(world, situation.cast),
        wake_at=min(_due(situation), default=None),
        partial=wanted.trial is not None or wanted.draft is not None,
    )


def _of_reports(world: World, told: tuple[IncidentStatus, ...]) -> Iterator[Event]:
    known = {one.name: one for one in world.incidents}
    for one in told:
        yield from reporting.events(known[one.incident], one.status)


def _record(world: World, wanted: Desire, now: datetime) -> Plan:
    """The AIRevision of what the spec asks for, and nothing else. What runs stays watched, even if it is refused."""
    book = Book(world, now)
    if wanted.name is not None and wanted.draft is not None:
        book.create(wanted.name, wanted.draft, {SERVICE: world.service.name}, world.service.namespace)
    register(book)
    book.close()
    return Plan(dossiers=book.dossiers(), events=tuple(book.events), entries=tuple(book.entries), partial=True)


def _situation(world: World, book: Book, wanted: Desire, decision: Decision) -> Situation:
    parts = cast(book)
    record = watched(world, parts)
    found = evidence.findings(world, parts, record, book.now) if record else ()
    if record is not None and (record is parts.candidate or is_in(record, BAKE)):
        archive(book, record, found, decided=book.is_noted)
    book.close()
    return Situation(
        world=world,
        book=book,
        desire=wanted,
        decision=decision,
        cast=parts,
        capacity=capacity(world, parts, book.now, admitted=decision.admitted, shown=decision.shown),
        progress=_progress(world, parts, decision, book.now),
        findings=found,
    )


def _progress(world: World, parts: Cast, decision: Decision, now: datetime) -> Progress | None:
    """Of the candidate, or of the serving revision in its bake. No deadline runs while people are waited for."""
    record = parts.candidate or (parts.serving if parts.bakes else None)
    workload = world.workloads.get(record.name) if record else None
    if record is None or workload is None:
        return None
    rollout = world.service.spec.rollout
    return progress_clock(
        own_clock(world, record),
        waits=not workload.observed or workload.ready < workload.replicas,
        stands_still=pausing(world, parts.candidate, now) is not None
        or freezing(world, parts.candidate, now) is not None
        or any(one.type == "Approval" for one in decision.blockers),
        seconds=rollout.progress_deadline_seconds,
        now=now,
    )


def _operations(situation: Situation) -> tuple[Operation, ...]:
    world, book, capacity = situation.world, situation.book, situation.capacity
    playing = _playing(situation.cast)
    earlier = _earlier(world, book, playing)
    unknown = {name: _of_unknown(situation, name) for name in unreadable(world) if name in world.workloads}
    wanted = children.Wanted(
        deployments=unknown
        | {
            name: capacity.replicas.get(name, 0)
            for name in (*playing, *earlier)
            if name in capacity.replicas or name in world.workloads
        },
        apex=_selector(world, capacity.routed),
        preview=_selector(world, (capacity.dark,)) if capacity.dark else None,
        hidden=_hidden(situation),
        keep=frozenset((*playing, *earlier, *unreadable(world))),
    )
    specs = {record.name: record.spec for record in book.records.values() if record.is_readable}
    uids = {record.name: record.uid for record in book.records.values() if record.uid}
    return children.operations(world, wanted, specs, uids)


def _hidden(situation: Situation) -> str | None:
    """The candidate, as long as it is in the dark and not on its way into traffic."""
    candidate, dark = situation.cast.candidate, situation.capacity.dark
    if candidate is None or candidate.name != dark or stage_of(candidate) is not None:
        return None
    return candidate.name if is_dark(situation.world, candidate.name) else None


def _of_unknown(situation: Situation, name: str) -> int:
    """Pods of a revision whose record cannot be read: as they are where it may be what serves, else none."""
    asked = Traffic(situation.world).asked(name) if situation.cast.serving is None else 0
    return situation.capacity.replicas.get(name, asked)


def _playing(parts: Cast) -> list[str]:
    records = (parts.serving, parts.candidate, parts.previous, *parts.leaving)
    return [record.name for record in records if record is not None]


def _earlier(world: World, book: Book, playing: list[str]) -> list[str]:
    """What is kept at zero: the newest that served, to go back to, the newest that did not, and what is evidence."""
    newest = sorted(book.records.values(), key=lambda one: one.spec.number, reverse=True)
    had_pods = [one for one in newest if one.name not in playing and (one.has_had_pods or one.name in world.workloads)]
    served = [one.name for one in had_pods if one.status.first_served_at is not None]
    others = [one.name for one in had_pods if one.status.first_served_at is None]
    limit = world.service.spec.rollout.history_limit
    newest_of_both = [*served[:limit], *others[:limit]]
    evidence = (kept(world, book) & book.records.keys()) - {*playing, *newest_of_both}
    return [*newest_of_both, *sorted(evidence)]


def _selector(world: World, revisions: tuple[str, ...]) -> dict[str, str] | None:
    """An equality selector can name one revision, or all of the service."""
    if not revisions:
        return None
    named = {REVISION: revisions[0]} if len(revisions) == 1 else {}
    return {SERVICE: world.service.name, **named}


def _due(situation: Situation) -> Iterator[datetime]:
    """The times at which something is decided though nothing happens."""
    world, parts, now = situation.world, situation.cast, situation.now
    seconds = world.service.spec.rollout.bake_seconds
    times: list[datetime | None] = [situation.desire.wake_at]
    if parts.candidate is not None and (stage := stage_of(parts.candidate)) is not None:
        times += [hold_until(world, stage), no_evidence_deadline(world, stage)]
    if situation.progress is not None:
        times.append(situation.progress.deadline_at)
    times += [way_back_deadline(world, record) for record in parts.leaving]
    times += [one.standing.wake_at for one in situation.decision.gates]
    times += dates.wake_times(world.service.spec)
    times += boundaries(world)
    times += due(world, situation.book)
    times += reporting.wake_times(world.incidents)
    if parts.serving is not None:
        times.append(bake_until(parts.serving, seconds))
    return (due for due in times if due is not None and due > now)
