"""AIIncidents: what went wrong, as the operator or a person wrote it."""

from collections.abc import Mapping
from typing import Any

from leadsman.api.v1alpha1.aiincident import AIIncidentSpec, AIIncidentStatus
from leadsman.controller.observe.fields import mapping, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.parts import spec_of, status_of
from leadsman.planner.governance import Incident


def incident(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Incident]:
    """With the service that it is about."""
    written = mapping(raw.get("spec"))
    spec, problem = spec_of(AIIncidentSpec, written)
    return text(written.get("service")), Incident(
        namespace=seen.namespace,
        name=seen.name,
        resource_version=seen.resource_version,
        generation=seen.generation,
        created_at=seen.created_at,
        spec=spec,
        problem=problem,
        status=status_of(AIIncidentStatus, raw),
    )
