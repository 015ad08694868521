"""GovernancePolicies, and the labels of namespaces, by which they select: which of them are about a service?"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.policies import Scope, scope
from leadsman.controller.observe.services import Declared, Unreadable
from leadsman.controller.store.key import Key
from leadsman.controller.store.shelf import Change, Place, Shelf
from leadsman.planner.governance import Policy
from leadsman.planner.world import Service

Labels = Mapping[str, str]


class Policies:
    def __init__(self) -> None:
        self._scopes: Final[Shelf[Scope]] = Shelf(_scope)
        self._namespaces: Final[Shelf[Labels]] = Shelf(_labels)

    def shelves(self) -> Mapping[Kind, Shelf[Any]]:
        return {kinds.GOVERNANCE_POLICY: self._scopes, kinds.NAMESPACE: self._namespaces}

    def owns(self, shelf: Shelf[Any]) -> bool:
        return any(shelf is one for one in (self._scopes, self._namespaces))

    def of(self, service: Service, labels: Labels) -> tuple[Policy, ...]:
        """By name."""
        around = self._namespaces.get(("", service.namespace))
        tier = service.spec.risk.tier
        found = (one.to_policy() for _, one in self._scopes.items() if one.may_cover(tier, labels, around))
        return tuple(sorted(found, key=lambda one: one.name))

    def concerned(
        self, shelf: Shelf[Any], change: Change[Any], services: Iterable[tuple[Place, Declared]]
    ) -> frozenset[Key]:
        """All services are gone through: so rarely does the risk office change its mind."""
        if shelf is self._namespaces:
            _, name = change.place
            return frozenset(Key(*place) for place, _ in services if place[0] == name)
        scopes = [one for one in (change.before, change.after) if one is not None]
        return frozenset(
            Key(*place) for place, found in services if any(self._may_cover(one, place[0], found) for one in scopes)
        )

    def _may_cover(self, one: Scope, namespace: str, found: Declared) -> bool:
        if isinstance(found.service, Unreadable):
            return True
        return one.may_cover(found.service.spec.risk.tier, found.labels, self._namespaces.get(("", namespace)))


def _scope(seen: Metadata, raw: Mapping[str, Any], _: Scope | None) -> tuple[None, Scope]:
    return None, scope(seen, raw)


def _labels(seen: Metadata, _: Mapping[str, Any], __: Labels | None) -> tuple[None, Labels]:
    return None, seen.labels
