"""A store that is told what was recorded, and what somebody changed in it."""

import copy
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.store import AnyKey, Key, Store
from leadsman.planner.world import Child, Route, World
from unit.controller.recordings import NAMESPACE, SERVICE, recorded

Object = dict[str, Any]
KEY = Key(NAMESPACE, SERVICE)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}
START = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def everything() -> dict[str, Object]:
    """All that was recorded of the service, by kind and name; what is not on simulated nodes is left out."""
    files = ("ours", "deployments", "pods", "services", "endpoint_slices", "guards", "config_maps")
    objects = [raw for file in files for raw in recorded(file).values()]
    return {named(raw): raw for raw in objects if raw["metadata"].get("namespace", NAMESPACE) == NAMESPACE}


def named(raw: Object) -> str:
    name = raw["metadata"]["name"]
    return (
        f"{raw['kind']}/{raw['metadata'].get('generateName', name)}"
        if raw["kind"] == "EndpointSlice"
        else f"{raw['kind']}/{name}"
    )


class Telling:
    """Objects as an API server keeps them: each change has a higher resource version."""

    def __init__(self, *, listed: bool = True) -> None:
        self.now = START
        self.store = Store(lambda: self.now, providers=frozenset({"default"}))
        self.objects = everything() if listed else {}
        self.versions = itertools.count(100_000)
        self.uids = itertools.count()
        for raw in self.objects.values():
            self.store.observe(KINDS[raw["kind"]], None, raw)

    def change(self, name: str, part: str, **fields: Any) -> Object:
        """What the object is from now on; nobody was told yet.

        Args:
            name: kind and name.
            part: the field in which others are set, such as `status`, or `metadata.labels`.
            fields: set there, save None: that is removed.
        """
        raw = self.objects[name] = copy.deepcopy(self.objects[name])
        place = raw
        for step in part.split("."):
            place = place.setdefault(step, {})
        place.update(fields)
        for gone in [key for key, value in fields.items() if value is None]:
            del place[gone]
        return self.stamp(raw)

    def stamp(self, raw: Object) -> Object:
        raw["metadata"]["resourceVersion"] = str(next(self.versions))
        return raw

    def new(self, name: str, like: str, **metadata: Any) -> Object:
        """Another object, with a UID of its own."""
        raw = copy.deepcopy(everything()[like])
        raw["metadata"] |= {"name": name, "uid": f"uid-{next(self.uids)}", **metadata}
        self.objects[named(raw)] = raw
        return self.stamp(raw)

    def tell(self, raw: Object, event: str | None = "MODIFIED") -> frozenset[AnyKey]:
        return self.store.observe(KINDS[raw["kind"]], event, raw)

    def looked_at(self, key: Key = KEY) -> World | Unreadable | None:
        return self.store.world(key, signals={}, template=None, now=self.now)

    def world(self, key: Key = KEY) -> World:
        found = self.looked_at(key)
        assert isinstance(found, World)
        return found

    def pass_seconds(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def essence(found: World | Unreadable | None) -> World | Unreadable | None:
    """But for resource versions, and for when something changed."""
    if not isinstance(found, World):
        return replace(found, resource_version="") if found else None
    return replace(
        found,
        service=replace(found.service, resource_version="", changed_at=None),
        revisions=tuple(replace(one, resource_version="") for one in found.revisions),
        workloads={name: replace(one, resource_version="") for name, one in found.workloads.items()},
        apex=_route(found.apex),
        preview=_route(found.preview),
        others={name: _child(one) for name, one in found.others.items()},
    )


def _route(route: Route | None) -> Route | None:
    return replace(route, resource_version="") if route else None


def _child(child: Child) -> Child:
    return replace(child, resource_version="")
