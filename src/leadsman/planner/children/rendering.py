"""What an object that Leadsman makes consists of, and what of others' it keeps when it is written again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from leadsman.api.meta import API_VERSION
from leadsman.planner.children.content import content
from leadsman.planner.children.ownership import Owner, Standing, standing
from leadsman.planner.labels import ADOPT, APPLIED, PREFIX, RENDERED, SERVICE
from leadsman.planner.plan import Create, Object, Replace
from leadsman.planner.world import Child, ChildKind

_API_VERSIONS: Final = {
    ChildKind.DEPLOYMENT: "apps/v1",
    ChildKind.SERVICE: "v1",
    ChildKind.CONFIG_MAP: "v1",
    ChildKind.POD_DISRUPTION_BUDGET: "policy/v1",
    ChildKind.NETWORK_POLICY: "networking.k8s.io/v1",
    ChildKind.RISK_BUDGET: API_VERSION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where it belongs."""

    namespace: str
    service: str
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An object as it shall be."""

    kind: ChildKind
    name: str
    origin: Origin
    body: Mapping[str, Any]
    """All but its metadata."""
    extra_labels: Mapping[str, str] = field(default_factory=dict[str, str])
    known_digest: str | None = None
    """Of content that is not all in `body`."""

    @property
    def digest(self) -> str:
        return self.known_digest or content(self.kind, self.body)

    @property
    def labels(self) -> dict[str, str]:
        return {SERVICE: self.origin.service, **self.extra_labels}

    def to_object(self) -> dict[str, Any]:
        return {
            "apiVersion": _API_VERSIONS[self.kind],
            "kind": str(self.kind),
            "metadata": {
                "name": self.name,
                "namespace": self.origin.namespace,
                "labels": self.labels,
                "annotations": {RENDERED: self.digest},
                "ownerReferences": [self.origin.owner.reference()],
            },
            **self.body,
        }


def settle(child: Child | None, ours: Rendered) -> Create | Replace | None:
    """What makes it so. None: it is so, it is somebody else's, or it is on its way out and will be made again."""
    if child is None:
        return Create(kind=ours.kind, object=ours.to_object())
    if child.deleting or standing(child, ours.origin.owner) is Standing.FOREIGN or is_intact(child, ours):
        return None
    return Replace(
        kind=ours.kind,
        object=ours.to_object(),
        resource_version=child.resource_version,
        drift=is_changed_by_others(child, ours),
    )


def is_intact(child: Child, ours: Rendered) -> bool:
    return (
        child.annotations.get(RENDERED) == ours.digest
        and child.owner_uid == ours.origin.owner.uid
        and not is_changed_by_others(child, ours)
    )


def is_changed_by_others(child: Child, ours: Rendered) -> bool:
    """Since Leadsman wrote it last: its content, its labels, or whose it is. What never was ours did not drift."""
    if RENDERED not in child.annotations:
        return child.owner_uid == ours.origin.owner.uid
    written = child.annotations.get(APPLIED if child.kind is ChildKind.DEPLOYMENT else RENDERED)
    labels = {key: value for key, value in child.labels.items() if key.startswith(PREFIX)}
    return child.content != written or labels != ours.labels or child.owner_uid is None


def sealed(deployment: Object, answer: Object) -> dict[str, Any]:
    """A Deployment that says what the API server makes of it.

    Args:
        deployment: about to be written.
        answer: what a dry run of the same write returned.
    """
    metadata: Mapping[str, Any] = deployment["metadata"]
    annotations = {**metadata["annotations"], APPLIED: content(ChildKind.DEPLOYMENT, answer)}
    return {**deployment, "metadata": {**metadata, "annotations": annotations}}


def carried(operation: Replace, live: Object) -> dict[str, Any]:
    """The whole object to PUT: ours, with what others have put into its metadata, and the data of an immutable copy.

    Args:
        operation: what shall be.
        live: the object as it is, of which metadata and, for a ConfigMap, its data count.
    """
    ours: Mapping[str, Any] = operation.object["metadata"]
    theirs: Mapping[str, Any] = live["metadata"]
    references: list[Mapping[str, Any]] = theirs.get("ownerReferences") or []
    metadata = {
        **ours,
        "resourceVersion": operation.resource_version,
        "uid": theirs["uid"],
        "labels": {**_foreign(theirs.get("labels")), **ours["labels"]},
        "annotations": {**_foreign(theirs.get("annotations")), **ours["annotations"]},
        "ownerReferences": [*ours["ownerReferences"], *(one for one in references if not one.get("controller"))],
        "finalizers": theirs.get("finalizers") or [],
    }
    kept = {
        part: live[part] for part in ("data", "binaryData") if operation.kind is ChildKind.CONFIG_MAP and part in live
    }
    return {**operation.object, "metadata": metadata, **kept}


def _foreign(values: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value for key, value in (values or {}).items() if key == ADOPT or not key.startswith(PREFIX)}
