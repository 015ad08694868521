"""Fields of raw JSON, whatever somebody has put there: what is not of the type that is asked for is absent."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else NOTHING


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Of a list: its entries that are objects."""
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in listed if isinstance(entry, dict)]


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def texts(value: object) -> dict[str, str]:
    """As labels and annotations are."""
    return {key: entry for key, entry in mapping(value).items() if isinstance(entry, str)}


def count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def moment(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return read if read.tzinfo else None


def condition(status: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Empty where there is none of that type."""
    return next((entry for entry in mappings(status.get("conditions")) if entry.get("type") == name), NOTHING)
