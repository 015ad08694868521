"""The API conventions of Kubernetes and of this house, checked on every field of every kind.

After kube-api-linter: https://github.com/kubernetes-sigs/kube-api-linter
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from leadsman.api.crd import build_crd, build_schema
from leadsman.api.v1alpha1 import KINDS

Schema = dict[str, Any]

BOOLEANS = {
    "AIService.spec.rollout.paused": "the word that Deployment uses; a pause has no third state",
    "AIService.status.traffic.verified": "a fact about this moment, seen or not seen",
}
"""Booleans that may stay, and why."""

STRUCTURAL = {
    "description", "type", "format", "enum", "default", "properties", "required", "items", "additionalProperties",
    "maxLength", "minLength", "pattern", "maximum", "minimum", "maxItems", "minItems", "maxProperties", "minProperties",
    "anyOf", "x-kubernetes-validations", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    path: str
    schema: Schema

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2].removesuffix("[]")

    @property
    def type(self) -> str | None:
        return self.schema.get("type")


def walk(path: str, schema: Schema) -> Iterator[Field]:
    yield Field(path, schema)
    for name, value in schema.get("properties", {}).items():
        yield from walk(f"{path}.{name}", value)
    if "items" in schema:
        yield from walk(f"{path}[]", schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        yield from walk(f"{path}{{}}", schema["additionalProperties"])


SCHEMAS = {kind.__name__: build_schema(kind) for kind in KINDS}
ALL = [
    field
    for kind, schema in SCHEMAS.items()
    for part in ("spec", "status")
    for field in walk(f"{kind}.{part}", schema["properties"][part])
]


def wrong(fields: Iterator[Field]) -> list[str]:
    return [field.path for field in fields]


def test_only_keywords_of_structural_schemas_are_used() -> None:
    assert not [(field.path, set(field.schema) - STRUCTURAL) for field in ALL if set(field.schema) - STRUCTURAL]


def test_every_value_has_one_type_unless_it_is_a_port_or_its_name() -> None:
    assert wrong(field for field in ALL if field.type is None) == ["AIService.spec.service.ports[].targetPort"]


def test_there_are_no_floats() -> None:
    assert not wrong(
        field for field in ALL if field.type == "number" or field.schema.get("format") in {"float", "double"}
    )


def test_there_are_no_booleans_without_a_reason() -> None:
    assert wrong(field for field in ALL if field.type == "boolean") == list(BOOLEANS)


def test_there_are_no_durations_as_text_and_every_number_of_time_has_its_unit() -> None:
    assert not wrong(field for field in ALL if field.schema.get("format") == "duration")
    timed = re.compile(r"(hold|bake|timeout|deadline|interval|window|ttl|maxAge|age)$", re.IGNORECASE)
    assert not wrong(field for field in ALL if field.type == "integer" and timed.search(field.name))


def test_there_are_no_maps_of_objects() -> None:
    maps = [field for field in ALL if "additionalProperties" in field.schema]
    assert not wrong(field for field in maps if field.schema["additionalProperties"]["type"] != "string")
    assert not wrong(field for field in maps if "maxProperties" not in field.schema)


def test_every_string_is_bounded() -> None:
    fixed = {"date", "date-time"}
    strings = (field for field in ALL if field.type == "string" and "enum" not in field.schema)
    assert not wrong(f for f in strings if "maxLength" not in f.schema and f.schema.get("format") not in fixed)


def test_every_integer_says_its_size_and_is_bounded_below() -> None:
    integers = [field for field in ALL if field.type == "integer"]
    assert not wrong(field for field in integers if field.schema.get("format") not in {"int32", "int64"})
    assert not wrong(field for field in integers if "minimum" not in field.schema)
    unbounded = wrong(field for field in integers if "maximum" not in field.schema)
    assert {path.rpartition(".")[2] for path in unbounded} == {"observedGeneration"}


def test_every_list_is_bounded_and_says_how_it_merges() -> None:
    lists = [field for field in ALL if field.type == "array"]
    assert not wrong(field for field in lists if "maxItems" not in field.schema)
    assert not wrong(field for field in lists if "x-kubernetes-list-type" not in field.schema)


def test_every_key_of_a_list_is_required_in_its_items() -> None:
    keyed = [field for field in ALL if field.schema.get("x-kubernetes-list-type") == "map"]
    assert keyed
    for field in keyed:
        keys = set(field.schema["x-kubernetes-list-map-keys"])
        assert keys <= set(field.schema["items"]["required"]), field.path


def test_sets_hold_scalars() -> None:
    sets = (field for field in ALL if field.schema.get("x-kubernetes-list-type") == "set")
    assert not wrong(field for field in sets if field.schema["items"]["type"] in {"object", "array"})


def test_every_field_explains_itself_in_a_sentence() -> None:
    properties = [field for field in ALL if not field.path.endswith(("[]", "{}"))]
    assert not wrong(f for f in properties if not re.search(r"^[A-Z\"].*[.…:)]", f.schema.get("description", "")))


def test_names_are_camel_case_and_enums_are_too() -> None:
    assert not wrong(field for field in ALL if not re.fullmatch(r"[a-z][A-Za-z0-9]*|\w+\{\}", field.name))
    for field in ALL:
        assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", value) for value in field.schema.get("enum", ())), field.path


def test_there_is_no_phase() -> None:
    assert not wrong(field for field in ALL if field.name.lower() == "phase")


def test_defaults_are_no_surprise_to_their_own_schema() -> None:
    for field in ALL:
        if "default" in field.schema and "enum" in field.schema:
            assert field.schema["default"] in field.schema["enum"], field.path


@pytest.mark.parametrize("kind", SCHEMAS)
def test_conditions_are_those_of_kubernetes(kind: str) -> None:
    conditions = SCHEMAS[kind]["properties"]["status"]["properties"]["conditions"]

    assert conditions["x-kubernetes-list-map-keys"] == ["type"]
    assert set(conditions["items"]["properties"]) == {
        "type", "status", "observedGeneration", "lastTransitionTime", "reason", "message",
    }  # fmt: skip
    assert set(conditions["items"]["required"]) == {"type", "status", "lastTransitionTime", "reason", "message"}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_status_that_nobody_wrote_says_so(kind: str) -> None:
    status = SCHEMAS[kind]["properties"]["status"]

    assert status["default"] == {"observedGeneration": -1}
    assert status["properties"]["observedGeneration"]["default"] == -1


def test_every_rule_says_what_to_write_and_nothing_about_its_own_language() -> None:
    rules = [
        rule
        for schema in SCHEMAS.values()
        for field in walk("", schema)
        for rule in field.schema.get("x-kubernetes-validations", ())
    ]
    assert rules
    for rule in rules:
        assert len(rule["message"]) >= 15
        assert "self." not in rule["message"]
        assert "\n" not in rule["message"]


def test_short_names_are_long_enough_not_to_meet_others() -> None:
    names = [name for kind in KINDS for name in kind.definition.short_names]

    assert len(names) == len(set(names))
    assert all(len(name) >= 3 for name in names)


def test_columns_and_selectors_point_at_fields_that_exist() -> None:
    for kind in KINDS:
        known = {field.path.removeprefix(kind.__name__) for field in ALL if field.path.startswith(f"{kind.__name__}.")}
        paths = [*(column.path for column in kind.definition.columns), *kind.definition.selectable]
        checked = [path for path in paths if not path.startswith((".metadata.", ".status.conditions"))]
        assert set(checked) <= known


def test_every_column_about_a_condition_is_about_one_of_the_kinds_own() -> None:
    for kind in KINDS:
        paths = [column.path for column in kind.definition.columns if column.path.startswith(".status.conditions")]
        named = {path.split('"')[1] for path in paths}
        assert named <= set(kind.definition.conditions)


def test_only_services_scale() -> None:
    scaled = [kind for kind in KINDS if "scale" in build_crd(kind)["spec"]["versions"][0]["subresources"]]

    assert [kind.__name__ for kind in scaled] == ["AIService"]
