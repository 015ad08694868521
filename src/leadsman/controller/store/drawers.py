"""The services that draw on a budget, with what counts for it."""

from datetime import datetime
from typing import Final

from leadsman.controller.observe.budgets import Allotment
from leadsman.controller.observe.services import Declared
from leadsman.controller.store.holdings import Holdings
from leadsman.controller.store.key import Key
from leadsman.controller.store.policies import Policies
from leadsman.controller.store.shelf import Shelf
from leadsman.planner.budgets.drawing import Drawer, Place, first_traffic
from leadsman.planner.policies.monitors import monitors_of
from leadsman.planner.world import Service


class Drawers:
    def __init__(self, services: Shelf[Declared], holdings: Holdings, policies: Policies) -> None:
        self._services: Final = services
        self._holdings: Final = holdings
        self._policies: Final = policies
        self._first_traffic: Final[dict[str, datetime]] = {}
        """By UID of the service: it takes all its records to know, and stays."""

    def keys(self, one: Allotment) -> tuple[Key, ...]:
        found = self._services.items()
        return tuple(Key(*place) for place, each in found if place[0] == one.namespace and one.is_drawn_on_by(each))

    def of(self, one: Allotment) -> tuple[Drawer, ...]:
        """By name."""
        found = ((key, self._services.get(key)) for key in sorted(self.keys(one)))
        return tuple(
            self._drawer(key, each.service, each)
            for key, each in found
            if each is not None and isinstance(each.service, Service)
        )

    def forget(self, uid: str) -> None:
        """A service that is no more."""
        self._first_traffic.pop(uid, None)

    def _drawer(self, key: Key, service: Service, found: Declared) -> Drawer:
        monitors = monitors_of(service, self._policies.of(service, found.labels))
        return Drawer(place=Place(*key), monitors=monitors, first_traffic=self._first(key, service))

    def _first(self, key: Key, service: Service) -> datetime | None:
        known = self._first_traffic.get(service.uid)
        if known is None and (service.status.serving_revision or service.status.stage):
            known = first_traffic(self._holdings.revisions(key)[0])
            if known is not None:
                self._first_traffic[service.uid] = known
        return known
