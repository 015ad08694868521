"""What every kind shares: the base model, the envelope, conditions and references."""

from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, alias_generators
from pydantic import GetJsonSchemaHandler as Handler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from leadsman.api.definition import Definition
from leadsman.api.markers import ATOMIC, FREE_FORM, Rule, add_rules, keyed_by
from leadsman.api.scalars import Digest, Generation, LabelKey, Labels, LabelValue, ObjectName, Time

GROUP: Final = "leadsman.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = "leadsman.dev/v1alpha1"

Username = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
UserId = Annotated[str, StringConstraints(max_length=256)]
PodTemplate = Annotated[dict[str, Any], FREE_FORM]


class Model(BaseModel):
    """Immutable, closed, camelCase outside; the docstrings of fields become `kubectl explain`."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=alias_generators.to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )
    validations: ClassVar[tuple[Rule, ...]] = ()
    """Rules over several fields."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: Handler, /) -> JsonSchemaValue:
        schema = handler(core)
        resolved = handler.resolve_ref_schema(schema)
        resolved.update(add_rules(resolved, cls.validations))
        return schema

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """What came from a file or the API server: camelCase only, so that `hold_seconds` is refused here too."""
        return cls.model_validate(data, by_alias=True, by_name=False)

    def to_dict(self) -> dict[str, Any]:
        """What was set and nothing else: server-side apply owns what it sends."""
        return self.model_dump(mode="json", exclude_unset=True)


class OwnerReference(Model):
    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(Model):
    """Kubernetes' own metadata: the API server checks it, so here it is only read."""

    model_config = ConfigDict(extra="allow")

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()


class Resource(Model):
    """The envelope. Each kind names itself in `definition` and adds `kind`, `spec` and `status`."""

    definition: ClassVar[Definition]

    api_version: Literal["leadsman.dev/v1alpha1"] = API_VERSION
    metadata: ObjectMeta

    def to_dict(self) -> dict[str, Any]:
        return {"apiVersion": self.api_version, "kind": type(self).__name__} | super().to_dict()


class Condition(Model):
    """metav1.Condition: one observation of the world, with the generation of the spec it was made for."""

    type: Annotated[str, StringConstraints(min_length=1, max_length=316, pattern=r"^[A-Z][A-Za-z0-9]*$")]
    """What was observed, in CamelCase, such as Ready."""
    status: Literal["True", "False", "Unknown"]
    """True, False or Unknown."""
    observed_generation: Annotated[int, Field(ge=0, strict=True)] | None = None
    """The metadata.generation that this condition speaks of. An older one than the object's means: not up to date."""
    last_transition_time: Time
    """When the status last changed from one value to another."""
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[A-Z][A-Za-z0-9]*$")]
    """Why, as one CamelCase word for programs."""
    message: Annotated[str, StringConstraints(max_length=32768)]
    """Why, as a sentence for people. May be empty."""


class Status(Model):
    """What every status has."""

    observed_generation: Generation = -1
    """The metadata.generation that was last looked at. -1: nobody has looked at this object yet."""
    conditions: Annotated[tuple[Condition, ...], keyed_by("type"), Field(max_length=32)] = ()
    """Observations, one entry a type."""


class LabelRequirement(Model):
    key: LabelKey
    """The label's key."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    """How the label is compared with the values."""
    values: Annotated[tuple[LabelValue, ...], ATOMIC, Field(max_length=32)] = ()
    """For In and NotIn at least one; for Exists and DoesNotExist none."""

    validations = (
        Rule(
            "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
            "In and NotIn need values; Exists and DoesNotExist take none",
        ),
    )


class LabelSelector(Model):
    """Selects by labels. All of it must match; an empty selector matches everything."""

    match_labels: Labels = {}
    """Labels and the values they must have. At most 16."""
    match_expressions: Annotated[tuple[LabelRequirement, ...], ATOMIC, Field(max_length=16)] = ()
    """Requirements that a plain equality cannot say."""


class NameReference(Model):
    name: ObjectName
    """The object's name, in the same namespace."""


class RevisionReference(Model):
    name: ObjectName
    """The AIRevision's name."""
    digest: Digest
    """The revision's full digest: the name carries only the first ten characters of it."""


class Person(Model):
    """Who it was, in a record of what somebody did."""

    username: Username
    """The user's name, as the API server authenticated it."""
    uid: UserId | None = None
    """The user's id, where the authenticator knows one."""


class Actor(Model):
    """Who did it. The API server stamps this from the request's own identity; what a client writes is overwritten."""

    username: Username
    """The user's name, as the API server authenticated it."""
    groups: Annotated[str, StringConstraints(max_length=8192)] | None = None
    """The user's groups, joined by commas."""
    uid: UserId | None = None
    """The user's id, where the authenticator knows one."""
