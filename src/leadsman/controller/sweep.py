"""What was deleted while nobody watched: Kopf lists again after a gap, but tells nothing of what is no longer there."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterable

from leadsman.clients.errors import ClientError
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.store import AnyKey, Store
from leadsman.controller.watched import WATCHED, Watched

log = logging.getLogger(__name__)


class Sweep:
    def __init__(self, api: Kubernetes, store: Store, namespaces: tuple[str, ...]) -> None:
        self._api = api
        self._store = store
        self._namespaces = namespaces

    async def uids(self, watched: Watched) -> AsyncIterator[str]:
        """Of all that a watch shows: metadata only, cheap however large the objects are."""
        kind = watched.kind
        scopes = self._namespaces if self._namespaces and kind.namespaced else (None,)
        for namespace in scopes:
            async for item in self._api.list_metadata(kind, namespace, labels=watched.selector):
                yield item["metadata"]["uid"]

    async def once(self, watched: Watched) -> Iterable[AnyKey]:
        """The keys that it concerns."""
        known = set(self._store.known(watched.kind))  # before the list: what comes meanwhile is not in it
        there = {uid async for uid in self.uids(watched)}
        return [key for uid in known - there for key in self._store.drop(watched.kind, uid)]

    async def forever(self, every_seconds: float, wake: Callable[[AnyKey], None]) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(every_seconds * random.uniform(0.9, 1.1))  # noqa: S311  jitter is no secret
            for watched in WATCHED:
                try:
                    keys = list(await self.once(watched))
                except ClientError as error:
                    log.warning("could not sweep", extra={"kind": watched.kind.name, "error": error.message})
                    continue
                for key in keys:
                    wake(key)
                if keys:
                    log.info(
                        "found deletions that no watch told of", extra={"kind": watched.kind.name, "keys": len(keys)}
                    )
