"""AIIncidents: what went wrong, as the operator or a person wrote it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from leadsman.api.v1alpha1.aiincident import AIIncidentSpec, AIIncidentStatus
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner.governance import Incident


def incident(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Incident]:
    """With the service that it is about."""
    written = mapping(raw.get("spec"))
    spec, problem = None, ""
    try:
        spec = AIIncidentSpec.from_dict(written)
    except ValidationError as error:
        problem = complaint(error, under="spec")
    return text(written.get("service")), Incident(
        namespace=seen.namespace,
        name=seen.name,
        resource_version=seen.resource_version,
        generation=seen.generation,
        created_at=seen.created_at,
        spec=spec,
        problem=problem,
        status=_status(raw),
    )


def _status(raw: Mapping[str, Any]) -> AIIncidentStatus:
    """Empty where it cannot be read: then it is open."""
    try:
        return AIIncidentStatus.from_dict(raw.get("status") or {})
    except ValidationError:
        return AIIncidentStatus()
