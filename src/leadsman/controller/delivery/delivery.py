"""All sinks together: what every one of them has is written down, in its own time, in one record of the service.

A record that is written anyway takes it along (`ledger/outbox.appended`). So a rollout costs few requests more.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from leadsman.clients.errors import ApiError, Conflict, DeliveryFailed, NotFound
from leadsman.clients.sinks.sink import Sink
from leadsman.controller import logs
from leadsman.controller.apply.records import Records
from leadsman.controller.delivery.ledgers import Ledgers
from leadsman.controller.delivery.notary import Notary
from leadsman.controller.delivery.outlet import Outlet, Telling
from leadsman.controller.engine.agenda import Pace
from leadsman.controller.engine.engine import Engine, Rest
from leadsman.controller.metrics import Metrics
from leadsman.controller.store import Key
from leadsman.ledger.outbox import Sinks, trouble

log = logging.getLogger(__name__)

WRITTEN_WITHIN_SECONDS: Final = 30.0
"""After so long an acknowledgement is written by itself. Who is killed before delivers those entries once more."""


class Delivery:
    def __init__(  # noqa: PLR0913  wired once, in Operator
        self,
        sinks: Iterable[Sink],
        ledgers: Ledgers,
        records: Records,
        *,
        metrics: Metrics,
        wake: Callable[[Key], None],
        given_up: frozenset[str] = frozenset(),
        notary: Callable[[], Notary | None] = lambda: None,
    ) -> None:
        """With `wake` for services that are held by it, or are not any more, and a notary for each sink."""
        self._ledgers = ledgers
        self._records = records
        self._wake = wake
        telling = Telling(delivered=self._delivered, metrics=metrics)
        self._outlets = tuple(Outlet(sink, ledgers, telling, given_up=given_up, notary=notary()) for sink in sinks)
        self._acknowledging: Engine[Key] = Engine(self._acknowledge, self, workers=4, pace=Pace())
        self._loop = asyncio.get_running_loop()
        self._since: dict[Key, float] = {}
        """When something was first delivered that is not written down yet."""
        self._held: set[Key] = set()
        """By the last decision."""

    def of(self, key: Key) -> Sinks | None:
        """What the sinks have of a service's ledger, for whoever decides on it now. None: there are none."""
        if not self._outlets:
            return None
        sinks = self._sinks(key)
        (self._held.add if trouble(self._ledgers.of(key), sinks) else self._held.discard)(key)
        return sinks

    def wake(self, key: Key) -> None:
        """There may be something to deliver."""
        for outlet in self._outlets:
            outlet.wake(key)

    async def start(self) -> None:
        for outlet in self._outlets:
            try:
                await outlet.ask()
            except DeliveryFailed as error:
                log.warning("nobody knows what a sink has", extra={"sink": outlet.name, "error": error.message})
            outlet.start()
        self._acknowledging.start()

    async def stop(self, within_seconds: float) -> None:
        """What is delivered is written down."""
        await asyncio.gather(*(outlet.stop(within_seconds) for outlet in self._outlets))
        await self._acknowledging.stop(within_seconds)
        try:
            async with asyncio.timeout(within_seconds):
                await asyncio.gather(*map(self._write, tuple(self._since)), return_exceptions=True)
        except TimeoutError:
            log.warning("not all that was delivered could be written down in time")

    def _delivered(self, key: Key) -> None:
        self._acknowledging.wake(key)
        if (trouble(self._ledgers.of(key), self._sinks(key)) is not None) != (key in self._held):
            self._wake(key)

    def _sinks(self, key: Key) -> Sinks:
        heads = {outlet.name: head for outlet in self._outlets if (head := outlet.head(key)) is not None}
        unread = "; ".join(outlet.unread for outlet in self._outlets if outlet.unread)
        outbox = self._ledgers.of(key)
        reached = min(outlet.reached(key, outbox) for outlet in self._outlets)
        return Sinks(acknowledged=max(reached, outbox.acknowledged), heads=heads, unread=unread)

    async def _acknowledge(self, key: Key) -> Rest:
        since = self._since.setdefault(key, self._loop.time())
        if self._unwritten(key) is None:
            del self._since[key]
            return Rest()
        left = since + WRITTEN_WITHIN_SECONDS - self._loop.time()
        if left > 0:
            return Rest(after=left)
        await self._write(key)
        return Rest()

    async def _write(self, key: Key) -> None:
        up_to = self._unwritten(key)
        record = self._ledgers.record_of(key, up_to) if up_to is not None else None
        if record is not None and up_to is not None:
            await self._records.acknowledge(key.namespace, record, up_to)
        self._since.pop(key, None)

    def _unwritten(self, key: Key) -> int | None:
        reached = self._sinks(key).acknowledged
        return reached if reached > self._ledgers.of(key).acknowledged else None

    # Of the engine's `Observer`.

    def started(self, key: Key, *, waited: float) -> None: ...

    def failed(self, key: Key, error: Exception, *, retry_after: float) -> None:
        pairs = {"retry_after": round(retry_after, 3), "error": str(error)}
        with logs.concerning(namespace=key.namespace, service=key.name):
            if isinstance(error, Conflict | NotFound):
                log.debug("acknowledges again", extra=pairs)
            elif isinstance(error, ApiError):
                log.warning("could not write down what was delivered", extra=pairs)
            else:
                log.error("could not write down what was delivered", extra=pairs, exc_info=error)
