"""EndpointSlices: which pods a Service sends traffic to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.controller.observe.fields import mapping, mappings, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner import labels

SERVICE_NAME: Final = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class Slice:
    route: str
    """The Service whose it is."""
    ready: frozenset[str]
    """Pods, by name: a Service of two IP families, or with named ports, has each pod several times."""


def endpoint_slice(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Slice] | None:
    """With the AIService that it belongs to: the labels of a Service are put onto its slices, too."""
    service, route = seen.labels.get(labels.SERVICE), seen.labels.get(SERVICE_NAME)
    if not service or not route:
        return None
    names = (_ready_pod(endpoint) for endpoint in mappings(raw.get("endpoints")))
    return service, Slice(route, frozenset(name for name in names if name))


def _ready_pod(endpoint: Mapping[str, Any]) -> str:
    target = mapping(endpoint.get("targetRef"))
    # Absent means ready (the API reference of EndpointConditions).
    is_ready = mapping(endpoint.get("conditions")).get("ready") is not False
    return text(target.get("name")) if is_ready and target.get("kind") == "Pod" else ""
