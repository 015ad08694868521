"""What a service consists of, read once or followed: one watch in a thread for each kind, nothing is polled."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from leadsman.cli.cluster import Cluster, Object, Selection
from leadsman.cli.errors import CommandFailed, NoCluster, NotAllowed
from leadsman.cli.view.observed import Observed, observe
from leadsman.clients.kinds import AI_REVISION, AI_SERVICE, DEPLOYMENT, POD
from leadsman.planner.labels import SERVICE

AGAIN_AFTER_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""After a watch that ended, the first time and each time sooner than it should; a Ctrl-C ends the wait."""
LASTED_SECONDS: Final = 30.0
"""A watch that went on for so long is in order: the API server itself ends it after a while."""


@dataclass(frozen=True, slots=True)
class Selections:
    """What belongs to one service. AIRevisions by what they are for, which nobody can edit; the rest by its label."""

    service: Selection
    revisions: Selection
    deployments: Selection
    pods: Selection

    def __iter__(self) -> Iterator[Selection]:
        return iter((self.service, self.revisions, self.deployments, self.pods))


def select(name: str, namespace: str) -> Selections:
    labels = f"{SERVICE}={name}"
    return Selections(
        service=Selection(kind=AI_SERVICE, namespace=namespace, fields=f"metadata.name={name}"),
        revisions=Selection(kind=AI_REVISION, namespace=namespace, fields=f"spec.service.name={name}"),
        deployments=Selection(kind=DEPLOYMENT, namespace=namespace, labels=labels),
        pods=Selection(kind=POD, namespace=namespace, labels=labels),
    )


Items = dict[str, Object]


class Snapshot:
    """What is known of each selection so far, and what of it could not be read."""

    def __init__(self, selections: Selections) -> None:
        self._selections = selections
        self._items: dict[Selection, Items] = {}
        self._notes: dict[Selection, str] = {}

    def put(self, selection: Selection, items: Items) -> None:
        self._items[selection] = items
        self._notes.pop(selection, None)

    def change(self, selection: Selection, type_: str, found: Object) -> None:
        if type_ == "DELETED":
            self._items[selection].pop(found["metadata"]["name"], None)
        else:
            self._items[selection][found["metadata"]["name"]] = found

    def fail(self, selection: Selection, error: CommandFailed) -> None:
        """Note it, where one can go on without.

        Raises:
            CommandFailed: where nothing can be shown without it.
        """
        known = selection in self._items
        if not (isinstance(error, NotAllowed) and selection is not self._selections.service) and not (
            isinstance(error, NoCluster) and known
        ):
            raise error
        self._notes[selection] = f"{selection.kind.plural}: {error}"
        self._items.setdefault(selection, {})

    @property
    def complete(self) -> bool:
        return all(selection in self._items for selection in self._selections)

    def observed(self) -> Observed | None:
        """None: there is no such service."""
        service = next(iter(self._items[self._selections.service].values()), None)
        if service is None:
            return None
        return observe(
            service,
            revisions=self._all(self._selections.revisions),
            deployments=self._all(self._selections.deployments),
            pods=self._all(self._selections.pods),
            notes=tuple(dict.fromkeys(self._notes.values())),
        )

    def _all(self, selection: Selection) -> tuple[Object, ...]:
        return tuple(self._items[selection].values())


def read_once(cluster: Cluster, name: str) -> Observed | None:
    selections = select(name, cluster.namespace)
    snapshot = Snapshot(selections)
    for selection in selections:
        try:
            snapshot.put(selection, _by_name(cluster.list(selection).items))
        except CommandFailed as error:
            snapshot.fail(selection, error)
    return snapshot.observed()


def _by_name(items: tuple[Object, ...]) -> Items:
    return {item["metadata"]["name"]: item for item in items}


@dataclass(frozen=True, slots=True)
class Listed:
    selection: Selection
    items: Items


@dataclass(frozen=True, slots=True)
class Changed:
    selection: Selection
    type: str
    object: Object


@dataclass(frozen=True, slots=True)
class Failed:
    selection: Selection
    error: CommandFailed


News = Listed | Changed | Failed


class Pauses:
    """How long to wait before a watch is begun again."""

    def __init__(self) -> None:
        self._short_ones = 0

    def after(self, lasted_seconds: float) -> float:
        if lasted_seconds > LASTED_SECONDS:
            self._short_ones = 0
        pause = AGAIN_AFTER_SECONDS[min(self._short_ones, len(AGAIN_AFTER_SECONDS) - 1)]
        self._short_ones += 1
        return pause


class Feed:
    """Follows a service until the process ends: its threads are daemons."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._ended = threading.Event()
        selections = select(name, cluster.namespace)
        self._snapshot = Snapshot(selections)
        for selection in selections:
            threading.Thread(target=self._follow, args=(selection,), daemon=True).start()

    def next(self, within_seconds: float | None) -> Observed | None:
        """As it is after the next change; changes that came together are one.

        Raises:
            TimeoutError: where nothing has changed for so long.
            CommandFailed: where it cannot be followed.
        """
        try:
            self._take(self._news.get(timeout=within_seconds))
            while not self._news.empty() or not self._snapshot.complete:
                self._take(self._news.get(timeout=within_seconds))
        except queue.Empty:
            raise TimeoutError from None
        return self._snapshot.observed()

    def close(self) -> None:
        self._ended.set()

    def _take(self, news: News) -> None:
        match news:
            case Listed(selection, items):
                self._snapshot.put(selection, items)
            case Changed(selection, type_, found):
                self._snapshot.change(selection, type_, found)
            case Failed(selection, error):
                self._snapshot.fail(selection, error)

    def _follow(self, selection: Selection) -> None:
        pauses = Pauses()
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                listing = self._cluster.list(selection)
                self._news.put(Listed(selection, _by_name(listing.items)))
                for type_, found in self._cluster.watch(selection, listing.resource_version):
                    self._news.put(Changed(selection, type_, found))
            except CommandFailed as error:
                self._news.put(Failed(selection, error))
            # A watch may be refused, or cut by a proxy, as soon as it was begun, although lists are answered.
            self._ended.wait(pauses.after(time.monotonic() - began))
