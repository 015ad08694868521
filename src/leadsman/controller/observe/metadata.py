"""What every object says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from leadsman.controller.observe.fields import NOTHING, count, mapping, mappings, moment, text, texts

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    namespace: str
    """Empty for kinds without."""
    name: str
    uid: str
    resource_version: str
    generation: int
    """0 for kinds that do not count the changes of their specs."""
    created_at: datetime
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    owner_uid: str | None
    """Of its controller."""
    owner: str
    """Kind and name of its controller."""
    deleting: bool


def metadata(raw: Mapping[str, Any]) -> Metadata | None:
    """None: it has no name or UID, so that it is no object of an API server."""
    own = mapping(raw.get("metadata"))
    name, uid = text(own.get("name")), text(own.get("uid"))
    if not name or not uid:
        return None
    references = mappings(own.get("ownerReferences"))
    owner = next((one for one in references if one.get("controller") is True), NOTHING)
    return Metadata(
        namespace=text(own.get("namespace")),
        name=name,
        uid=uid,
        resource_version=text(own.get("resourceVersion")),
        generation=count(own.get("generation")),
        created_at=moment(own.get("creationTimestamp")) or EPOCH,
        labels=texts(own.get("labels")),
        annotations=texts(own.get("annotations")),
        owner_uid=text(owner.get("uid")) or None,
        owner=f"{text(owner.get('kind'))}/{text(owner.get('name'))}" if owner else "",
        deleting=bool(own.get("deletionTimestamp")),
    )
