"""AIRevisions: the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from leadsman.api.v1alpha1.airevision import AIRevisionSpec
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner import labels
from leadsman.planner.world import Revision


@dataclass(frozen=True, slots=True)
class UnreadableRevision:
    """Never left out: it may be the one that was rolled back."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def revision(
    seen: Metadata, raw: Mapping[str, Any], kept: Revision | UnreadableRevision | None = None
) -> tuple[str, Revision | UnreadableRevision]:
    """With the service that it is a revision of.

    Args:
        seen: its metadata.
        raw: the object.
        kept: what was read before, of the same spec.
    """
    service = _service(seen, raw)
    try:
        spec = kept.spec if isinstance(kept, Revision) else AIRevisionSpec.from_dict(raw.get("spec"))
    except ValidationError as error:
        return service, UnreadableRevision(seen.name, complaint(error, under="spec"))
    try:
        status = AIRevisionStatus.from_dict(raw.get("status") or {})
    except ValidationError as error:
        return service, UnreadableRevision(seen.name, complaint(error, under="status"))
    return service, Revision(
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        spec=spec,
        status=status,
        labels=seen.labels,
    )


def _service(seen: Metadata, raw: Mapping[str, Any]) -> str:
    """The spec never changes; the label may. Where both are gone, the name still says it."""
    named = text(mapping(mapping(raw.get("spec")).get("service")).get("name"))
    return named or seen.labels.get(labels.SERVICE) or seen.name.rsplit("-", 1)[0]
