"""Which services name a ConfigMap as their input, and what is known of those that no watch shows.

Inputs are watched by their label. One without it, or one that is missing, tells nobody when that changes: it is looked
at again after a while.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from leadsman.controller.observe.inputs import present
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.store.key import Key
from leadsman.controller.store.shelf import Place, Shelf
from leadsman.planner.world import Input, InputState

LOOK_AGAIN: Final = timedelta(seconds=30)


class Absence(NamedTuple):
    state: InputState
    """MISSING or NOT_LABELLED."""
    until: datetime
    """When it is to be looked at again."""


class Inputs:
    def __init__(self) -> None:
        self.present: Final[Shelf[Input]] = Shelf(_present)
        self._named: dict[Key, frozenset[str]] = {}
        self._users: dict[Place, set[Key]] = {}
        self._absences: dict[Place, Absence] = {}

    def name(self, key: Key, names: frozenset[str]) -> None:
        """What the service asks for, in place of what it asked for before."""
        before = self._named.pop(key, frozenset())
        if names:
            self._named[key] = names
        for gone in before - names:
            self._leave(key, (key.namespace, gone))
        for new in names - before:
            self._users.setdefault((key.namespace, new), set()).add(key)

    def named(self, key: Key) -> frozenset[str]:
        return self._named.get(key, frozenset())

    def one(self, place: Place, now: datetime) -> Input:
        """What nobody has looked up is missing: nothing is decided on it."""
        return self.known(place, now) or Input(name=place[1], state=InputState.MISSING)

    def known(self, place: Place, now: datetime) -> Input | None:
        """None: nobody has looked lately."""
        absent = self.absence(place, now)
        return self.present.get(place) or (Input(name=place[1], state=absent) if absent is not None else None)

    def unresolved(self, key: Key, now: datetime, *, spared: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """That the service names, that no watch shows, and that nobody has looked up lately."""
        places = ((key.namespace, name) for name in sorted(self.named(key) - spared))
        return tuple(
            place[1] for place in places if self.present.get(place) is None and self.absence(place, now) is None
        )

    def users(self, place: Place) -> frozenset[Key]:
        return frozenset(self._users.get(place, ()))

    def note_absence(self, place: Place, absence: Absence) -> None:
        if place in self._users and self.present.get(place) is None:
            self._absences[place] = absence

    def forget_absence(self, place: Place) -> None:
        self._absences.pop(place, None)

    def absence(self, place: Place, now: datetime) -> InputState | None:
        """None: nobody has looked lately."""
        found = self._absences.get(place)
        return found.state if found is not None and now < found.until else None

    def look_again_at(self, key: Key) -> Iterable[datetime]:
        places = ((key.namespace, name) for name in self.named(key))
        return (self._absences[place].until for place in places if place in self._absences)

    def _leave(self, key: Key, place: Place) -> None:
        users = self._users[place]
        users.discard(key)
        if not users:
            del self._users[place]
            self.forget_absence(place)


def _present(seen: Metadata, raw: Mapping[str, Any], _: Input | None) -> tuple[None, Input] | None:
    found = present(seen, raw)
    return (None, found) if found else None
