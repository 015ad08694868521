"""AIRevisions: the record, packed until somebody decides on it."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A dossier takes 40 to 400 KB once it is read, and a service has a dozen of them. Packed it takes 3 to 14 KB."""

    name: str
    uid: str
    resource_version: str
    created_at: datetime
    labels: Mapping[str, str]
    content: bytes
    """spec and status."""


def pack(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Packed]:
    """With the service that it is a revision of."""
    content = json.dumps({"spec": raw.get("spec"), "status": raw.get("status")}, separators=(",", ":"))
    return _service(seen, raw), Packed(
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        created_at=seen.created_at,
        labels=seen.labels,
        content=zlib.compress(content.encode(), level=1),
    )


def unpack(packed: Packed) -> Revision | UnreadableRevision:
    raw = json.loads(zlib.decompress(packed.content))
    try:
        spec = AIRevisionSpec.from_dict(raw["spec"])
    except ValidationError as error:
        return UnreadableRevision(packed.name, complaint(error, under="spec"))
    try:
        status = AIRevisionStatus.from_dict(raw["status"] or {})
    except ValidationError as error:
        return UnreadableRevision(packed.name, complaint(error, under="status"))
    return Revision(
        name=packed.name,
        uid=packed.uid,
        resource_version=packed.resource_version,
        created_at=packed.created_at,
        spec=spec,
        status=status,
        labels=packed.labels,
    )


def _service(seen: Metadata, raw: Mapping[str, Any]) -> str:
    """The spec never changes; the label may. Where both are gone, the name still says it."""
    named = text(mapping(mapping(raw.get("spec")).get("service")).get("name"))
    return named or seen.labels.get(labels.SERVICE) or seen.name.rsplit("-", 1)[0]
