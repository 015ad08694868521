"""Objects of a service as the planner sees them, from their JSON; and services to make them for."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.controller.observe import children as observed
from leadsman.controller.observe.metadata import metadata
from leadsman.planner.children import Wanted, carried, copy_name, operations, sealed
from leadsman.planner.plan import Create, Delete, Operation, Replace, Scale
from leadsman.planner.revisions.digests import input_digest
from leadsman.planner.revisions.templates import render_template
from leadsman.planner.world import Child, ChildKind, Input, InputState, Route, Service, Workload, World

Json = dict[str, Any]
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SPEC: Json = {
    "owner": {"team": "support-ai", "accountable": "dana@example.com"},
    "purpose": {"intendedUse": "Drafts replies that a support agent reviews before sending."},
    "risk": {"tier": "Limited"},
    "model": {"name": "support-llm", "version": "2026.11.1"},
    "inputs": [{"configMap": "prompts"}],
    "replicas": 4,
    "service": {"ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    "access": {"allowFrom": [{"namespace": "support"}]},
    "template": {
        "metadata": {"labels": {"app": "support"}},
        "spec": {
            "containers": [{"name": "main", "image": "simulated", "envFrom": [{"configMapRef": {"name": "prompts"}}]}]
        },
    },
}
PROMPTS: Json = {"data": {"system": "Be kind."}}
OLD, NEW = "assistant-1111111111", "assistant-2222222222"
"""Revisions."""
COPY_OF_OLD, COPY_OF_NEW = copy_name("prompts", OLD), copy_name("prompts", NEW)
WIDE = {"leadsman.dev/service": "assistant"}
"""What the apex selects while two revisions share the traffic."""


def service(namespace: str = "support", name: str = "assistant", uid: str = "service-1", **changes: Any) -> Service:
    """With these fields of its spec changed; None leaves one out."""
    raw = {key: value for key, value in {**SPEC, **changes}.items() if value is not None}
    return Service(
        namespace=namespace,
        name=name,
        uid=uid,
        generation=1,
        resource_version="1",
        created_at=NOW,
        raw=raw,
        spec=AIServiceSpec.from_dict(raw),
        status=AIServiceStatus(),
    )


def revision_spec(of: Service, revision: str) -> AIRevisionSpec:
    """As recorded while PROMPTS were what the inputs held."""
    inputs = [named["configMap"] for named in of.raw.get("inputs", ())]
    copies = {name: copy_name(name, revision) for name in inputs}
    return AIRevisionSpec.from_dict(
        {
            "service": {"name": of.name, "uid": of.uid},
            "number": 1,
            "digest": "sha256:" + "0" * 64,
            "template": render_template(of.raw["template"], service=of.name, revision=revision, copies=copies),
            "model": of.raw["model"],
            "inputs": [
                {"configMap": name, "copy": copy, "digest": input_digest(PROMPTS)} for name, copy in copies.items()
            ],
        }
    )


def world(of: Service, objects: Iterable[Json] = (), prompts: Json | None = PROMPTS) -> World:
    """With these objects there, of whatever kind, and the inputs all as `prompts`."""
    seen = [child(one) for one in objects]
    routes = {one.name: one for one in seen if isinstance(one, Route)}
    names = [named["configMap"] for named in of.raw.get("inputs", ()) if prompts is not None]
    held: Json = {"state": InputState.PRESENT, "digest": input_digest(prompts or {}), "data": prompts or {}}
    return World(
        service=of,
        workloads={one.name: one for one in seen if isinstance(one, Workload)},
        apex=routes.get(of.name),
        preview=routes.get(f"{of.name}-preview"),
        others={(one.kind, one.name): one for one in seen if not isinstance(one, Workload | Route)},
        inputs={name: Input(name=name, **held) for name in names},
    )


def child(live: Mapping[str, Any]) -> Child:
    """As the operator reads it."""
    seen = metadata(live)
    assert seen is not None
    return observed.child(ChildKind(live["kind"]), seen, live)


class Stored:
    """Objects that are stored as they are written, to be edited at will.

    What an API server makes of them, and what it refuses, is for the integration tests to show.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        """By kind and name: `Deployment/assistant-1`."""
        self._versions = count(1)

    def __iter__(self) -> Iterator[Json]:
        return iter(self.objects.values())

    def edit(self, key: str) -> Json:
        """To be changed in place."""
        self.objects[key]["metadata"]["resourceVersion"] = str(next(self._versions))
        return self.objects[key]

    def put(self, made: Json, **metadata: Any) -> Json:
        """With these fields of its metadata."""
        key, version = f"{made['kind']}/{made['metadata']['name']}", str(next(self._versions))
        known = {"uid": f"uid-{version}", **made["metadata"], "resourceVersion": version}
        self.objects[key] = copy.deepcopy({**made, "metadata": {**known, **metadata}})
        return self.objects[key]

    def carry_out(self, operations: Iterable[Operation]) -> None:
        for one in operations:
            match one:
                case Create(object=made):
                    self.put(_sealed(made))
                case Replace(object=made):
                    self.put(_sealed(carried(one, self.objects[f"{one.kind}/{made['metadata']['name']}"])))
                case Scale(revision=revision, replicas=replicas):
                    self.edit(f"Deployment/{revision}")["spec"]["replicas"] = replicas
                case Delete(kind=kind, name=name):
                    del self.objects[f"{kind}/{name}"]


