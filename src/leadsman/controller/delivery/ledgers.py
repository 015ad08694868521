"""A service's ledger, put together from what is held of its records; asked for anew where something is missing."""

from collections.abc import Callable

from leadsman.clients.kinds import AI_REVISION
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.store import AnyKey, Key, Store
from leadsman.ledger.outbox import Kept, Outbox
from leadsman.planner.world import Revision


class Incomplete(Exception):
    """Entries may be in a record that cannot be read: what comes after them waits."""


class Ledgers:
    def __init__(self, api: Kubernetes, store: Store, wake: Callable[[AnyKey], None]) -> None:
        """With `wake` for whom something concerns that no watch has told of yet."""
        self._api = api
        self._store = store
        self._wake = wake

    def of(self, key: Key) -> Outbox:
        revisions, unreadable = self._store.revisions(key)
        return Outbox.of({one.name: one.status.ledger for one in revisions}, is_whole=not unreadable)

    def record_of(self, key: Key, sequence: int) -> Revision | None:
        """The revision in whose record the entry is, or the last one before it."""
        entries = self.of(key).entries
        name = next((one.revision for one in reversed(entries) if one.entry.sequence <= sequence), None)
        return next((one for one in self._store.revisions(key)[0] if one.name == name), None)

    async def due(self, key: Key, after: int) -> tuple[Kept, ...]:
        """What comes next. A gap is believed only if the API server has nothing that would fill it.

        Raises:
            Incomplete: nobody can tell.
            ApiError: the API server was not heard.
        """
        outbox = self.of(key)
        if (found := outbox.due(after)) or outbox.head.sequence <= after:
            return found
        async for item in self._api.list(AI_REVISION, key.namespace):
            for woken in self._store.observe(AI_REVISION, "MODIFIED", item):
                self._wake(woken)
        outbox = self.of(key)
        if not (found := outbox.due(after)) and not outbox.is_whole:
            raise Incomplete(f"entries after {after} are missing, and a record cannot be read")
        return found or outbox.due_beyond(after)
