"""A cluster in memory in which everything goes well: pods are ready as soon as they are asked for.

It carries out plans, as the operator does, and shows the world that comes of it. How pods fared in the past is not in
the metrics of a service, so that here they fare well, and only its monitors and budgets judge a change.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, LedgerEntry
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner import children
from leadsman.planner.core import plan
from leadsman.planner.labels import APPLIED, PREFIX, REVISION
from leadsman.planner.plan import Create, Delete, Dossier, Operation, Plan, Replace, Scale
from leadsman.planner.world import (
    Child,
    ChildKind,
    Revision,
    Route,
    Service,
    Signal,
    TemplateCheck,
    Workload,
    World,
)

Object = Mapping[str, Any]
ROUNDS: Final = 50
"""Of plans, until nothing is left to do at a moment."""


@dataclass(slots=True, kw_only=True)
class _Thing:
    """A child."""

    kind: ChildKind
    raw: dict[str, Any]
    uid: str
    version: str
    content: str


@dataclass(slots=True, kw_only=True)
class Cluster:
    """With one service."""

    namespace: str
    name: str
    raw: Object
    """The service's spec."""
    providers: frozenset[str] = frozenset()
    status: AIServiceStatus = field(default_factory=AIServiceStatus)
    revisions: dict[str, Revision] = field(default_factory=dict[str, Revision])
    entries: list[LedgerEntry] = field(default_factory=list[LedgerEntry])
    """The ledger, as it was written."""
    _created_at: datetime | None = None
    _generation: int = 1
    _check: TemplateCheck | None = None
    _things: dict[tuple[ChildKind, str], _Thing] = field(default_factory=dict[tuple[ChildKind, str], _Thing])
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def apply(self, raw: Object) -> None:
        """Another spec."""
        self.raw = raw
        self._generation += 1

    def settle(self, now: datetime, signals: Mapping[tuple[str, str], Signal]) -> Plan:
        """Plans and carries out, until there is nothing to do before something is measured or time passes.

        Args:
            now: the time.
            signals: what monitors say, by revision and monitor.

        Raises:
            RuntimeError: the plans never end: a bug.
        """
        for _ in range(ROUNDS):
            made = plan(self.world(now, signals), now)
            if made.trial is not None:
                self._check = TemplateCheck(digest=made.trial.digest, accepted=True, at=now)
            elif not self._carry_out(made, now):
                return made
        raise RuntimeError("plans that never end")

    def world(self, now: datetime, signals: Mapping[tuple[str, str], Signal]) -> World:
        """As whoever decides sees it."""
        self._created_at = self._created_at or now
        return World(
            service=self._service(self._created_at),
            revisions=tuple(self.revisions.values()),
            workloads={name: _workload(each) for (kind, name), each in self._things.items() if kind is _DEPLOYMENT},
            apex=self._route(self.name),
            preview=self._route(children.preview_name(self.name)),
            others={key: Child(**_fields(each)) for key, each in self._things.items() if key[0] not in _SEEN},
            template=self._check,
            signals=signals,
            providers=self.providers,
        )

    def _service(self, created_at: datetime) -> Service:
        return Service(
            namespace=self.namespace,
            name=self.name,
            uid="uid-of-the-service",
            generation=self._generation,
            resource_version=str(self._generation),
            created_at=created_at,
            raw=self.raw,
            spec=AIServiceSpec.from_dict(self.raw),
            status=self.status,
        )

    def _route(self, name: str) -> Route | None:
        found = self._things.get((ChildKind.SERVICE, name))
        if found is None:
            return None
        selector: Mapping[str, str] = found.raw["spec"]["selector"]
        deployments = (each for (kind, _), each in self._things.items() if kind is _DEPLOYMENT)
        selected = (each for each in deployments if selector.get(REVISION) in {None, each.raw["metadata"]["name"]})
        ready = {each.raw["metadata"]["name"]: each.raw["spec"]["replicas"] for each in selected}
        return Route(**_fields(found), selector=selector, ready={name: pods for name, pods in ready.items() if pods})

    def _carry_out(self, made: Plan, now: datetime) -> bool:
        """Did anything change?"""
        for dossier in made.dossiers:
            self._record(dossier, now)
        for operation in made.operations:
            self._operate(operation)
        self.entries += made.entries
        before, self.status = self.status, made.status or self.status
        return bool(made.dossiers or made.operations or made.partial) or self.status != before

    def _record(self, dossier: Dossier, now: datetime) -> None:
        if dossier.create is not None:
            self.revisions[dossier.revision] = Revision(
                name=dossier.revision,
                uid=self._uid(),
                resource_version="1",
                created_at=now.replace(microsecond=0),
                spec=AIRevisionSpec.from_dict(dossier.create["spec"]),
                status=AIRevisionStatus(),
                labels=dossier.create["metadata"]["labels"],
            )
        self.revisions[dossier.revision] = replace(self.revisions[dossier.revision], status=dossier.status)

    def _operate(self, operation: Operation) -> None:
        match operation:
            case Create(kind=kind, object=raw) | Replace(kind=kind, object=raw):
                self._put(kind, raw)
            case Scale(revision=name, replicas=replicas):
                found = self._things[_DEPLOYMENT, name]
                found.raw["spec"] = {**found.raw["spec"], "replicas": replicas}
                found.version = self._uid()
            case Delete(kind=kind, name=name):
                del self._things[kind, name]

    def _put(self, kind: ChildKind, raw: Object) -> None:
        name: str = raw["metadata"]["name"]
        content = children.content(kind, raw)
        metadata = dict(raw["metadata"])
        if kind is _DEPLOYMENT:
            metadata["annotations"] = {**metadata.get("annotations", {}), APPLIED: content}
        old = self._things.get((kind, name))
        self._things[kind, name] = _Thing(
            kind=kind,
            raw={**raw, "metadata": metadata},
            uid=old.uid if old else self._uid(),
            version=self._uid(),
            content=content,
        )

    def _uid(self) -> str:
        return f"uid-{next(self._numbers)}"


_DEPLOYMENT: Final = ChildKind.DEPLOYMENT
_SEEN: Final = frozenset({ChildKind.DEPLOYMENT, ChildKind.SERVICE})
"""By fields of their own."""


def _workload(thing: _Thing) -> Workload:
    pods: int = thing.raw["spec"]["replicas"]
    return Workload(**_fields(thing), replicas=pods, pods=pods, ready=pods, observed=True)


def _fields(thing: _Thing) -> dict[str, Any]:
    metadata: Object = thing.raw["metadata"]
    owners: list[Object] = metadata.get("ownerReferences") or []
    owner: Object = owners[0] if owners else {}
    annotations: Mapping[str, str] = metadata.get("annotations", {})
    return {
        "kind": thing.kind,
        "name": metadata["name"],
        "uid": thing.uid,
        "resource_version": thing.version,
        "owner_uid": owner.get("uid"),
        "owner": f"{owner['kind']}/{owner['name']}" if owner else "",
        "labels": metadata.get("labels", {}),
        "annotations": {key: value for key, value in annotations.items() if key.startswith(PREFIX)},
        "content": thing.content,
    }
