"""One sink, and how far each service's ledger has got there: each at its own pace, in order, again after a failure."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.clients.errors import ClientError, DeliveryFailed
from leadsman.clients.sinks.sink import Sink
from leadsman.controller import logs
from leadsman.controller.delivery.ledgers import Incomplete, Ledgers
from leadsman.controller.delivery.notary import Notary
from leadsman.controller.engine.agenda import Pace
from leadsman.controller.engine.engine import Engine, Rest
from leadsman.controller.metrics import Metrics
from leadsman.controller.store import Key
from leadsman.ledger.chain import head_of
from leadsman.ledger.lines import entry_line
from leadsman.ledger.outbox import Kept, Outbox, contradiction

log = logging.getLogger(__name__)

AT_ONCE: Final = 8
"""Services whose entries are delivered at the same time."""
BATCH: Final = 50
PACE: Final = Pace(coalesce=0.1, first_retry=0.5, longest_retry=60.0)
"""Entries come in twos and threes. They are safe where they are, so nothing is in a hurry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who hears of it."""

    delivered: Callable[[Key], None]
    metrics: Metrics


class Outlet:
    def __init__(
        self, sink: Sink, ledgers: Ledgers, telling: Telling, *, given_up: frozenset[str], notary: Notary | None
    ) -> None:
        """With the hashes of those heads of which the administrator says that the cluster has lost them."""
        self._notary = notary
        self.unread = "not asked yet"
        """Why nobody knows what the sink has. Empty: it was asked, or it can't tell."""
        self._sink = sink
        self._ledgers = ledgers
        self._telling = telling
        self._given_up = given_up
        self._heads: dict[Key, LedgerHead] = {}
        self._engine: Engine[Key] = Engine(self._deliver, self, workers=AT_ONCE, pace=PACE)

    @property
    def name(self) -> str:
        return self._sink.name

    async def ask(self) -> None:
        """What the sink has. Only once it has told."""
        if not self.unread:
            return
        try:
            found = await self._sink.heads()
        except DeliveryFailed as error:
            self.unread = error.message
            raise
        self.unread = ""
        self._heads = {Key(*place): head for place, head in found.items()} | self._heads

    def wake(self, key: Key) -> None:
        self._engine.wake(key)

    def start(self) -> None:
        self._engine.start()

    async def stop(self, within_seconds: float) -> None:
        await self._engine.stop(within_seconds)

    def head(self, key: Key) -> LedgerHead | None:
        """The last entry that the sink is known to have."""
        found = self._heads.get(key)
        return None if found is not None and found.hash in self._given_up else found

    def reached(self, key: Key, outbox: Outbox) -> int:
        """Up to which entry it has what the cluster has. What it has of another ledger does not count."""
        head = self.head(key)
        return outbox.acknowledged if head is None or contradiction(head, outbox) else head.sequence

    async def _deliver(self, key: Key) -> Rest:
        try:
            await self.ask()
            while batch := await self._next(key):
                await self._sink.deliver([entry_line(*key, one.revision, one.entry) for one in batch])
                self._heads[key] = head_of(batch[-1].entry)
                self._count("delivered")
                if self._notary is not None:
                    self._notary.heed(key, (one.entry for one in batch))
            return Rest(after=await self._checkpoint(key))
        finally:
            self._measure(key)
            self._telling.delivered(key)

    async def _checkpoint(self, key: Key) -> float | None:
        """Sign what the sink has, if that is due. When it is."""
        wait = self._notary.wait(key) if self._notary is not None else None
        head = self.head(key)
        if self._notary is None or wait or head is None:
            return wait
        if wait is not None:
            await self._sink.deliver([self._notary.sign(key, head)])
            self._notary.signed(key)
        return None

    async def _next(self, key: Key) -> tuple[Kept, ...]:
        outbox, head = self._ledgers.of(key), self.head(key)
        if head is not None and contradiction(head, outbox):
            return ()
        return (await self._ledgers.due(key, self.reached(key, outbox)))[:BATCH]

    def _measure(self, key: Key) -> None:
        outbox = self._ledgers.of(key)
        waiting = outbox.after(self.reached(key, outbox))
        self._telling.metrics.undelivered.note(self.name, key, [one.entry.at for one in waiting])

    # Of the engine's `Observer`.

    def started(self, key: Key, *, waited: float) -> None: ...

    def failed(self, key: Key, error: Exception, *, retry_after: float) -> None:
        self._count("failed")
        pairs = {"sink": self.name, "retry_after": round(retry_after, 3), "error": str(error)}
        with logs.concerning(namespace=key.namespace, service=key.name):
            if isinstance(error, ClientError | Incomplete):
                log.warning("could not deliver the ledger", extra=pairs)
            else:
                log.error("could not deliver the ledger", extra=pairs, exc_info=error)

    def _count(self, result: str) -> None:
        self._telling.metrics.deliveries.labels(self.name, result).inc()
