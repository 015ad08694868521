"""Admission policies and their bindings: is this one as it is shipped, and since when?

The API server adds defaults. Who the operator is, is a parameter of the installation. All else has to be equal: what is
added may be a condition under which the policy does not hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from leadsman.controller.observe.fields import mapping, mappings, moment, text
from leadsman.controller.observe.metadata import Metadata

_DEFAULTS: Final[Mapping[str, Any]] = {
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "scope": "*",
    "failurePolicy": "Fail",
}
_OPERATORS: Final = re.compile(r"\[\s*'[^']+'(\s*,\s*'[^']+')*\s*\]")
"""A list of names, and no other expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One of them."""

    name: str
    generation: int
    """Counts the changes of its spec."""
    since: datetime | None
    """Since when its spec is what it is. None: nobody can tell."""
    problem: str = ""
    """How it differs. Empty: it does not."""


def guard(seen: Metadata, raw: Mapping[str, Any], expected: Mapping[str, Any]) -> Guard:
    """By what the API server says of it.

    Args:
        seen: its metadata.
        raw: the object.
        expected: its spec, as shipped.
    """
    differs = difference(expected, mapping(raw.get("spec")), "spec")
    if seen.deleting:
        differs = "it is being deleted"
    since = _since(seen, raw)
    return Guard(
        name=seen.name,
        generation=seen.generation,
        since=since,
        problem=differs or ("" if since is not None else "its managedFields do not say when it was changed"),
    )


def difference(expected: object, found: object, path: str) -> str:
    """Where it is something else first. Empty: nowhere."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return _of_fields(cast("dict[str, Any]", expected), cast("dict[str, Any]", found), path)
    if isinstance(expected, list) and isinstance(found, list):
        here, there = cast("list[object]", expected), cast("list[object]", found)
        if len(here) != len(there):
            return f"{path} has {len(there)} entries, not {len(here)}"
        pairs = zip(here, there, strict=True)
        return next(
            (why for i, (one, other) in enumerate(pairs) if (why := difference(one, other, f"{path}[{i}]"))), ""
        )
    if isinstance(expected, str) and isinstance(found, str):  # readers of YAML fold lines in different ways
        return "" if expected.split() == found.split() else f"{path} was changed"
    return "" if expected == found else f"{path} was changed"


def _of_fields(expected: dict[str, Any], found: dict[str, Any], path: str) -> str:
    if expected.get("name") == found.get("name") == "operators" and _OPERATORS.fullmatch(text(found.get("expression"))):
        return ""
    for key in (*expected, *(key for key in found if key not in expected)):
        wanted = expected.get(key, _DEFAULTS.get(key))
        if wanted is None:
            return f"{path}.{key} was added"
        if key not in found:
            return f"{path}.{key} is missing"
        if why := difference(wanted, found[key], f"{path}.{key}"):
            return why
    return ""


def _since(seen: Metadata, raw: Mapping[str, Any]) -> datetime | None:
    """The last write to its spec. Labels and annotations decide nothing; who wrote them is listed as well."""
    entries = mappings(mapping(raw.get("metadata")).get("managedFields"))
    writes = [moment(one.get("time")) for one in entries if "f:spec" in mapping(one.get("fieldsV1"))]
    known = [one for one in writes if one is not None]
    return max((seen.created_at, *known)) if known and len(known) == len(writes) else None
