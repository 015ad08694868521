"""Rows of a table by the printer columns of a kind, so that they are said in one place for kubectl and for us."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from leadsman.api.definition import Column
from leadsman.cli.view.moments import render_age

Object = Mapping[str, Any]
ABSENT: Final = "-"
_STEP: Final = re.compile(r"\.(?P<field>\w+)|\[\?\(@\.(?P<key>\w+)==\"(?P<value>[^\"]+)\"\)\]")


def resolve(found: Object, path: str) -> Any:
    """The value at a JSONPath of the forms that printer columns use; None where there is none."""
    value: Any = found
    for step in _STEP.finditer(path):
        if value is None:
            return None
        if step["field"]:
            value = value.get(step["field"])
        else:
            value = next((one for one in value if one.get(step["key"]) == step["value"]), None)
    return value


def render_cell(found: Object, column: Column, now: dt.datetime) -> str:
    value = resolve(found, column.path)
    if value is None:
        return ABSENT
    return render_age(dt.datetime.fromisoformat(value), now) if column.type == "date" else str(value)


def shown(columns: Sequence[Column], *, wide: bool) -> tuple[Column, ...]:
    return tuple(column for column in columns if wide or not column.wide)
