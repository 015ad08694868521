"""What every kind shares: the base model, the envelope, conditions, references, and strings with bounds."""

import datetime as dt
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    alias_generators,
)
from pydantic import GetJsonSchemaHandler as Handler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from leadsman.api.definition import Definition
from leadsman.api.markers import ATOMIC, FREE_FORM, Extension, Rule, add_rules, keyed_by

GROUP: Final = "leadsman.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = "leadsman.dev/v1alpha1"

LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_RFC3339 = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"


def _refuse_numbers(value: object) -> object:
    """Pydantic would read 1700000000 as a time; the API server would not."""
    if isinstance(value, int | float):
        msg = 'write a quoted string, such as "2026-11-23T10:00:00Z" or "2026-11-23"'
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _rfc3339(moment: dt.datetime) -> str:
    """No more digits than there is to say, so that what was read is written again as it was."""
    digits = "microseconds" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")


DnsLabel = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=rf"^{LABEL}$")]
"""The name of a part within an object: a stage, a gate, a monitor."""
ObjectName = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=rf"^{LABEL}(\.{LABEL})*$")]
"""The name of another object."""
Uid = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Digest = Annotated[str, StringConstraints(max_length=71, pattern=r"^sha256:[a-f0-9]{64}$")]
Uri = Annotated[str, StringConstraints(max_length=2048, pattern=r"^[a-z][a-z0-9+.-]*:\S+$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=253)]
"""A name from a world that is not ours: a person, a team, a metric, a ticket."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Message = Annotated[str, StringConstraints(max_length=4096)]
CamelCase = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[A-Z][A-Za-z0-9]*$")]
Tier = Literal["Minimal", "Limited", "High"]
Share = Annotated[str, StringConstraints(min_length=1, max_length=32)]
"""Text for a column: `1/2`, `63%`."""

DecimalString = Annotated[str, StringConstraints(max_length=24, pattern=r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$")]
"""A number as text, such as "0.02": floats don't survive the way through YAML, JSON and five languages."""
Threshold = Annotated[
    DecimalString,
    Rule(
        "self.matches('^-?[0-9]+([.][0-9]+)?$')",
        'must be a plain decimal number in quotes, without a unit: 2 % is "0.02", 2.5 seconds are "2.5"',
    ),
]
"""What a person writes, and so may get wrong."""
PositiveDecimal = Annotated[
    str,
    StringConstraints(max_length=24, pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$"),
    Rule(
        "self.matches('^[0-9.]*[1-9][0-9.]*$')",
        'must be a decimal number greater than 0, in quotes, such as "0.5" or "5000"',
    ),
]
Fraction = Annotated[str, StringConstraints(max_length=11, pattern=r"^(0(\.[0-9]{1,9})?|1(\.0{1,9})?)$")]
"""From "0" to "1"."""
OpenFraction = Annotated[
    str,
    StringConstraints(max_length=11, pattern=r"^0\.[0-9]{1,9}$"),
    Rule(
        "self.matches('^0[.][0-9]*[1-9][0-9]*$')",
        'must lie between "0" and "1", both excluded, as a decimal number in quotes: 95 % are "0.95"',
    ),
]

Time = Annotated[
    AwareDatetime,
    BeforeValidator(_refuse_numbers),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    Extension({"pattern": _RFC3339}),
]
"""RFC 3339 with a zone. The pattern keeps out the other forms that the API server's `date-time` lets through."""
Date = Annotated[dt.date, BeforeValidator(_refuse_numbers)]

Generation = Annotated[int, Field(ge=-1, strict=True)]
Count = Annotated[int, Field(ge=0, le=2**53, strict=True)]
"""Up to what every JSON parser reads exactly."""
Weight = Annotated[int, Field(ge=0, le=100, strict=True)]
Seconds = Annotated[int, Field(ge=0, le=2_592_000, strict=True)]
"""Up to 30 days."""

LabelKey = Annotated[str, StringConstraints(min_length=1, max_length=317)]
LabelValue = Annotated[str, StringConstraints(max_length=63, pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")]
Labels = Annotated[dict[str, LabelValue], Field(max_length=16)]

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


class Actor(Model):
    """Who did it. The API server stamps this from the request's own identity; what a client writes is overwritten."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    """The user's name, as the API server authenticated it."""
    groups: Annotated[str, StringConstraints(max_length=8192)] | None = None
    """The user's groups, joined by commas."""
    uid: Annotated[str, StringConstraints(max_length=256)] | None = None
    """The user's id, where the authenticator knows one."""
