"""The operator as a whole: what starts, in which order, and how it ends.

It is crash-only: where a watch dies, or what it needs is not there, the process ends and says why. Whoever runs it
starts it again; all that counts is in the cluster.
"""

import asyncio
import contextlib
import logging
import platform
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import kopf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leadsman.clients.credentials import connection
from leadsman.clients.errors import ClientError, NotFound
from leadsman.clients.kinds import AI_REVISION, Kind
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool
from leadsman.controller import clock, handlers
from leadsman.controller.apply.apply import Apply
from leadsman.controller.apply.records import Records
from leadsman.controller.arrival import Arrival
from leadsman.controller.budgets.accountant import Accountant
from leadsman.controller.budgets.counts import Counts
from leadsman.controller.delivery.delivery import Delivery
from leadsman.controller.delivery.ledgers import Ledgers
from leadsman.controller.delivery.notary import Notary
from leadsman.controller.engine.agenda import Pace
from leadsman.controller.engine.engine import Engine, Rest
from leadsman.controller.evaluator import Evaluator
from leadsman.controller.governance.governor import Governor
from leadsman.controller.governance.judge import Judge
from leadsman.controller.governed import Governed
from leadsman.controller.metrics import Metrics
from leadsman.controller.provenance.signatures import Signatures
from leadsman.controller.reconcile import Reconciler
from leadsman.controller.reports import Reports
from leadsman.controller.server import serving
from leadsman.controller.settings import Settings
from leadsman.controller.signals import Signals
from leadsman.controller.store import AnyKey, BudgetKey, Key, PolicyKey, RunKey, Store, SuiteKey
from leadsman.controller.store.shelf import Place
from leadsman.controller.sweep import Sweep
from leadsman.controller.telemetry import Telemetry
from leadsman.controller.watched import WATCHED
from leadsman.ledger.checkpoint import key_id, signing_key

log = logging.getLogger(__name__)

KOPF_ENDS_WITHIN_SECONDS: Final = 2.0
INSTALL: Final = "leadsman crds | kubectl apply --server-side -f -"


class Stopped(Exception):
    """It cannot go on: what happened, and what to do next."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which cluster, where it is neither the one that this pod runs in nor the one that kubectl would talk to."""

    kubeconfig: Path | None = None
    context: str | None = None


async def operate(settings: Settings, access: Access) -> None:
    """Until it is told to end (SIGTERM, SIGINT).

    Raises:
        Stopped: it cannot go on.
    """
    try:
        found = await connection(kubeconfig=access.kubeconfig, context=access.context)
    except ClientError as error:
        raise Stopped(error.message, next_step="name a cluster with --kubeconfig or --context") from error
    watches = len(WATCHED) * max(1, len(settings.namespaces))
    async with Pool(found, watches=watches) as pool, aiohttp.ClientSession() as session:
        await Operator(settings, pool, session).run()


