"""Is an object still as Leadsman made it? A digest of what counts in it."""

from collections.abc import Mapping
from typing import Any, Final

from leadsman.ledger.canonical import NotCanonicalError, digest
from leadsman.planner.revisions.digests import input_digest
from leadsman.planner.world import ChildKind

UNREADABLE: Final = "unreadable"
"""Of an object with a number that no digest can be made of. No digest equals it, so it is put back."""
_CLIENT_IP_SECONDS: Final = 10800
"""How long sessionAffinity ClientIP lasts where nobody says."""


def content(kind: ChildKind, live: Mapping[str, Any]) -> str:
    """The same for what Leadsman renders and for what the API server made of it, save for Deployments.

    A Deployment is taken whole, but for its replicas: mutating admission may add to it, so its digest is learnt from
    the API server (`sealed`). Of the other kinds only what Leadsman sets, or what would change whom traffic
    reaches; defaults are filled in here, so that a version of Kubernetes with another field changes nothing.
    """
    try:
        return digest(f"leadsman.dev/{kind.lower()}/v1", _counts(kind, live))
    except NotCanonicalError:
        return UNREADABLE


def copy_content(pinned: str) -> str:
    """Of the immutable copy of an input, from the input's digest alone: the data may be gone."""
    return digest(f"leadsman.dev/{ChildKind.CONFIG_MAP.lower()}/v1", {"input": pinned, "immutable": True})


def _counts(kind: ChildKind, live: Mapping[str, Any]) -> dict[str, Any]:
    spec: Mapping[str, Any] = live.get("spec") or {}
    match kind:
        case ChildKind.DEPLOYMENT:
            return {field: value for field, value in spec.items() if field != "replicas"}
        case ChildKind.SERVICE:
            return _service(spec)
        case ChildKind.CONFIG_MAP:
            return {"input": input_digest(live), "immutable": bool(live.get("immutable"))}
        case ChildKind.POD_DISRUPTION_BUDGET:
            fields = ("selector", "maxUnavailable", "minAvailable", "unhealthyPodEvictionPolicy")
            return {field: spec.get(field) for field in fields}
        case ChildKind.RISK_BUDGET:
            return {field: spec.get(field) for field in ("owner", "selector", "windowDays", "channels")}
        case ChildKind.NETWORK_POLICY:
            return {field: spec.get(field) or None for field in ("podSelector", "policyTypes", "ingress", "egress")}


def _service(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Not what the API server allocates: addresses, IP families, node ports."""
    affinity = spec.get("sessionAffinity") or "None"
    of_affinity: Mapping[str, Any] = spec.get("sessionAffinityConfig") or {}
    of_client_ip: Mapping[str, Any] = of_affinity.get("clientIP") or {}
    return {
        "type": spec.get("type") or "ClusterIP",
        "selector": spec.get("selector") or {},
        "ports": [_port(port) for port in spec.get("ports") or ()],
        "sessionAffinity": affinity,
        "sessionSeconds": of_client_ip.get("timeoutSeconds", _CLIENT_IP_SECONDS) if affinity == "ClientIP" else None,
        "externalName": spec.get("externalName") or None,
        "externalIPs": spec.get("externalIPs") or [],
        "publishNotReadyAddresses": bool(spec.get("publishNotReadyAddresses")),
        "internalTrafficPolicy": spec.get("internalTrafficPolicy") or "Cluster",
        "trafficDistribution": spec.get("trafficDistribution") or None,
    }


def _port(port: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": port.get("name"),
        "port": port["port"],
        "protocol": port.get("protocol") or "TCP",
        "targetPort": port.get("targetPort") or port["port"],
        "appProtocol": port.get("appProtocol"),
    }
