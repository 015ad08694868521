"""Who may call the pods, and how many of them may be evicted at once."""

from collections.abc import Mapping

from leadsman.api.v1alpha1.aiservice import Access
from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.labels import EVALUATION, SERVICE
from leadsman.planner.world import ChildKind, Service


def render_disruption_budget(service: Service) -> Rendered:
    """One for all revisions: while two share the traffic, they are one capacity, of which one pod may be missing.

    With one for each, two pods could go at once; and where two select a pod, the API server evicts it never. Pods that
    are not ready may always be evicted: a candidate that never gets ready must not keep a node from being drained.
    """
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": {SERVICE: service.name}},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return _named_like_the_service(service, ChildKind.POD_DISRUPTION_BUDGET, spec)


def render_network_policy(service: Service, access: Access) -> Rendered:
    """No rule at all allows nobody; a rule without peers would allow everybody. Its evaluations may always ask."""
    peers: list[dict[str, object]] = [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
        for namespace in sorted(allowed.namespace for allowed in access.allow_from)
    ]
    if service.spec.gates:
        peers.append({"podSelector": {"matchLabels": {SERVICE: EVALUATION}}})
    spec = {
        "podSelector": {"matchLabels": {SERVICE: service.name}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": peers}] if peers else [],
    }
    return _named_like_the_service(service, ChildKind.NETWORK_POLICY, spec)


def _named_like_the_service(service: Service, kind: ChildKind, spec: Mapping[str, object]) -> Rendered:
    origin = Origin(namespace=service.namespace, service=service.name, owner=service_owner(service))
    return Rendered(kind=kind, name=service.name, origin=origin, body={"spec": spec})