class Operator:
    """All parts, wired. Lives in one event loop."""

    def __init__(self, settings: Settings, pool: Pool, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._pool = pool
        self._metrics = Metrics()
        telemetry = Telemetry(self._metrics)
        self._api = Kubernetes(pool.session(), pool.server, observe=telemetry.requested)
        providers = {one.name: one.to_client() for one in settings.metric_providers}
        self._store = Store(clock.now, providers=frozenset(providers), wake=self._wake)
        self._metrics.registry.register(Governed(self._store))
        self._signals = Signals(providers, session, wake=self._wake, metrics=self._metrics)
        records = Records(self._api, self._store)
        apply = Apply(self._api, self._store, records, self._metrics, instance=platform.node())
        self._delivery = self._delivering(records, session)
        judge = Judge(self._api, self._store, self._wake)
        self._signatures = Signatures(self._store.policies.signatures, self._wake, trusted_root=settings.trusted_root)
        reconciler = Reconciler(
            self._store,
            self._signals,
            self._api,
            apply,
            self._metrics,
            judge=judge,
            sinks=self._delivery.of,
            signatures=self._signatures,
            scrapers=settings.scraper_namespaces,
            clocks=settings.report_clocks,
        )
        evaluator = Evaluator(self._api, self._store, records, settings.evaluations)
        self._accountant = Accountant(records, self._store, Counts(providers, session, self._metrics), self._wake)
        work = _Work(
            services=reconciler,
            runs=evaluator.of_run,
            suites=evaluator.of_suite,
            policies=Governor(self._api, self._store, self._wake),
            budgets=self._accountant,
        )
        self._engine: Engine[AnyKey] = Engine(work, telemetry, workers=settings.workers, pace=Pace())
        self._metrics.show_depth(self._engine.waiting)
        self._sweep = Sweep(self._api, self._store, settings.namespaces)
        self._reports = Reports(self._api, self._store, settings.namespaces)
        self._arrival = Arrival()
        self._until_end = contextlib.AsyncExitStack()
        self._stop = asyncio.Event()
        self._was_told_to_end = False
        self._ended = asyncio.Event()

    def _delivering(self, records: Records, session: aiohttp.ClientSession) -> Delivery:
        ledger = self._settings.ledger
        key = _signing_key(ledger.key_file) if ledger.key_file is not None else None
        every = timedelta(minutes=ledger.checkpoint_minutes)
        return Delivery(
            [sink.to_client(session, ledger.cluster) for sink in ledger.sinks],
            Ledgers(self._api, self._store, self._wake),
            records,
            metrics=self._metrics,
            wake=self._wake,
            given_up=frozenset(ledger.given_up),
            notary=lambda: Notary(key, every, clock.now) if key is not None else None,
        )

    async def run(self) -> None:
        beside = asyncio.create_task(self._beside(), name="beside the watches")
        self._until_end.push_async_callback(_cancel, {beside})
        answering = serving(self._settings.listen, self._metrics, unready=self._arrival.problem)
        try:
            await self._until_end.enter_async_context(answering)
        except OSError as error:
            await self._until_end.aclose()
            raise Stopped(
                f"nothing can be served: {error}", next_step="choose another address with --listen"
            ) from error
        await self._watch()
        if not beside.cancelled() and (error := beside.exception()):
            raise error
        log.info("ended")

    async def _watch(self) -> None:
        """Kopf's part of the life. It calls `_wind_down` at its end."""
        before = asyncio.all_tasks()
        namespaces = self._settings.namespaces
        watching = asyncio.create_task(
            kopf.operator(
                registry=handlers.registry(self._pool, self._seen, started=self._hear_signals, cleanup=self._wind_down),
                settings=handlers.settings(self._settings.drain_seconds),
                standalone=True,
                stop_flag=self._stop,
                namespaces=namespaces,
                clusterwide=not namespaces,
            )
        )
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({watching, ended}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({watching}, timeout=None if self._was_told_to_end else KOPF_ENDS_WITHIN_SECONDS)
        if watching.done() and not watching.exception():
            return
        # When a watch dies Kopf does not end the others (1.45): it waits for them until it kills the process.
        for _ in range(3):
            await _cancel(asyncio.all_tasks() - before - {asyncio.current_task()})
        raise Stopped("a watch died", next_step="start it again, as Kubernetes does; the lines above say what happened")

    async def _beside(self) -> None:
        """What goes on beside the watches. What goes wrong here ends them."""
        lag = asyncio.create_task(self._metrics.watch_lag())
        verifying = asyncio.create_task(self._signatures.forever(), name="signatures")
        try:
            await self._begin()
            chosen = self._settings
            accounting = asyncio.create_task(self._accountant.forever(chosen.budget_seconds))
            reporting = asyncio.create_task(self._reports.forever(chosen.report_seconds, chosen.sweep_seconds))
            self._until_end.push_async_callback(_cancel, {accounting, reporting})
            await self._sweep.forever(chosen.sweep_seconds, self._engine.wake)
        except NotFound as error:
            raise Stopped("the cluster does not know Leadsman's kinds", next_step=INSTALL) from error
        except ClientError as error:
            raise Stopped(error.message, next_step="see that this works: kubectl get aisvc -A") from error
        finally:
            lag.cancel()
            verifying.cancel()
            self._stop.set()

    async def _begin(self) -> None:
        """Decide nothing before all that there is was seen: what is missing in the store might be there."""
        version = await self._api.server_version()
        log.info("connected", extra={"kubernetes": version.text})
        self._store.policies.enforcement.operator = await self._api.username()
        await self._arrival.wait(self._sweep.uids)
        log.info("all there is has been seen")
        await self._delivery.start()
        self._engine.start()

    def _seen(self, kind: Kind, event: str | None, seen: Mapping[str, Any]) -> None:
        for key in self._store.observe(kind, event, seen):
            self._engine.wake(key)
        if kind == AI_REVISION and (service := self._store.recorded(_place(seen))) is not None:
            self._delivery.wake(service)
        self._arrival.saw(kind, seen["metadata"]["uid"])

    def _wake(self, key: AnyKey) -> None:
        self._engine.wake(key)

    def _hear_signals(self) -> None:
        """Instead of Kopf, which keeps to itself whether it ends by a signal or because a watch died."""
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, self._stop.set)

    async def _wind_down(self) -> None:
        self._was_told_to_end = self._stop.is_set()
        await self._engine.stop(self._settings.drain_seconds)
        await self._delivery.stop(self._settings.drain_seconds)
        await self._signals.stop()
        await self._until_end.aclose()
        self._ended.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Who looks at what."""

    services: Callable[[Key], Awaitable[Rest]]
    runs: Callable[[RunKey], Awaitable[Rest]]
    suites: Callable[[SuiteKey], Awaitable[Rest]]
    policies: Callable[[PolicyKey], Awaitable[Rest]]
    budgets: Callable[[BudgetKey], Awaitable[Rest]]

    async def __call__(self, key: AnyKey) -> Rest:
        match key:
            case RunKey():
                return await self.runs(key)
            case SuiteKey():
                return await self.suites(key)
            case PolicyKey():
                return await self.policies(key)
            case BudgetKey():
                return await self.budgets(key)
            case Key():
                return await self.services(key)


def _signing_key(file: Path) -> Ed25519PrivateKey:
    try:
        key = signing_key(file.read_bytes())
    except (OSError, ValueError) as error:
        made = f"openssl genpkey -algorithm ed25519 -out {file}"
        raise Stopped(f"{file} has no key to sign the ledger with: {error}", next_step=f"make one: {made}") from error
    log.info("signs the ledger", extra={"key": key_id(key.public_key())})
    return key


def _place(seen: Mapping[str, Any]) -> Place:
    return seen["metadata"]["namespace"], seen["metadata"]["name"]


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    """Those that don't heed it are left behind after a second."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=1)
