"""What the API server makes of a service before a rule sees it, and which fields a rule may speak of: by its schema."""

import copy
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

from leadsman.api.crd import build_schema
from leadsman.api.meta import API_VERSION
from leadsman.api.v1alpha1.aiservice import AIService

Schema = Mapping[str, Any]
_TEXT: Final = re.compile(r"""(?s)'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|//[^\n]*""")
_STEP: Final = r"(?:\s*\.\s*\??[A-Za-z_]\w*(?!\w*\s*\()|\s*\[\s*\??\d+\s*\])+"
_BINDS: Final = r"\.\s*(?:all|exists|exists_one|map|filter)\(\s*(?P<name>\w+)\s*,"
_PART: Final = re.compile(r"\.\s*\??([A-Za-z_]\w*)|(\[)")


def code(expression: str) -> str:
    """Of CEL, without what stands in quotes or is a comment."""
    return _TEXT.sub("''", expression)


def as_admitted(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An AIService with the defaults of its schema, as on its creation: without what the API server stamps."""
    filled = _filled({key: value for key, value in raw.items() if key != "status"}, _schema())
    return {"apiVersion": API_VERSION, "kind": "AIService", "metadata": {}, **filled}


def unknown_fields(expression: str) -> Iterator[str]:
    """Paths below object and oldObject, and below what all, exists, map and filter bind, that the schema has not."""
    text = code(expression)
    schemas: dict[str, list[Schema]] = {"object": [_schema()], "oldObject": [_schema()]}
    for bound in re.finditer(rf"(?<![\w.])(?P<root>\w+)(?P<path>{_STEP}){_BINDS}", text):
        for schema in schemas.get(bound["root"], ()):
            found = _below(schema, bound["path"])
            if isinstance(found, Mapping) and "items" in found:
                schemas.setdefault(bound["name"], []).append(found["items"])
    for used in re.finditer(rf"(?<![\w.])(?P<root>\w+)(?P<path>{_STEP})", text):
        candidates = schemas.get(used["root"], ())
        if candidates and all(isinstance(_below(one, used["path"]), str) for one in candidates):
            yield f"{used['root']}{''.join(used['path'].split())}"


def _below(schema: Schema | None, path: str) -> Schema | str | None:
    """The schema there. None: anything may stand there. Text: the field that there is not."""
    for field, _ in _PART.findall(path):
        if schema is None or schema.get("x-kubernetes-preserve-unknown-fields"):
            return None
        properties = schema.get("properties")
        if not field:
            schema = schema.get("items")
        elif properties is not None:
            if field not in properties:
                return str(field)
            schema = None if field == "metadata" else properties[field]
        else:
            schema = schema.get("additionalProperties")
    return schema


def _filled(value: Any, schema: Schema) -> Any:
    """Nulls go before defaults come, as the API server has it."""
    items, properties = schema.get("items"), schema.get("properties")
    if isinstance(value, list) and items:
        return [_filled(one, items) for one in cast("list[Any]", value)]
    if not isinstance(value, dict) or not properties:
        return cast("Any", value)
    made = {key: one for key, one in cast("dict[str, Any]", value).items() if one is not None or key not in properties}
    for name, of in properties.items():
        if name not in made and "default" in of:
            made[name] = copy.deepcopy(of["default"])
        if name in made:
            made[name] = _filled(made[name], of)
    return made


@cache
def _schema() -> Schema:
    return build_schema(AIService)
