"""Whose is it? What stands where Leadsman would put something of its own."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final, Literal

from leadsman.api.meta import API_VERSION
from leadsman.planner.labels import ADOPT, RENDERED
from leadsman.planner.world import Child, ChildKind, Service, World

_ADOPTABLE: Final = frozenset({ChildKind.SERVICE, ChildKind.POD_DISRUPTION_BUDGET, ChildKind.NETWORK_POLICY})
"""The selector of a Deployment and the data of an immutable ConfigMap cannot be changed into ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    kind: Literal["AIService", "AIRevision"]
    name: str
    uid: str

    def reference(self) -> dict[str, Any]:
        """Without blockOwnerDeletion, which would need the right to change the owner's finalizers."""
        return {"apiVersion": API_VERSION, "kind": self.kind, "name": self.name, "uid": self.uid, "controller": True}


class Standing(Enum):
    OWNED = auto()
    UNCLAIMED = auto()
    """Ours once: its owner was replaced by force, or the reference to it was removed. Or handed over by its owner."""
    FOREIGN = auto()


def service_owner(service: Service) -> Owner:
    return Owner(kind="AIService", name=service.name, uid=service.uid)


def standing(child: Child, owner: Owner) -> Standing:
    if child.owner_uid == owner.uid:
        return Standing.OWNED
    if child.owner_uid is not None:
        return Standing.UNCLAIMED if child.owner == f"{owner.kind}/{owner.name}" else Standing.FOREIGN
    is_handed_over = child.kind in _ADOPTABLE and child.annotations.get(ADOPT, "false") != "false"
    return Standing.UNCLAIMED if is_handed_over or RENDERED in child.annotations else Standing.FOREIGN


def without_foreign_pods(world: World) -> World:
    """A Deployment of somebody else's keeps its place. Its pods serve nobody here, however ready they are."""
    owner = service_owner(world.service)
    theirs = {
        name: replace(child, replicas=0, pods=0, ready=0)
        for name, child in world.workloads.items()
        if standing(child, owner) is Standing.FOREIGN
    }
    return replace(world, workloads={**world.workloads, **theirs}) if theirs else world


def may_be_deleted(child: Child, owner: Owner) -> bool:
    """What was handed over and is not wanted goes back to its owner as it is."""
    match standing(child, owner):
        case Standing.OWNED:
            return not child.deleting
        case Standing.UNCLAIMED:
            return not child.deleting and RENDERED in child.annotations
        case Standing.FOREIGN:
            return False