def _sealed(made: Mapping[str, Any]) -> Json:
    return sealed(made, made) if made["kind"] == ChildKind.DEPLOYMENT else dict(made)


def described(operations: Iterable[Operation]) -> list[str]:
    """A plan to be read: `create Deployment assistant-1 x4`."""
    return [_described(one) for one in operations]


def _described(operation: Operation) -> str:
    match operation:
        case Create(kind=kind, object=made):
            return f"create {kind} {made['metadata']['name']}{_pods(made)}"
        case Replace(kind=kind, object=made, drift=drift):
            return f"{'put back' if drift else 'change'} {kind} {made['metadata']['name']}{_pods(made)}"
        case Scale(revision=revision, replicas=replicas):
            return f"scale {revision} x{replicas}"
        case Delete(kind=kind, name=name):
            return f"delete {kind} {name}"


def _pods(made: Mapping[str, Any]) -> str:
    return f" x{made['spec']['replicas']}" if made["kind"] == ChildKind.DEPLOYMENT else ""


def narrow(revision: str) -> dict[str, str]:
    return {**WIDE, "leadsman.dev/revision": revision}


def wanted(apex: dict[str, str] | None = None, preview: dict[str, str] | None = None, **replicas: int) -> Wanted:
    """Of the revisions `old` and `new`."""
    names = {"old": OLD, "new": NEW}
    return Wanted(deployments={names[key]: value for key, value in replicas.items()}, apex=apex, preview=preview)


RESTING = wanted(old=4, apex=narrow(OLD))


RECORDS = {OLD: "record-1", NEW: "record-2"}
"""UIDs of the AIRevisions."""


def planned(seen: World, to_be: Wanted, records: Mapping[str, str] = RECORDS) -> tuple[Operation, ...]:
    return operations(seen, to_be, {name: revision_spec(seen.service, name) for name in (OLD, NEW)}, records)


def settled(of: Service, *ways: Wanted) -> Stored:
    """As it comes to be, one state after the other, each until there is nothing more to do."""
    stored = Stored()
    for way in ways:
        for _ in range(4):
            stored.carry_out(planned(world(of, stored), way))
        assert planned(world(of, stored), way) == ()
    return stored


def containers(stored: Stored, revision: str) -> list[Json]:
    return stored.edit(f"Deployment/{revision}")["spec"]["template"]["spec"]["containers"]
