"""Reads what is watched, when it is due. At rest it is one timer, whatever the number of services."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

import aiohttp

from leadsman.clients.errors import MetricsUnavailable, QueryRejected
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider
from leadsman.controller import clock
from leadsman.controller.metrics import Metrics
from leadsman.controller.signals.breaker import Breaker
from leadsman.controller.signals.reader import Reader
from leadsman.controller.signals.roster import Batch, Member, Roster
from leadsman.controller.store import Key
from leadsman.planner.plan import Watch
from leadsman.planner.signals.readings import Observation, Refused, Unavailable
from leadsman.planner.world import Signal

log = logging.getLogger(__name__)

QUERIES: Final = 8
"""At once, of one provider."""


class _Source:
    """A provider, and how it does."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.slots = asyncio.Semaphore(QUERIES)
        self.breaker = Breaker()


class Signals:
    """Lives in one event loop."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        session: aiohttp.ClientSession,
        *,
        wake: Callable[[Key], None],
        metrics: Metrics,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Over providers by name; `wake` is called for services of which there is something new to decide on."""
        self._wake = wake
        self._metrics = metrics
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._sources = {
            name: _Source(Reader(Prometheus(provider, session), metrics.asked)) for name, provider in providers.items()
        }
        self._roster = Roster(frozenset(name for name, provider in providers.items() if provider.tenant_header))
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False

    def watch(self, key: Key, watches: Iterable[Watch]) -> None:
        """These and no others, of this service. What is new among them is read at once."""
        self._roster.watch(key, watches, self._loop.time())
        self._arrange()

    def current(self, key: Key) -> Mapping[tuple[str, str], Signal]:
        """By revision and monitor. What was not read yet is not there."""
        return self._roster.current(key)

    def read_due(self, now: float) -> None:
        """Begin what is due by then, in the time of the event loop. Otherwise a timer does this."""
        for batch in self._roster.take(now):
            task = self._loop.create_task(self._read(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._arrange()

    async def stop(self) -> None:
        self._ended = True
        self._arrange()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _arrange(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._roster.next_at()
        if at is not None and not self._ended:
            self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self.read_due(self._loop.time())

    async def _read(self, batch: Batch) -> None:
        at = self._now()
        said = await self._observations(batch, at)
        for member in batch.members:
            self._settle(member, said[member], at)
        self._arrange()

    def _settle(self, member: Member, seen: Observation, at: datetime) -> None:
        try:
            news = self._roster.settle(member, seen, at, self._loop.time())
        except Exception:  # one monitor's trouble is never another's
            log.exception("could not judge a reading", extra={"monitor": member.watch.monitor.name})
            return
        if member.state.signal is not None:
            self._metrics.readings.labels(member.state.signal.state).inc()
        if news:
            self._wake(member.key)

    async def _observations(self, batch: Batch, at: datetime) -> Mapping[Member, Observation]:
        """What there is to say to each member, also where nothing could be read."""
        name = batch.question.provider
        source = self._sources.get(name)
        if source is None:
            known = ", ".join(sorted(self._sources)) or "none"
            return _all(batch, Refused(f"provider {name} is not configured (configured: {known})"))
        if not source.breaker.lets_through(self._loop.time()):
            return _all(batch, Unavailable(source.breaker.reason))
        try:
            return await self._ask(source, batch, at)
        except QueryRejected as error:
            self._answered(source)
            return _all(batch, Refused(f"provider {name} refuses the query: {error.message}"))
        except Exception as error:  # noqa: BLE001  also of ours: what was not read is no evidence
            reason = self._failed(source, error)
            return _all(batch, Unavailable(reason))

    async def _ask(self, source: _Source, batch: Batch, at: datetime) -> Mapping[Member, Observation]:
        async with asyncio.timeout(batch.question.interval), source.slots:
            said = await source.reader.read(batch, at)
        self._answered(source)
        return said

    def _answered(self, source: _Source) -> None:
        if source.breaker.is_open:
            log.info("the metric provider answers again", extra={"provider": source.reader.name})
        source.breaker.succeeded()

    def _failed(self, source: _Source, error: Exception) -> str:
        """Why there is no evidence, in words."""
        name, was_open = source.reader.name, source.breaker.is_open
        match error:
            case MetricsUnavailable():
                reason = error.message
            case TimeoutError():
                reason = f"provider {name}: no answer within an interval"
            case _:
                log.error("could not read", extra={"provider": name}, exc_info=error)
                return "the reading failed: the operator's log says why"
        source.breaker.failed(reason, self._loop.time())
        if source.breaker.is_open and not was_open:
            log.warning("the metric provider does not answer", extra={"provider": name, "error": reason})
        return reason


def _all(batch: Batch, observation: Observation) -> Mapping[Member, Observation]:
    return dict.fromkeys(batch.members, observation)
