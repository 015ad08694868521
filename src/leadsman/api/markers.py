"""What a model says about itself to the API server beyond its types: rules in CEL, list types, free-form objects.

Each marker stands in an `Annotated[...]` or, for rules over several fields, in a model's `validations`. Pydantic asks
it for its part of the JSON schema; `crd.py` then shapes the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, SchemaValidator, ValidationError, core_schema

VALIDATIONS = "x-kubernetes-validations"
_READABLE = 80
"""Longer patterns stand in their rule alone: the API server would print them before the sentence that helps."""


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


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a text must look, for the API server (Go) and for these models (Rust), and in a sentence for people.

    Written so that both engines read it alike: no lookaround, and none of the classes with a backslash (digits, blanks,
    words), which are ASCII in one of them and Unicode in the other.
    """

    expression: str
    message: str
    """Says what to write instead."""
    refused: bool = False
    """What matches is refused: neither engine can say "not this word" within an expression."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        matcher = SchemaValidator(core_schema.str_schema(pattern=self.expression))

        def check(text: str) -> str:
            if _matches(matcher, text) == self.refused:
                raise ValueError(self.message)
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        sign = "!" if self.refused else ""
        schema = add_rules(handler(core), (Rule(f"{sign}self.matches(r'{self.expression}')", self.message),))
        shown = not self.refused and len(self.expression) <= _READABLE
        return schema | {"pattern": self.expression} if shown else schema


def _matches(matcher: SchemaValidator, text: str) -> bool:
    try:
        matcher.validate_python(text)
    except ValidationError:
        return False
    return True


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


def unique_by(*keys: str) -> Rule:
    """For atomic lists, whose order counts where they must not change: keyed ones compare as maps."""
    same = " && ".join(f"b.{key} == a.{key}" for key in keys)
    return Rule(f"self.all(a, self.exists_one(b, {same}))", f"names one {' and '.join(keys)} twice: leave one out")


SET = Extension({"x-kubernetes-list-type": "set"})
"""No value twice; several writers may each add theirs."""

ATOMIC = Extension({"x-kubernetes-list-type": "atomic"})
"""One writer owns the whole list, or its order means something."""

FREE_FORM = Extension({"x-kubernetes-preserve-unknown-fields": True})
"""A pod template: the API server checks it as what it will become, a Deployment or a Job."""

PORT_OR_NAME = Extension({"x-kubernetes-int-or-string": True, "minimum": 1, "maximum": 65535, "maxLength": 15})

IMMUTABLE = "self == oldSelf"
