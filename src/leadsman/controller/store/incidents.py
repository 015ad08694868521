"""What went wrong, by service."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.incidents import incident
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.store.key import Key
from leadsman.controller.store.shelf import Shelf
from leadsman.planner.governance import Incident


class Incidents:
    def __init__(self) -> None:
        self._incidents: Final[Shelf[Incident]] = Shelf(_incident)

    def shelves(self) -> Mapping[Kind, Shelf[Any]]:
        return {kinds.AI_INCIDENT: self._incidents}

    def owns(self, shelf: Shelf[Any]) -> bool:
        return shelf is self._incidents

    def all(self) -> Iterator[Incident]:
        return (one for _, one in self._incidents.items())

    def of(self, key: Key) -> tuple[Incident, ...]:
        """About a service, whether or not there is one, oldest first."""
        return tuple(sorted(self._incidents.of(key).values(), key=lambda one: (one.created_at, one.name)))


def _incident(seen: Metadata, raw: Mapping[str, Any], _: Incident | None) -> tuple[str, Incident]:
    return incident(seen, raw)
