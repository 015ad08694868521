"""How many pods may be evicted at once?"""

from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.labels import SERVICE
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
    origin = Origin(namespace=service.namespace, service=service.name, owner=service_owner(service))
    return Rendered(kind=ChildKind.POD_DISRUPTION_BUDGET, name=service.name, origin=origin, body={"spec": spec})
