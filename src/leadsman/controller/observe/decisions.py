"""AIDecisions: what people decided, as the API server admitted it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from leadsman.api.v1alpha1.aidecision import AIDecisionSpec, AIDecisionStatus
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner.governance import Act


@dataclass(frozen=True, slots=True)
class UnreadableAct:
    """It counts for nothing."""

    name: str
    problem: str


def act(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Act | UnreadableAct]:
    """With the service that it is about."""
    written = mapping(raw.get("spec"))
    service = text(written.get("service"))
    try:
        spec = AIDecisionSpec.from_dict(written)
        status = AIDecisionStatus.from_dict(raw.get("status") or {})
    except ValidationError as error:
        return service, UnreadableAct(seen.name, complaint(error, under="AIDecision"))
    return service, Act(
        namespace=seen.namespace,
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        generation=seen.generation,
        created_at=seen.created_at,
        spec=spec,
        status=status,
    )
