"""Who may call the pods: NetworkPolicies. Several that select a pod allow together, so each pod is selected by one.

    <service>           all pods but hidden ones: namespaces of spec.access, evaluations, scrapers
    <service>-preview   pods of the hidden revision, in the dark: evaluations, scrapers

Probes come from the pod's own node, which no NetworkPolicy keeps out.
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.children.service import preview_name
from leadsman.planner.labels import EVALUATION, REVISION, RUN, SERVICE
from leadsman.planner.world import ChildKind, Service

Json = dict[str, Any]

_EVALUATIONS: Final[Json] = {
    "podSelector": {
        "matchLabels": {SERVICE: EVALUATION},
        "matchExpressions": [{"key": RUN, "operator": "Exists"}],
    }
}
"""Pods of evaluations, in this namespace. Who else carries the label of a run is refused at admission."""


def render_network_policies(
    service: Service, scrapers: Iterable[str], hidden: str | None, *, evaluated: bool
) -> Iterator[Rendered]:
    """The one that shuts first. Without spec.access none: nothing is restricted.

    Args:
        service: whose pods.
        scrapers: namespaces from which metrics are scraped.
        hidden: the revision that nobody calls but its evaluations.
        evaluated: are there gates, so that evaluations call what serves?
    """
    access = service.spec.access
    if access is None:
        return
    watching = [_namespace(name) for name in sorted(set(scrapers))]
    pods: Json = {"matchLabels": {SERVICE: service.name}}
    if hidden is not None:
        of_hidden = {"matchLabels": {SERVICE: service.name, REVISION: hidden}}
        yield _rendered(service, preview_name(service.name), of_hidden, [_EVALUATIONS, *watching])
        pods["matchExpressions"] = [{"key": REVISION, "operator": "NotIn", "values": [hidden]}]
    peers = [_EVALUATIONS] if evaluated else []
    callers = sorted({allowed.namespace for allowed in access.allow_from}.difference(scrapers))
    yield _rendered(service, service.name, pods, [*map(_namespace, callers), *peers, *watching])


def _namespace(name: str) -> Json:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _rendered(service: Service, name: str, pods: Json, peers: list[Json]) -> Rendered:
    """No rule at all allows nobody; a rule without peers would allow everybody."""
    spec = {"podSelector": pods, "policyTypes": ["Ingress"], "ingress": [{"from": peers}] if peers else []}
    origin = Origin(namespace=service.namespace, service=service.name, owner=service_owner(service))
    return Rendered(kind=ChildKind.NETWORK_POLICY, name=name, origin=origin, body={"spec": spec})
