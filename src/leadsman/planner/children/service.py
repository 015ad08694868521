"""The Services in front of the pods: the apex for users, the preview for a candidate in the dark."""

from collections.abc import Mapping
from typing import Any

from leadsman.api.v1alpha1.aiservice import ServicePort, ServiceTemplate
from leadsman.planner.children.ownership import service_owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.world import ChildKind, Service


def preview_name(service: str) -> str:
    return f"{service}-preview"


def render_service(service: Service, name: str, template: ServiceTemplate, selector: Mapping[str, str]) -> Rendered:
    """Without an address: the API server keeps the one that it gave."""
    spec = {
        "type": "ClusterIP",
        "selector": dict(selector),
        "ports": [_port(port) for port in template.ports],
        "sessionAffinity": template.session_affinity,
    }
    origin = Origin(namespace=service.namespace, service=service.name, owner=service_owner(service))
    return Rendered(kind=ChildKind.SERVICE, name=name, origin=origin, body={"spec": spec})


def _port(port: ServicePort) -> dict[str, Any]:
    rendered = {
        "name": port.name,
        "port": port.port,
        "targetPort": port.target_port or port.port,
        "protocol": port.protocol,
    }
    return rendered if port.app_protocol is None else {**rendered, "appProtocol": port.app_protocol}
