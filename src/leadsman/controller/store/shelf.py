"""The newest that was seen of each object of a kind, whatever the order in which it was told.

Kopf keeps the order of one object's events. Still an answer to a write may be handled after the event that followed
it, and the deletion of an object after the creation of its successor. Resource versions of a kind are decimal numbers
that rise (KEP-5504), so the newest is known.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from leadsman.controller.observe.metadata import Metadata, metadata
from leadsman.controller.store.key import Key

R = TypeVar("R")
Place = tuple[str, str]
"""Namespace and name."""
DELETED: Final = "DELETED"
GONE: Final = 4096
"""Objects that are no more are remembered until so many others are gone, for news that comes late."""


class Reader(Protocol[R]):
    def __call__(self, seen: Metadata, raw: Mapping[str, Any], kept: R | None, /) -> tuple[str | None, R] | None:
        """The record, and the service that it belongs to. None: it is none of ours.

        Args:
            seen: the object's metadata.
            raw: the object.
            kept: the record of the same object when it had the same spec.
        """
        ...


@dataclass(frozen=True, slots=True)
class Held(Generic[R]):
    uid: str
    resource_version: str
    generation: int
    owner: Key | None
    record: R


class Change(NamedTuple, Generic[R]):
    place: Place
    before: R | None
    after: R | None
    owners: frozenset[Key]
    """Of what was, and of what is."""


class Shelf(Generic[R]):
    def __init__(self, read: Reader[R]) -> None:
        self._read = read
        self._held: dict[Place, Held[R]] = {}
        self._places: dict[str, Place] = {}
        self._owned: dict[Key, dict[str, R]] = {}
        self._gone: OrderedDict[str, str] = OrderedDict()

    def take(self, event: str | None, raw: Mapping[str, Any]) -> Change[R] | None:
        """What this changes. None: nothing, or it is old news.

        Args:
            event: ADDED, MODIFIED, DELETED, or None for an object in a list.
            raw: the object.
        """
        seen = metadata(raw)
        if seen is None or not self._is_news(event, seen):
            return None
        place = (seen.namespace, seen.name)
        before = self._held.get(place)
        read = None if event == DELETED else self._read(seen, raw, _kept(before, seen))
        if read is not None:
            service, record = read
            owner = Key(seen.namespace, service) if service is not None else None
            after = Held(seen.uid, seen.resource_version, seen.generation, owner, record)
            self._put(place, after)
            return _change(place, before, after)
        self._bury(seen.uid, seen.resource_version)
        if before is None or before.uid != seen.uid:  # its successor stands there already
            return None
        self._remove(place, before)
        return _change(place, before, None)

    def drop(self, uid: str) -> Change[R] | None:
        """It is no more, and nobody told."""
        place = self._places.get(uid)
        before = self._held.get(place) if place else None
        if place is None or before is None:
            return None
        self._remove(place, before)
        return _change(place, before, None)

    def uid(self, place: Place, resource_version: str) -> str | None:
        """Of what is held there, if it is held as it was then."""
        held = self._held.get(place)
        return held.uid if held is not None and held.resource_version == resource_version else None

    def get(self, place: Place) -> R | None:
        held = self._held.get(place)
        return held.record if held else None

    def of(self, owner: Key) -> Mapping[str, R]:
        """By name, as they are now."""
        return dict(self._owned.get(owner, {}))

    def owners(self, place: Place) -> frozenset[Key]:
        """Of what is held there: one, or none."""
        held = self._held.get(place)
        return frozenset({held.owner}) if held is not None and held.owner is not None else frozenset()

    def items(self) -> Iterator[tuple[Place, R]]:
        return ((place, held.record) for place, held in self._held.items())

    def known(self) -> dict[str, Place]:
        """By UID."""
        return dict(self._places)

    def _is_news(self, event: str | None, seen: Metadata) -> bool:
        held = self._held.get((seen.namespace, seen.name))
        if event is None:
            # A list says what is, even where that is older: after a restore of etcd.
            return held is None or (held.uid, held.resource_version) != (seen.uid, seen.resource_version)
        buried = self._gone.get(seen.uid)
        if buried is not None and not is_newer(seen.resource_version, buried):
            return False
        if held is None:
            return True
        if event == DELETED and (held.uid, held.resource_version) == (seen.uid, seen.resource_version):
            return True
        return (event == DELETED and held.uid != seen.uid) or is_newer(seen.resource_version, held.resource_version)

    def _put(self, place: Place, held: Held[R]) -> None:
        if before := self._held.get(place):
            self._remove(place, before)
        self._held[place] = held
        self._places[held.uid] = place
        self._gone.pop(held.uid, None)
        if held.owner is not None:
            self._owned.setdefault(held.owner, {})[place[1]] = held.record

    def _remove(self, place: Place, held: Held[R]) -> None:
        del self._held[place]
        self._places.pop(held.uid, None)
        if held.owner is not None:
            owned = self._owned[held.owner]
            del owned[place[1]]
            if not owned:
                del self._owned[held.owner]

    def _bury(self, uid: str, resource_version: str) -> None:
        self._gone[uid] = resource_version
        self._gone.move_to_end(uid)
        if len(self._gone) > GONE:
            self._gone.popitem(last=False)


def is_newer(one: str, other: str) -> bool:
    """Where the two are no numbers nobody can tell, and what is told last counts."""
    if not (one.isdecimal() and other.isdecimal()):
        return one != other
    return int(one) > int(other)


def _kept(before: Held[R] | None, seen: Metadata) -> R | None:
    if before is None or before.uid != seen.uid:
        return None
    return before.record if seen.generation and before.generation == seen.generation else None


def _change(place: Place, before: Held[R] | None, after: Held[R] | None) -> Change[R]:
    owners = frozenset(held.owner for held in (before, after) if held is not None and held.owner is not None)
    return Change(place, before.record if before else None, after.record if after else None, owners)
