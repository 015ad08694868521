"""What stands where a service's child should be, found by a refused creation: no watch shows it without our labels.

Nobody tells when it goes away, so it is held for a while only: then the creation is tried again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from leadsman.controller.store.holdings import ChildName
from leadsman.controller.store.key import Key
from leadsman.planner.world import Child


class Stranger(NamedTuple):
    child: Child
    until: datetime


class Strangers:
    def __init__(self) -> None:
        self._met: dict[Key, dict[ChildName, Stranger]] = {}

    def meet(self, key: Key, stranger: Stranger) -> None:
        self._met.setdefault(key, {})[stranger.child.kind, stranger.child.name] = stranger

    def of(self, key: Key, now: datetime) -> dict[ChildName, Child]:
        """By kind and name. Those that were met too long ago are forgotten."""
        met = {name: stranger for name, stranger in self._met.pop(key, {}).items() if now < stranger.until}
        if met:
            self._met[key] = met
        return {name: stranger.child for name, stranger in met.items()}

    def look_again_at(self, key: Key) -> Iterable[datetime]:
        return (stranger.until for stranger in self._met.get(key, {}).values())

    def part(self, key: Key, name: ChildName) -> None:
        """A watch shows, or showed, it after all."""
        self._met.get(key, {}).pop(name, None)

    def drop(self, uid: str) -> frozenset[Key]:
        """It is no more. All are gone through: there are few."""
        found = [(key, name) for key, met in self._met.items() for name, one in met.items() if one.child.uid == uid]
        for key, name in found:
            self.part(key, name)
        return frozenset(key for key, _ in found)

    def forget(self, key: Key) -> None:
        self._met.pop(key, None)
