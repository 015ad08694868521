"""Are all admission policies that stamp and guard decisions in force, unaltered, and since when?"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.protection import Guard, guard
from leadsman.controller.protection.expected import expected
from leadsman.controller.store.shelf import Change, Reader, Shelf

GUARDING: Final = (
    kinds.MUTATING_ADMISSION_POLICY,
    kinds.MUTATING_ADMISSION_POLICY_BINDING,
    kinds.VALIDATING_ADMISSION_POLICY,
    kinds.VALIDATING_ADMISSION_POLICY_BINDING,
)


class Protection:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._shelves: Final[Mapping[Kind, Shelf[Guard]]] = {kind: Shelf(_reader(kind)) for kind in GUARDING}
        self._touched: datetime | None = None
        """When one of them was last seen to change. What an object says of its past may be written by hand."""

    def shelves(self) -> Mapping[Kind, Shelf[Guard]]:
        return self._shelves

    def owns(self, shelf: Shelf[Any]) -> bool:
        return any(shelf is one for one in self._shelves.values())

    def changed(self, change: Change[Guard]) -> None:
        before, after = change.before, change.after
        if before is not None and (after is None or after.generation != before.generation):
            self._touched = self._clock()

    @property
    def since(self) -> datetime | None:
        """None: one of them is not there, or is not what it should be."""
        if self.problem:
            return None
        times = [one.since for shelf in self._shelves.values() for _, one in shelf.items() if one.since is not None]
        return max((*times, *((self._touched,) if self._touched is not None else ())))

    @property
    def problem(self) -> str:
        """Which, and what is wrong with it."""
        there = {(kind.name, one.name): one for kind, shelf in self._shelves.items() for _, one in shelf.items()}
        for kind, name in expected():
            found = there.get((kind, name))
            if found is None:
                return f"{kind} {name} is not there"
            if found.problem:
                return f"{kind} {name}: {found.problem}"
        return ""


def _reader(kind: Kind) -> Reader[Guard]:
    def read(seen: Metadata, raw: Mapping[str, Any], _: Guard | None, /) -> tuple[None, Guard] | None:
        wanted = expected().get((kind.name, seen.name))
        return (None, guard(seen, raw, wanted)) if wanted is not None else None

    return read
