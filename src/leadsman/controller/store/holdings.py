"""What belongs to services: their revisions, the objects made for them, pods and EndpointSlices."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.children import CHILDREN, child
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.pods import pod, revision_of
from leadsman.controller.observe.revisions import Packed, UnreadableRevision, pack
from leadsman.controller.observe.slices import Slice, endpoint_slice
from leadsman.controller.store.key import Key
from leadsman.controller.store.recent import Recent
from leadsman.controller.store.shelf import Place, Reader, Shelf
from leadsman.planner import labels
from leadsman.planner.world import Child, ChildKind, Pod, Revision

ChildName = tuple[ChildKind, str]


class Holdings:
    def __init__(self) -> None:
        self._revisions: Final[Shelf[Packed]] = Shelf(_packed)
        self._recent: Final = Recent()
        self._pods: Final[Shelf[Pod]] = Shelf(_pod)
        self._slices: Final[Shelf[Slice]] = Shelf(_slice)
        self._children: Final[Mapping[Kind, Shelf[Child]]] = {
            kind: Shelf(_child(child_kind)) for kind, child_kind in CHILDREN.items()
        }

    def shelves(self) -> dict[Kind, Shelf[Any]]:
        return {
            kinds.AI_REVISION: self._revisions,
            kinds.POD: self._pods,
            kinds.ENDPOINT_SLICE: self._slices,
            **self._children,
        }

    def revisions(self, key: Key) -> tuple[tuple[Revision, ...], tuple[str, ...]]:
        """Those that can be read, and what is wrong with the others."""
        found = [self._recent.read(packed) for _, packed in sorted(self._revisions.of(key).items())]
        readable = tuple(record for record in found if isinstance(record, Revision))
        return readable, tuple(str(record) for record in found if isinstance(record, UnreadableRevision))

    def service_of(self, revision: Place) -> Key | None:
        return next(iter(self._revisions.owners(revision)), None)

    def children(self, key: Key) -> dict[ChildName, Child]:
        return {(one.kind, one.name): one for shelf in self._children.values() for one in shelf.of(key).values()}

    def pods(self, key: Key) -> tuple[Pod, ...]:
        return tuple(record for _, record in sorted(self._pods.of(key).items()))

    def ready(self, key: Key, route: str) -> dict[str, int]:
        """By revision: the pods that the Service's EndpointSlices send traffic to.

        Also one that is gone already: traffic may still be sent there, so its name says whose it was.
        """
        slices = self._slices.of(key).values()
        names = frozenset[str]().union(*(one.ready for one in slices if one.route == route))
        pods = self._pods.of(key)
        return dict(Counter(pods[name].revision if name in pods else revision_of(name) for name in names))


def _packed(seen: Metadata, raw: Mapping[str, Any], _: Packed | None) -> tuple[str, Packed]:
    return pack(seen, raw)


def _pod(seen: Metadata, raw: Mapping[str, Any], _: Pod | None) -> tuple[str, Pod] | None:
    return pod(seen, raw)


def _slice(seen: Metadata, raw: Mapping[str, Any], _: Slice | None) -> tuple[str, Slice] | None:
    return endpoint_slice(seen, raw)


def _child(kind: ChildKind) -> Reader[Child]:
    watched_by = labels.INPUT if kind is ChildKind.CONFIG_MAP else labels.SERVICE

    def read(seen: Metadata, raw: Mapping[str, Any], kept: Child | None, /) -> tuple[str, Child] | None:
        service = seen.labels.get(labels.SERVICE)
        # What no watch shows must not be held as if one did: nobody would tell when it goes.
        return (service, child(kind, seen, raw, kept)) if service and watched_by in seen.labels else None

    return read
