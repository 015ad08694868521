"""Works through the agenda with a bounded number of hands. At rest it is one timer, whatever the number of keys."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from leadsman.controller.engine.agenda import Agenda, Due, Pace

K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a reconcile that came to its end leaves behind."""

    after: float | None = None
    """Seconds until it is to look again if nothing happens before. None: no need to."""
    trouble: Exception | None = None
    """What could not be done, while all else was: tried again as after a failure, and `after` is kept all the same."""


class Observer(Protocol[K_contra]):
    """Who is told how the work goes."""

    def started(self, key: K_contra, *, waited: float) -> None: ...
    def failed(self, key: K_contra, error: Exception, *, retry_after: float) -> None: ...


class Engine(Generic[K]):
    """Runs `reconcile` for the keys that were woken. Lives in one event loop."""

    def __init__(
        self,
        reconcile: Callable[[K], Awaitable[Rest]],
        observer: Observer[K],
        *,
        workers: int,
        pace: Pace,
    ) -> None:
        self._reconcile = reconcile
        self._observer = observer
        self._workers = workers
        self._agenda: Agenda[K] = Agenda(pace, random.random)
        self._loop = asyncio.get_running_loop()
        self._open = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def wake(self, key: K) -> None:
        """Something happened that may concern it. Before the start it waits until then."""
        self._agenda.wake(key, self._loop.time())
        self._arrange()

    def start(self) -> None:
        self._open = True
        self._arrange()

    async def stop(self, within: float) -> None:
        """Takes no more keys, and gives those that are worked on so many seconds to come to their end.

        What is cancelled then is healed by whoever looks next: each write stands on its own.
        """
        self._open = False
        self._cancel_timer()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def waiting(self) -> int:
        """How many keys are due and not yet worked on."""
        return self._agenda.waiting(self._loop.time())

    def _arrange(self) -> None:
        """Begin what is due, and set the timer for what comes next."""
        if not self._open:
            return
        while len(self._tasks) < self._workers and (due := self._agenda.take(self._loop.time())):
            task = self._loop.create_task(self._work(due))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        self._cancel_timer()
        at = self._agenda.next_at()
        if at is not None and len(self._tasks) < self._workers:
            self._timer = self._loop.call_at(at, self._arrange)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._arrange()

    async def _work(self, due: Due[K]) -> None:
        self._observer.started(due.key, waited=self._loop.time() - due.since)
        try:
            rest = await self._reconcile(due.key)
        except Exception as error:  # noqa: BLE001  one service's trouble is never another's
            rest = Rest(trouble=error)
        if rest.trouble is None:
            self._agenda.rest(due.key, self._loop.time(), after=rest.after)
        else:
            after = self._agenda.retry(due.key, self._loop.time(), within=rest.after)
            self._observer.failed(due.key, rest.trouble, retry_after=after)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
