"""AIServices: what their users ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner import labels
from leadsman.planner.world import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An AIService that was stored by another version of the API, and whose spec says nothing to this one."""

    namespace: str
    name: str
    uid: str
    generation: int
    resource_version: str
    created_at: datetime
    status: AIServiceStatus
    message: str
    """What is wrong with the spec, field by field."""
    deleting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is kept of an AIService."""

    service: Service | Unreadable
    labels: Mapping[str, str]
    """Policies select by them."""
    note: str = ""
    """Why its status could not be read, and is taken for empty."""

    @property
    def inputs(self) -> frozenset[str]:
        if isinstance(self.service, Unreadable):
            return frozenset()
        return frozenset(one.config_map for one in self.service.spec.inputs)

    @property
    def bundles(self) -> frozenset[str]:
        """The ConfigMap with the signature of its model: looked at as inputs are, and no part of the behaviour."""
        if isinstance(self.service, Unreadable) or self.service.spec.model.signature is None:
            return frozenset()
        return frozenset({self.service.spec.model.signature.bundle.config_map})

    @property
    def suites(self) -> frozenset[str]:
        if isinstance(self.service, Unreadable):
            return frozenset()
        return frozenset(gate.suite for gate in self.service.spec.gates)


def declared(seen: Metadata, raw: Mapping[str, Any], kept: Declared | None = None) -> tuple[str, Declared]:
    """With its name.

    Args:
        seen: its metadata.
        raw: the object.
        kept: what was read before, of the same generation.
    """
    status, note = _status(raw)
    shared: dict[str, Any] = {
        "namespace": seen.namespace,
        "name": seen.name,
        "uid": seen.uid,
        "generation": seen.generation,
        "resource_version": seen.resource_version,
        "created_at": seen.created_at,
        "status": status,
        "deleting": seen.deleting,
    }
    before = kept.service if kept else None
    if isinstance(before, Service):
        service: Service | Unreadable = Service(**shared, raw=before.raw, spec=before.spec)
    else:
        service = _service(shared, raw)
    if isinstance(service, Service):
        service = replace(service, request=seen.annotations.get(labels.REQUEST, ""))
    return seen.name, Declared(service=service, labels=seen.labels, note=note)


def _service(shared: Mapping[str, Any], raw: Mapping[str, Any]) -> Service | Unreadable:
    try:
        spec = AIServiceSpec.from_dict(raw.get("spec"))
    except ValidationError as error:
        return Unreadable(**shared, message=complaint(error, under="spec"))
    return Service(**shared, raw=mapping(raw.get("spec")), spec=spec)


def _status(raw: Mapping[str, Any]) -> tuple[AIServiceStatus, str]:
    """What it says also follows from the revisions, so that an empty one loses nothing of record."""
    try:
        return AIServiceStatus.from_dict(raw.get("status") or {}), ""
    except ValidationError as error:
        return AIServiceStatus(), complaint(error, under="status")
