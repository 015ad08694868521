"""AIRevision: what a revision is, for good, and the dossier of what happened to it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from leadsman.api.definition import AGE, Column, Definition
from leadsman.api.markers import ATOMIC, IMMUTABLE, Rule, unique_by
from leadsman.api.meta import Model, PodTemplate, Resource
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.scalars import Digest, ObjectName, Uid
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus
from leadsman.api.v1alpha1.models import AIModel, Change

_NEVER = "a revision never changes: edit the AIService, and the operator makes another revision"


class RevisedService(Model):
    """The AIService that this is a revision of."""

    name: ObjectName
    """The AIService's name."""
    uid: Uid
    """The AIService's UID when the revision was made. A service that is deleted and created again has another."""


class PinnedInput(Model):
    """A ConfigMap that is part of the behaviour, as it was."""

    config_map: ObjectName
    """The ConfigMap that the service names."""
    copy_: Annotated[ObjectName, Field(alias="copy")]
    """The immutable copy that the pods of this revision use."""
    digest: Digest
    """SHA-256 of its content."""


class Unpinned(Model):
    """Something that the pods use and that can change without a new revision."""

    kind: Literal["Secret", "ConfigMap", "ImageTag", "Volume"]
    """What it is. Secrets are referenced, never copied."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    """The object's name, or the image reference with its tag."""


class AIRevisionSpec(Model):
    """The snapshot. It never changes."""

    service: RevisedService
    """The AIService that this is a revision of."""
    number: Annotated[int, Field(ge=1, le=2**53, strict=True)]
    """Counts the revisions of a service, from 1."""
    digest: Digest
    """SHA-256 over the canonical JSON (RFC 8785) of template, model and inputs as the user wrote them. The revision's
    name carries its first ten characters."""
    template: PodTemplate
    """The pods as rendered. Later versions of the operator apply it verbatim, so that an upgrade restarts nothing."""
    model: AIModel
    """The model that it runs."""
    inputs: Annotated[tuple[PinnedInput, ...], ATOMIC, unique_by("configMap"), Field(max_length=16)] = ()
    """ConfigMaps that are part of the behaviour, with their digests and copies."""
    unpinned: Annotated[tuple[Unpinned, ...], ATOMIC, unique_by("kind", "name"), Field(max_length=128)] = ()
    """What the pods use that can change without a new revision: Secrets, other ConfigMaps, image tags."""
    change: Change | None = None
    """Where the change comes from, as CI claimed it."""


class AIRevision(Resource):
    """One revision of an AIService: an immutable snapshot, and the dossier of how it got on.

    Written by the operator only. It outlives its service: it is the record.
    """

    definition: ClassVar[Definition] = Definition(
        plural="airevisions",
        short_names=("airev",),
        columns=(
            Column("Service", ".spec.service.name"),
            Column("Number", ".spec.number", type="integer"),
            Column("Verdict", ".status.verdict"),
            Column("Reason", ".status.reason"),
            Column("Model", ".spec.model.version"),
            Column("Gates", ".status.summary.gates"),
            AGE,
            Column("Message", ".status.message", wide=True),
        ),
        conditions=(Type.AVAILABLE, Type.GATES_PASSED, Type.APPROVED, Type.EVIDENCE_DEGRADED),
        selectable=(".spec.service.name", ".spec.digest", ".status.verdict"),
    )

    kind: Literal["AIRevision"] = "AIRevision"
    spec: Annotated[
        AIRevisionSpec,
        Rule(IMMUTABLE, _NEVER),
        # Keyed lists compare as maps, but their order is part of what was hashed.
        Rule(
            "!has(self.model.data) || !has(oldSelf.model.data) || "
            "self.model.data.map(d, d.name) == oldSelf.model.data.map(d, d.name)",
            _NEVER,
        ),
    ]
    """The snapshot. It never changes."""
    status: AIRevisionStatus = AIRevisionStatus()
    """The dossier. Written by the operator only."""
