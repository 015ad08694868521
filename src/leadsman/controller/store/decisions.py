"""What people decided, by service, and whether it is protected: then it is certain who they are."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.decisions import UnreadableAct, act
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.store.key import Key
from leadsman.controller.store.protection import Protection
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.planner.governance import Act


class Decisions:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.protection: Final = Protection(clock)
        self._acts: Final[Shelf[Act | UnreadableAct]] = Shelf(_act)

    def shelves(self) -> Mapping[Kind, Shelf[Any]]:
        return {kinds.AI_DECISION: self._acts, **self.protection.shelves()}

    def owns(self, shelf: Shelf[Any]) -> bool:
        return any(shelf is one for one in self.shelves().values())

    def acts(self, key: Key) -> tuple[Act, ...]:
        """About a service, whether or not there is one, oldest first."""
        found = (one for one in self._acts.of(key).values() if isinstance(one, Act))
        return tuple(sorted(found, key=lambda one: (one.created_at, one.name)))

    def concerned(self, shelf: Shelf[Any], change: Change[Any], services: Iterable[Place]) -> frozenset[Key]:
        """Also a service that does not exist: what was decided about it shall say so."""
        if shelf is self._acts:
            return change.owners
        self.protection.changed(change)
        return frozenset(Key(*place) for place in services)


def _act(seen: Metadata, raw: Mapping[str, Any], _: Act | UnreadableAct | None) -> tuple[str, Act | UnreadableAct]:
    return act(seen, raw)
