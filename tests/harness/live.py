"""Objects of a service on a real API server, written as the operator writes them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.children import NEW, NOW, OLD, described, planned, revision_spec, service, world
from harness.cluster import Object, Space
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.children import Children
from leadsman.controller.store import Key, Store
from leadsman.planner.children import Wanted
from leadsman.planner.plan import Operation
from leadsman.planner.world import Service, World

_KINDS = "deployments,services,configmaps,networkpolicies,poddisruptionbudgets"
_ROUNDS = 5


@dataclass(frozen=True)
class Live:
    space: Space
    api: Kubernetes
    of: Service
    records: Mapping[str, str]
    """UIDs of the AIRevisions."""

    def world(self) -> World:
        listed = json.loads(self.space.kubectl("get", _KINDS, "-o", "json").stdout)
        return world(self.of, listed["items"])

    def planned(self, to_be: Wanted) -> tuple[Operation, ...]:
        return planned(self.world(), to_be, self.records)

    async def carry_out(self, operations: Iterable[Operation]) -> None:
        """What the store learns of it is not used: all objects are read anew before each plan."""
        children, key = Children(self.api, Store(lambda: NOW)), Key(self.space.name, self.of.name)
        for one in operations:
            await children.carry_out(key, one)

    async def settle(self, to_be: Wanted) -> list[str]:
        """Until nothing is left to do. What was done."""
        done: list[str] = []
        for _ in range(_ROUNDS):
            if not (operations := self.planned(to_be)):
                return done
            await self.carry_out(operations)
            done += described(operations)
        raise AssertionError(f"no end of it: {done}")


Serve = Callable[..., Live]
"""Makes a service, with these fields of its spec changed."""


def live(space: Space, api: Kubernetes, **changes: Any) -> Live:
    """A service with these fields of its spec changed, and the records of its two revisions."""
    of = service(space.name, **changes)
    owner = _made(space, {"kind": "AIService", "metadata": {"name": of.name}, "spec": dict(of.raw)})
    of = service(space.name, uid=owner["metadata"]["uid"], **changes)
    records = {
        name: _made(
            space, {"kind": "AIRevision", "metadata": {"name": name}, "spec": revision_spec(of, name).to_dict()}
        )["metadata"]["uid"]
        for name in (OLD, NEW)
    }
    return Live(space, api, of, records)


def _made(space: Space, made: Object) -> Object:
    written = {"apiVersion": "leadsman.dev/v1alpha1", **made}
    return json.loads(space.kubectl("create", "-f", "-", "-o", "json", stdin=json.dumps(written)).stdout)
