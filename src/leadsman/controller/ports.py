"""What reconciling needs of the store and of the signals."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from leadsman.clients.kinds import Kind
from leadsman.planner.world import ChildKind

Key = tuple[str, str]
"""Namespace and name of an AIService."""
Refusals = Mapping[tuple[ChildKind, str], str]


class Store(Protocol):
    """What is known of the cluster, from watches and from the answers to our own writes."""

    def observe(self, kind: Kind, event_type: str | None, object: Mapping[str, Any]) -> Iterable[Key]:  # noqa: A002
        """What was seen of an object. The keys that this may concern; none for the echo of an own write."""
        ...

    def wrote(self, kind: Kind, object: Mapping[str, Any]) -> None:  # noqa: A002
        """The answer to an own write."""
        ...

    def drop(self, kind: Kind, uid: str) -> Iterable[Key]:
        """It is gone, and no watch said so."""
        ...

    def known(self, kind: Kind) -> Mapping[str, str]:
        """By UID, the resource version of what is known."""
        ...
