"""Objects of a service on a real API server, written as the operator writes them."""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.children import NEW, NOW, OLD, described, planned, revision_spec, service, world
from harness.cluster import Object, Space
from leadsman.clients.errors import Conflict, NotFound
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.children import Children
from leadsman.controller.apply.trial import Trials
from leadsman.controller.store import Key, Store
from leadsman.planner.children import Wanted
from leadsman.planner.plan import Operation
from leadsman.planner.world import Service, World

_KINDS = "deployments,services,configmaps,networkpolicies,poddisruptionbudgets"
_ROUNDS = 50


@dataclass(frozen=True)
class Live:
    space: Space
    api: Kubernetes
    of: Service
    records: Mapping[str, str]
    """UIDs of the AIRevisions."""

    def listed(self) -> list[Object]:
        return json.loads(self.space.kubectl("get", _KINDS, "-o", "json").stdout)["items"]

    def world(self) -> World:
        return world(self.of, self.listed())

    def again(self, uid: str) -> "Live":
        """The same service, as another object."""
        return replace(self, of=replace(self.of, uid=uid))

    def planned(self, to_be: Wanted) -> tuple[Operation, ...]:
        return planned(self.world(), to_be, self.records)

    async def carry_out(self, operations: Iterable[Operation]) -> None:
        """What the store learns of it is not used: all objects are read anew before each plan."""
        children = Children(self.api, Store(lambda: NOW), Trials(self.api))
        key = Key(self.space.name, self.of.name)
        for one in operations:
            await children.carry_out(key, one)

    async def settle(self, to_be: Wanted) -> list[str]:
        """Until nothing is left to do, and nothing is on its way out. What was done."""
        done: list[str] = []
        for _ in range(_ROUNDS):
            operations = self.planned(to_be)
            if not operations and not any("deletionTimestamp" in one["metadata"] for one in self.listed()):
                return done
            with contextlib.suppress(Conflict, NotFound):  # a controller was here in between: look again, as always
                for one in operations:
                    await self.carry_out([one])
                    done += described([one])
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
