"""From models to CustomResourceDefinitions: pydantic's JSON schema, reshaped into what the API server calls structural.

Structural means: no references, one type for each value, nothing decided by the shape of the data. Kubernetes:
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from typing import Any, cast

from leadsman.api.definition import Column
from leadsman.api.markers import VALIDATIONS
from leadsman.api.meta import GROUP, VERSION, Resource

Schema = dict[str, Any]

_INT32 = 2**31 - 1

_DROPPED = ("title", "$defs", "discriminator", "propertyNames")
_ENVELOPE: Schema = {
    "apiVersion": {"description": f"The version of this API: {GROUP}/{VERSION}.", "type": "string"},
    "kind": {"description": "The kind of this object.", "type": "string"},
    "metadata": {"type": "object"},
}


def build_crd(kind: type[Resource]) -> Schema:
    names, definition = _names(kind), kind.definition
    version: Schema = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "additionalPrinterColumns": [_column(column) for column in definition.columns],
        "schema": {"openAPIV3Schema": build_schema(kind)},
        "subresources": {"status": {}} | ({"scale": _SCALE} if definition.scalable else {}),
    }
    if definition.selectable:
        version["selectableFields"] = [{"jsonPath": path} for path in definition.selectable]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{definition.plural}.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "scope": definition.scope, "versions": [version]},
    }


def build_schema(kind: type[Resource]) -> Schema:
    """The OpenAPI v3 schema of one kind, metadata left to the API server."""
    raw = kind.model_json_schema()
    schema = _structural(raw, raw.get("$defs", {}))
    properties = schema["properties"]
    schema["properties"] = _ENVELOPE | {"spec": properties["spec"], "status": properties["status"]}
    schema["properties"]["status"]["default"] = {"observedGeneration": -1}
    schema["required"] = ["spec"]
    return schema


_SCALE = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": ".status.selector",
}


def _names(kind: type[Resource]) -> Schema:
    definition = kind.definition
    return {
        "kind": kind.__name__,
        "listKind": f"{kind.__name__}List",
        "plural": definition.plural,
        "singular": kind.__name__.lower(),
        "shortNames": list(definition.short_names),
        "categories": ["leadsman"],
    }


def _column(column: Column) -> Schema:
    wide = {"priority": 1} if column.wide else {}
    return {"name": column.name, "type": column.type, "jsonPath": column.path} | wide


def _structural(node: Schema, definitions: Schema) -> Schema:
    """One value's schema, with everything it refers to written out."""
    node = _without_reference(node, definitions)
    node = _without_null(node, definitions)
    node = {keyword: value for keyword, value in node.items() if keyword not in _DROPPED}
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if "description" in node:
        node["description"] = " ".join(node["description"].split())
    _bound_integer(node)
    _close_object(node, definitions)
    if "items" in node:
        node["items"] = _structural(node["items"], definitions)
    if node.get("x-kubernetes-int-or-string"):
        node["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    _keep_default(node)
    return {keyword: node[keyword] for keyword in sorted(node)}


def _without_reference(node: Schema, definitions: Schema) -> Schema:
    while "$ref" in node:
        target = definitions[node["$ref"].removeprefix("#/$defs/")]
        node = _merged(target, {keyword: value for keyword, value in node.items() if keyword != "$ref"})
    return node


def _without_null(node: Schema, definitions: Schema) -> Schema:
    """`X | None` means that the field may be absent. A null in YAML is dropped by the API server before defaults."""
    alternatives = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if len(alternatives) != 1:
        return node
    rest = {keyword: value for keyword, value in node.items() if keyword not in {"anyOf", "default"}}
    return _without_reference(_merged(alternatives[0], rest), definitions)


def _merged(below: Schema, above: Schema) -> Schema:
    """What stands at the field wins over what its type says, but rules of both hold."""
    rules = [*below.get(VALIDATIONS, ()), *above.get(VALIDATIONS, ())]
    return {**below, **above} | ({VALIDATIONS: rules} if rules else {})


def _bound_integer(node: Schema) -> None:
    if node.get("type") == "integer":
        node["format"] = "int32" if node.get("maximum", _INT32 + 1) <= _INT32 else "int64"


def _close_object(node: Schema, definitions: Schema) -> None:
    """Unknown fields are the API server's to refuse: false beside properties is not structural."""
    extra = node.pop("additionalProperties", None)
    for values in node.pop("patternProperties", {}).values():  # of keys that a rule checks
        extra = values
    if isinstance(extra, dict):
        node["additionalProperties"] = _structural(cast("Schema", extra), definitions)
    if "properties" in node:
        node["properties"] = {name: _structural(value, definitions) for name, value in node["properties"].items()}


def _keep_default(node: Schema) -> None:
    """An empty value and an absent one mean the same, so none is written.

    The API server judges an object's default before it fills in those of its fields, so it is written out in full.
    """
    default = _without_empty(node.pop("default", None))
    if default not in _EMPTY:
        node["default"] = default


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def _without_empty(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    fields = cast("Schema", value)
    return {name: kept for name, field in fields.items() if (kept := _without_empty(field)) not in _EMPTY}
