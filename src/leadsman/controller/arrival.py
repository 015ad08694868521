"""Has the first list of every watch arrived? Before that, what is not known may well be there."""

import asyncio
from collections.abc import AsyncIterator, Callable

from leadsman.clients.errors import TooManyRequests
from leadsman.clients.kinds import Kind
from leadsman.controller.watched import WATCHED, Watched

ASK_AGAIN_SECONDS = 10.0
"""An object that is deleted between our list and Kopf's never arrives: then what is there is asked for again."""

Uids = Callable[[Watched], AsyncIterator[str]]


class Arrival:
    """Kopf tells of each object, but not when a list is over: so what arrived is held against lists of our own."""

    def __init__(self) -> None:
        self._seen: dict[Kind, set[str]] = {watched.kind: set() for watched in WATCHED}
        self._missing: dict[Kind, set[str]] | None = None
        self._complete = asyncio.Event()

    def saw(self, kind: Kind, uid: str) -> None:
        """Of an object, deletions included."""
        if self._complete.is_set():
            return
        self._seen[kind].add(uid)
        if self._missing is not None:
            self._missing[kind].discard(uid)
            self._conclude()

    def problem(self) -> str:
        """What it waits for, in words. Empty: nothing."""
        if self._complete.is_set():
            return ""
        if self._missing is None:
            return "what there is has not been listed yet"
        kinds = ", ".join(kind.plural for kind, uids in self._missing.items() if uids)
        return f"not all {kinds} have arrived yet"

    async def wait(self, uids: Uids, *, again_after: float = ASK_AGAIN_SECONDS) -> None:
        """Until everything that there is has arrived.

        Args:
            uids: lists the objects of a kind as they are now.
            again_after: seconds.
        """
        while not self._complete.is_set():
            try:
                listed = {watched.kind: {uid async for uid in uids(watched)} for watched in WATCHED}
            except TooManyRequests as error:  # as of a kind that was just installed
                await asyncio.sleep(again_after if error.retry_after is None else error.retry_after)
                continue
            self._missing = {kind: found - self._seen[kind] for kind, found in listed.items()}
            self._conclude()
            try:
                await asyncio.wait_for(self._complete.wait(), again_after)
            except TimeoutError:
                continue

    def _conclude(self) -> None:
        if self._missing is not None and not any(self._missing.values()):
            self._complete.set()
            self._seen.clear()
