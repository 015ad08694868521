"""Objects that Leadsman made, or that stand where it would make one."""

from collections.abc import Mapping
from typing import Any, Final

from leadsman.clients import kinds
from leadsman.clients.errors import one_line
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.fields import condition, count, mapping, mappings, text, texts
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner import labels
from leadsman.planner.children.content import UNREADABLE, content
from leadsman.planner.world import Child, ChildKind, Route, Workload

CHILDREN: Final[Mapping[Kind, ChildKind]] = {
    kinds.DEPLOYMENT: ChildKind.DEPLOYMENT,
    kinds.SERVICE: ChildKind.SERVICE,
    kinds.CONFIG_MAP: ChildKind.CONFIG_MAP,
    kinds.POD_DISRUPTION_BUDGET: ChildKind.POD_DISRUPTION_BUDGET,
    kinds.NETWORK_POLICY: ChildKind.NETWORK_POLICY,
    kinds.RISK_BUDGET: ChildKind.RISK_BUDGET,
}


def child(kind: ChildKind, seen: Metadata, raw: Mapping[str, Any], kept: Child | None = None) -> Child:
    """Whoever made it.

    Args:
        kind: of the object.
        seen: its metadata.
        raw: the object.
        kept: what was read when it had the same spec, so that no digest is made again for a change of its status.
    """
    shared: dict[str, Any] = {
        "kind": kind,
        "name": seen.name,
        "uid": seen.uid,
        "resource_version": seen.resource_version,
        "owner_uid": seen.owner_uid,
        "owner": seen.owner,
        "labels": seen.labels,
        "annotations": {key: value for key, value in seen.annotations.items() if key.startswith(labels.PREFIX)},
        "content": kept.content if kept else _content(kind, raw),
        "deleting": seen.deleting,
    }
    match kind:
        case ChildKind.DEPLOYMENT:
            return _workload(shared, seen, raw)
        case ChildKind.SERVICE:
            spec = mapping(raw.get("spec"))
            return Route(**shared, selector=texts(spec.get("selector")), ready={}, address=_address(spec))
        case _:
            return Child(**shared)


def _address(spec: Mapping[str, Any]) -> str:
    host, ports = text(spec.get("clusterIP")), mappings(spec.get("ports"))
    if host in {"", "None"} or not ports:
        return ""
    return f"http://{f'[{host}]' if ':' in host else host}:{count(ports[0].get('port'))}"


def _content(kind: ChildKind, raw: Mapping[str, Any]) -> str:
    try:
        return content(kind, raw)
    except (AttributeError, KeyError, TypeError, ValueError):  # no API server would have let it in
        return UNREADABLE


def _workload(shared: Mapping[str, Any], seen: Metadata, raw: Mapping[str, Any]) -> Workload:
    spec, status = mapping(raw.get("spec")), mapping(raw.get("status"))
    failure = condition(status, "ReplicaFailure")
    refusal = text(failure.get("message")) or text(failure.get("reason"))
    return Workload(
        **shared,
        replicas=count(spec.get("replicas")),
        pods=count(status.get("replicas")),
        ready=count(status.get("readyReplicas")),
        observed=seen.generation > 0 and count(status.get("observedGeneration")) >= seen.generation,
        refusal=one_line(refusal) if failure.get("status") == "True" else "",
    )
