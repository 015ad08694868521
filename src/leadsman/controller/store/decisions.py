"""AIDecisions by service."""

from collections.abc import Mapping
from typing import Any, Final

from leadsman.controller.observe.decisions import UnreadableAct, act
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.store.key import Key
from leadsman.controller.store.shelf import Shelf
from leadsman.planner.world import Act


class Decisions:
    def __init__(self) -> None:
        self.shelf: Final[Shelf[Act | UnreadableAct]] = Shelf(_act)

    def acts(self, key: Key) -> tuple[Act, ...]:
        """About a service, oldest first."""
        found = (one for one in self.shelf.of(key).values() if isinstance(one, Act))
        return tuple(sorted(found, key=lambda one: (one.created_at, one.name)))


def _act(seen: Metadata, raw: Mapping[str, Any], _: Act | UnreadableAct | None) -> tuple[str, Act | UnreadableAct]:
    return act(seen, raw)
