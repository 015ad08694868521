"""A plan, carried out in one order: records, children, evaluations, statuses, verdicts, Events.

What fails early stops what comes later, so that nothing is announced before it is true. A crash anywhere in between is
healed by deciding again.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.clients.errors import ApiError, Conflict, NotFound, TooManyRequests
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller import logs
from leadsman.controller.apply.announcements import Announcements
from leadsman.controller.apply.children import Children
from leadsman.controller.apply.records import Records
from leadsman.controller.apply.trial import Trials
from leadsman.controller.metrics import Metrics
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.store import Key, Store
from leadsman.planner.governance import Act, Incident
from leadsman.planner.plan import Create, Event, IncidentStatus, Operation, Plan, Ruling, TemplateTrial, target
from leadsman.planner.report.narrative import put_back
from leadsman.planner.report.unreadable import unreadable_status
from leadsman.planner.world import ChildKind, TemplateCheck, World

log = logging.getLogger(__name__)

Child = tuple[ChildKind, str]


@dataclass(slots=True, kw_only=True)
class Done:
    """What became of a plan."""

    wrote: bool = False
    told: bool = False
    """In the service's status."""
    refused: dict[Child, str] = field(default_factory=dict[Child, str])
    """Children that the API server does not take, and why."""
    events: list[Event] = field(default_factory=list[Event])
    """Of what others had changed."""


class Apply:
    def __init__(self, api: Kubernetes, store: Store, records: Records, metrics: Metrics, *, instance: str) -> None:
        self._records = records
        self._trials = Trials(api)
        self._children = Children(api, store, self._trials)
        self._announcements = Announcements(api, instance)
        self._metrics = metrics

    async def check(self, trial: TemplateTrial, now: datetime) -> TemplateCheck:
        """Would the API server take these pods?"""
        return await self._trials.check(trial, now)

    async def __call__(self, world: World, plan: Plan, now: datetime, *, refused: Mapping[Child, str]) -> Done:
        """Carry it out.

        Args:
            world: that it was made of.
            plan: without a trial.
            now: the time it was made for.
            refused: children not to be tried now, as they were refused a moment ago.

        Raises:
            ApiError: something was not done, nor what comes after it.
        """
        done = Done(refused=dict(refused))
        for dossier in plan.dossiers:
            if await self._records.write_dossier(world, dossier):
                done.wrote = True
        for entry in plan.entries:
            self._tell(entry)
        self._count_ends(world, plan)
        await self._change(Key(world.service.namespace, world.service.name), plan.operations, done)
        for run in plan.runs:
            done.wrote |= await self._records.create_run(run)
        for incident in plan.incidents:
            await self._records.open_incident(incident)
            done.wrote = True
        done.wrote |= await self._records.write_incidents(world.incidents, plan.incident_statuses)
        done.wrote |= await self._records.write_rulings(world.acts, plan.rulings)
        if await self._records.write_status(world.service, plan.status):
            done.wrote = done.told = True
        if await self._records.write_verdicts(world, plan.labels or {}):
            done.wrote = True
        await self._announcements.post(world.service, (*done.events, *plan.events), now)
        return done

    async def leave_alone(self, service: Unreadable, now: datetime) -> None:
        """Only say that it cannot be understood."""
        status = unreadable_status(service.status, generation=service.generation, message=service.message, now=now)
        await self._records.write_status(service, status)

    async def tell_of(self, incidents: tuple[Incident, ...], statuses: Iterable[IncidentStatus]) -> None:
        """Of AIIncidents about a service that does not exist."""
        await self._records.write_incidents(incidents, statuses)

    async def rule(self, acts: tuple[Act, ...], rulings: Iterable[Ruling]) -> None:
        """On AIDecisions about a service that does not exist."""
        await self._records.write_rulings(acts, rulings)

    async def _change(self, key: Key, operations: tuple[Operation, ...], done: Done) -> None:
        """One refusal does not stand in the way of the others: they may be a rollback's."""
        for operation in operations:
            child = target(operation)
            if child in done.refused or _waits_for_inputs(operation, done.refused):
                continue
            try:
                await self._children.carry_out(key, operation)
            except (Conflict, NotFound):
                raise
            except ApiError as error:
                if not _is_about_this_one(error):
                    raise
                done.refused[child] = error.message
            else:
                done.wrote = True
                self._tell_change(operation)
                if (event := put_back(operation)) is not None:
                    done.events.append(event)

    def _tell(self, entry: LedgerEntry) -> None:
        self._metrics.decisions.labels(entry.type).inc()
        pairs = {"type": entry.type, "sequence": entry.sequence, **_facts(entry)}
        if entry.reason:
            pairs["reason"] = entry.reason
        if entry.actor:
            pairs["actor"] = entry.actor.username
        if entry.message:
            pairs["detail"] = entry.message
        with logs.concerning(**({"revision": entry.facts["revision"]} if "revision" in entry.facts else {})):
            log.info("decided", extra=pairs)

    def _tell_change(self, operation: Operation) -> None:
        kind, name = target(operation)
        log.info("changed a child", extra={"operation": type(operation).__name__, "kind": str(kind), "child": name})

    def _count_ends(self, world: World, plan: Plan) -> None:
        for dossier in plan.dossiers:
            before = next((one.status.attempts for one in world.revisions if one.name == dossier.revision), ())
            ended = {attempt.number for attempt in before if attempt.outcome}
            for attempt in dossier.status.attempts:
                if attempt.outcome and attempt.number not in ended:
                    self._metrics.rollouts.labels(attempt.outcome).inc()


def _is_about_this_one(error: ApiError) -> bool:
    """Was it this child that the API server does not take, so that it may well take the others?"""
    return error.status != 0 and not isinstance(error, TooManyRequests)


def _facts(entry: LedgerEntry) -> dict[str, str]:
    return {f"fact.{name}": value for name, value in entry.facts.items() if name != "revision"}


def _waits_for_inputs(operation: Operation, refused: Mapping[Child, str]) -> bool:
    """Pods without their inputs would not start, and be taken for a bad revision."""
    is_new = isinstance(operation, Create) and operation.kind is ChildKind.DEPLOYMENT
    return is_new and any(kind is ChildKind.CONFIG_MAP for kind, _ in refused)
