"""What a model says about itself to the API server beyond its types: rules in CEL, list types, free-form objects.

Each marker stands in an `Annotated[...]` or, for rules over several fields, in a model's `validations`. Pydantic asks
it for its part of the JSON schema; `crd.py` then shapes the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

VALIDATIONS = "x-kubernetes-validations"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of CEL that must hold, and what to tell the person whose YAML breaks it."""

    expression: str
    message: str
    """Says what to write instead, not only what is wrong."""
    field: str | None = None
    """The path, from where the rule stands, that the error should point at."""

    def to_schema(self) -> dict[str, str]:
        schema = {"rule": self.expression, "message": self.message}
        return schema if self.field is None else schema | {"fieldPath": self.field}

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return add_rules(handler(core), (self,))


@dataclass(frozen=True, slots=True, eq=False)
class Extension:
    """Keywords that pydantic does not know. Compared by identity: typing wants to hash what stands in `Annotated`."""

    keywords: Mapping[str, Any]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), **self.keywords}


def add_rules(schema: JsonSchemaValue, rules: tuple[Rule, ...]) -> JsonSchemaValue:
    if not rules:
        return schema
    return {**schema, VALIDATIONS: [*schema.get(VALIDATIONS, ()), *(rule.to_schema() for rule in rules)]}


def keyed_by(*keys: str) -> Extension:
    """Server-side apply merges the list item by item; two items with one key are refused."""
    return Extension({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)})


SET = Extension({"x-kubernetes-list-type": "set"})
"""No value twice; several writers may each add theirs."""

ATOMIC = Extension({"x-kubernetes-list-type": "atomic"})
"""One writer owns the whole list, or its order means something."""

FREE_FORM = Extension({"x-kubernetes-preserve-unknown-fields": True})
"""A pod template: the API server checks it as what it will become, a Deployment or a Job."""

PORT_OR_NAME = Extension({"x-kubernetes-int-or-string": True, "minimum": 1, "maximum": 65535, "maxLength": 63})

IMMUTABLE = "self == oldSelf"
