"""Observe, plan, carry out, until nothing is left to do: one service at a time."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from leadsman.clients.errors import ApiError, NotFound
from leadsman.clients.kinds import CONFIG_MAP
from leadsman.clients.kubernetes import Kubernetes, Object
from leadsman.controller import clock, logs
from leadsman.controller.apply.apply import Apply, Child
from leadsman.controller.engine.engine import Rest
from leadsman.controller.governance.judge import Judge
from leadsman.controller.metrics import Metrics
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.provenance.signatures import Signatures
from leadsman.controller.signals import Signals
from leadsman.controller.store import Key, Store
from leadsman.ledger.outbox import Sinks
from leadsman.planner.core import plan
from leadsman.planner.decisions.rulings import of_no_service
from leadsman.planner.plan import Plan, TemplateTrial
from leadsman.planner.report.incident_status import of_no_service as statuses_of_no_service
from leadsman.planner.report_clocks import EU_AI_ACT, ReportClock
from leadsman.planner.world import TemplateCheck, World

log = logging.getLogger(__name__)

ROUNDS: Final = 16
"""A plan that was carried out and observed has nothing left to do. More rounds than this are a mistake of ours."""
TELL_EVERY_SECONDS: Final = 2.0
"""So often is a status written that tells of progress only."""


class Refused(Exception):
    """The API server does not take some children. Tried again, as a quota may grow; all else was done."""


class Restless(Exception):
    """Each plan wanted something else to be written: two decisions undo each other."""


@dataclass(slots=True)
class _Memory:
    """What is known of a service besides what is in the cluster. Lost in a restart, and learnt anew."""

    template: TemplateCheck | None = None
    refused: Mapping[Child, str] = field(default_factory=dict[Child, str])
    told_at: float = 0.0
    """When its status was written last, by the monotonic clock."""


class Reconciler:
    def __init__(  # noqa: PLR0913  wired once, in Operator
        self,
        store: Store,
        signals: Signals,
        api: Kubernetes,
        apply: Apply,
        metrics: Metrics,
        *,
        judge: Judge,
        signatures: Signatures,
        sinks: Callable[[Key], Sinks | None] = lambda _: None,
        scrapers: tuple[str, ...] = (),
        clocks: tuple[ReportClock, ...] = EU_AI_ACT,
    ) -> None:
        self._sinks = sinks
        self._clocks = clocks
        self._scrapers = scrapers
        self._store = store
        self._signals = signals
        self._api = api
        self._apply = apply
        self._metrics = metrics
        self._judge = judge
        self._signatures = signatures
        self._memories: dict[Key, _Memory] = {}

    async def __call__(self, key: Key) -> Rest:
        """Until nothing is left to do.

        Raises:
            ApiError: something could not be written.
        """
        started = time.perf_counter()
        with logs.concerning(namespace=key.namespace, service=key.name):
            if note := self._store.note(key):
                log.warning("the status cannot be read, and is made anew", extra={"error": note})
            try:
                result, rest = await self._settle(key)
            finally:
                self._metrics.reconcile_seconds.observe(time.perf_counter() - started)
        if rest.trouble is None:
            self._metrics.reconciles.labels(result).inc()
        return rest

    async def _settle(self, key: Key) -> tuple[str, Rest]:
        memory = self._memories.setdefault(key, _Memory())
        attempted: Mapping[Child, str] = {}
        must_tell, is_asked, unjudged = False, False, None
        for number in range(ROUNDS):
            unanswered = await self._look_up_inputs(key)
            now = clock.now()
            world = self._store.world(key, signals=self._signals.current(key), template=memory.template, now=now)
            if not isinstance(world, World):
                return await self._leave(key, world, now)
            beside = {
                "refusals": memory.refused,
                "scrapers": self._scrapers,
                "sinks": self._sinks(key),
                "clocks": self._clocks,
            }
            decided = plan(replace(world, **beside), now)
            # Before all that may fail: whatever the API server refuses, what runs is not left unwatched.
            self._signals.watch(key, decided.watches)
            untried = await self._try(memory, decided.trial, now)
            if decided.trial is not None and untried is None:
                continue
            self._signatures.want(key, self._store.unverified(key))
            later = 0.0 if must_tell else _may_wait(memory, world, decided)
            asks = not is_asked and bool(self._store.unjudged(key))
            tells = not later and unanswered is None and not asks
            done = await self._apply(world, decided if tells else _untold(decided), now, refused=attempted)
            if done.told:
                memory.told_at = time.monotonic()
            is_news = done.refused != memory.refused
            memory.refused = attempted = done.refused
            if asks:  # what serves or goes back has not waited for the answer
                is_asked, unjudged = True, await self._judge(key)
                continue
            goes_on = done.wrote or decided.partial or is_news
            if untried is not None or not (goes_on or (later and _changes(decided))):
                trouble = unanswered or untried or unjudged or _refused(attempted)
                return "written" if number else "unchanged", self._rest(key, decided, later, trouble)
            must_tell = not done.wrote
        raise Restless(f"{ROUNDS} plans in a row wanted something else")

    async def _leave(self, key: Key, found: Unreadable | None, now: datetime) -> tuple[str, Rest]:
        """There is nothing to decide on."""
        if found is not None:
            await self._apply.leave_alone(found, now)
            return "unreadable", Rest()
        self._memories.pop(key, None)
        self._signals.watch(key, ())
        acts = self._store.decisions.acts(key)
        await self._apply.rule(acts, of_no_service(acts, now))
        incidents = self._store.incidents.of(key)
        await self._apply.tell_of(incidents, statuses_of_no_service(incidents, self._clocks, now))
        return "gone", Rest()

    async def _try(self, memory: _Memory, trial: TemplateTrial | None, now: datetime) -> ApiError | None:
        """Why the API server did not judge the template. Then the next revision waits, and nothing else does."""
        if trial is not None:
            try:
                memory.template = await self._apply.check(trial, now)
            except ApiError as error:
                return error
        return None

    async def _look_up_inputs(self, key: Key) -> ApiError | None:
        """ConfigMaps that no watch shows: without our label, or not there.

        Where the API server does not say, the next revision waits, but nothing that serves or goes back.
        """
        unanswered: ApiError | None = None
        for name in self._store.unresolved_inputs(key):
            try:
                self._store.resolved(key, name, await self._find(key.namespace, name))
            except ApiError as error:
                unanswered = error
        return unanswered

    async def _find(self, namespace: str, name: str) -> Object | None:
        try:
            return await self._api.get(CONFIG_MAP, namespace, name)
        except NotFound:
            return None

    def _rest(self, key: Key, decided: Plan, later: float, trouble: Exception | None) -> Rest:
        times = [at for at in (decided.wake_at, self._store.look_again_at(key)) if at is not None]
        waits = [(at - clock.now()).total_seconds() for at in times] + ([later] if later else [])
        return Rest(after=min(waits, default=None), trouble=trouble)


def _refused(children: Mapping[Child, str]) -> Refused | None:
    said = "; ".join(f"{kind} {name}: {why}" for (kind, name), why in children.items())
    return Refused(said) if said else None


def _may_wait(memory: _Memory, world: World, decided: Plan) -> float:
    """For how many seconds the status may wait, since it changes again before anyone has read it.

    While something is decided and done it waits for what comes of that. Pods get ready one after the other: the first
    is told of at once, and the others together.
    """
    if memory.refused or decided.status is None or decided.status == world.service.status:
        return 0.0
    if _changes(decided):
        return TELL_EVERY_SECONDS
    return max(0.0, memory.told_at + TELL_EVERY_SECONDS - time.monotonic())


def _changes(decided: Plan) -> bool:
    return bool(decided.dossiers or decided.operations or decided.runs or decided.rulings or decided.incidents)


def _untold(decided: Plan) -> Plan:
    """Without its status, and without the Events that tell of it: they come with it later."""
    decisions = {entry.hash for entry in decided.entries}
    return replace(decided, status=None, events=tuple(event for event in decided.events if event.key in decisions))
