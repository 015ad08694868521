"""From models to the reference page: what `kubectl explain` says of each field, and which rules hold, as Markdown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from leadsman.api.crd import Schema, build_schema
from leadsman.api.markers import VALIDATIONS
from leadsman.api.meta import API_VERSION, Resource
from leadsman.api.reasons import ConditionType, Reason

_INTRODUCTION = f"""# The API: `{API_VERSION}`

Generated from the models by `make generate`; the same text is in `kubectl explain`. Fields marked **required** must be
written; the others may be left out. Unknown fields are refused: `kubectl apply` validates strictly unless told
otherwise. Lists that name a key are merged item by item by server-side apply; two items with one key are refused.
"""


_TIMES = {"date": "date", "date-time": "time"}


@dataclass(frozen=True, slots=True)
class _Field:
    path: str
    schema: Schema
    required: bool


def render_reference(kinds: Iterable[type[Resource]]) -> str:
    chapters = list(kinds)
    return "\n".join(
        [_INTRODUCTION, *_contents(chapters), *(line for kind in chapters for line in _chapter(kind)), *_glossary()]
    )


def _contents(kinds: list[type[Resource]]) -> Iterator[str]:
    yield from ("| kind | short | scope | what it is |", "|---|---|---|---|")
    for kind in kinds:
        short, what = ", ".join(kind.definition.short_names), _first_sentence(build_schema(kind)["description"])
        yield f"| [{kind.__name__}](#{kind.__name__.lower()}) | {short} | {kind.definition.scope} | {_cell(what)} |"
    yield ""


def _chapter(kind: type[Resource]) -> Iterator[str]:
    schema, definition = build_schema(kind), kind.definition
    name, columns = kind.__name__, ", ".join(column.name.upper() for column in definition.columns)
    yield from (f"## {name}", "", schema["description"], "")
    yield f"- Names: `{definition.plural}`, `{'`, `'.join(definition.short_names)}`; scope: {definition.scope}"
    yield f"- Example: [examples/api/{name.lower()}.yaml](../../examples/api/{name.lower()}.yaml)"
    yield f"- Columns of `kubectl get`: {columns}"
    if definition.selectable:
        yield f"- Field selectors: `{'`, `'.join(path.removeprefix('.') for path in definition.selectable)}`"
    if definition.scalable:
        yield "- Scale subresource: `kubectl scale` and autoscalers work on it"
    yield ""
    fields = list(_fields(schema["properties"]["spec"], "spec"))
    yield from (f"### {name}: spec", "", *_table(fields), "", *_rules(schema, fields))
    fields = list(_fields(schema["properties"]["status"], "status"))
    yield from (f"### {name}: status", "", *_table(fields), "", "Conditions:", "")
    yield from (f"- **{condition}**: {condition.doc}" for condition in definition.conditions)
    yield ""


def _fields(schema: Schema, path: str, *, required: bool = True) -> Iterator[_Field]:
    """The field and all below it, in the order of the models. Conditions are the same everywhere: said once."""
    yield _Field(path, schema, required)
    if path == "status.conditions":
        return
    inner, step = (schema["items"], "[].") if "items" in schema else (schema, ".")
    needed = inner.get("required", ())
    for name, value in inner.get("properties", {}).items():
        yield from _fields(value, f"{path}{step}{name}", required=name in needed)


def _table(fields: list[_Field]) -> Iterator[str]:
    yield from ("| field | type | description |", "|---|---|---|")
    for field in fields[1:]:
        path = field.path.partition(".")[2]
        required = " **required**" if field.required else ""
        yield f"| `{path}` | {_cell(_type(field.schema))}{required} | {_cell(_text(field.schema))} |"


def _rules(schema: Schema, fields: list[_Field]) -> Iterator[str]:
    places = [("metadata.name", rule["message"]) for rule in schema.get(VALIDATIONS, ())]
    for field in fields:
        places += _broken_at(field.schema, field.path) + _broken_at(field.schema.get("items", {}), f"{field.path}[]")
    if places:
        yield from ("Rules, each with the message that a violation shows:", "")
        yield from (f"- `{path}`: {_cell(message)}" for path, message in places)
        yield ""


def _broken_at(schema: Schema, path: str) -> list[tuple[str, str]]:
    return [(path + rule.get("fieldPath", ""), rule["message"]) for rule in schema.get(VALIDATIONS, ())]


def _text(schema: Schema) -> str:
    text: str = schema.get("description", "")
    default: Any = schema.get("default")
    told = "Default " in text or default is None or isinstance(default, dict | bool)
    return text if told else f"{text} Default {default}."


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(f"`{value}`" for value in schema["enum"])
    if "items" in schema:
        return f"list of {_type(schema['items'])}{_list_notes(schema)}"
    if "additionalProperties" in schema:
        return "map of strings"
    return _scalar(schema)


def _list_notes(schema: Schema) -> str:
    keys = schema.get("x-kubernetes-list-map-keys")
    key = f"key {', '.join(keys)}; " if keys else ""
    return f" ({key}at most {schema['maxItems']})"


def _scalar(schema: Schema) -> str:
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return "object (pod template)"
    name = _TIMES.get(str(schema.get("format")), str(schema["type"]))
    return f"{name}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f" {schema['minimum']} to {schema['maximum']}"
    if schema.get("maxLength") and "pattern" not in schema and "format" not in schema:
        return f" ({schema.get('minLength', 0)} to {schema['maxLength']} characters)"
    return ""


def _glossary() -> Iterator[str]:
    yield from ("## Conditions and reasons", "")
    yield "Every condition is a `metav1.Condition` with its own `observedGeneration`."
    yield from ("", "| condition | meaning |", "|---|---|")
    yield from (f"| {condition} | {_cell(condition.doc)} |" for condition in ConditionType)
    yield from ("", "| reason | meaning |", "|---|---|")
    yield from (f"| {reason} | {_cell(reason.doc)} |" for reason in Reason)
    yield ""


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".") + "."


def _cell(text: str) -> str:
    """A pipe would end the cell, and `<` outside of code would begin HTML."""
    prose_and_code = text.replace("|", "\\|").split("`")
    prose_and_code[::2] = [prose.replace("<", "&lt;") for prose in prose_and_code[::2]]
    return " ".join("`".join(prose_and_code).split())
