"""What a Prometheus-compatible API answered: samples, or why there are none. What cannot be read is no evidence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from leadsman.clients.errors import MetricsUnavailable, QueryRejected, one_line
from leadsman.clients.network import without_addresses

REJECTED_STATUSES: Final = frozenset({400, 422})
REJECTED_TYPES: Final = frozenset({"bad_data", "execution"})
REFUSED: Final[Mapping[int, str]] = {
    401: "it refuses the operator's credentials (401)",
    403: "it refuses the operator's credentials (403)",
    429: "it asks for fewer queries (429)",
}
WARNINGS: Final = 10
"""More are not kept of one answer."""


@dataclass(frozen=True, slots=True)
class Sample:
    labels: Mapping[str, str]
    value: float
    """As it came: NaN and infinities are for the reader to judge."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Samples:
    values: tuple[Sample, ...]
    partial: tuple[str, ...] = ()
    """Why something may be missing. Empty: nothing is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A successful answer's `data`."""

    data: Any
    partial: tuple[str, ...]


def found(provider: str, status: int, content: bytes) -> Found:
    """What was found.

    Raises:
        QueryRejected: the query is wrong.
        MetricsUnavailable: whatever else is not a success.
    """
    said = _decoded(content)
    if status in REJECTED_STATUSES and said.get("errorType") in REJECTED_TYPES:
        raise QueryRejected(shown(said.get("error") or "the provider gives no reason"))
    if status != 200 or said.get("status") != "success":
        raise MetricsUnavailable(f"provider {provider}: {_trouble(status, said)}")
    return Found(said.get("data"), _partial(said))


def samples_of(provider: str, found: Found) -> Samples:
    """Of an instant query: a vector or a scalar."""
    data: Any = found.data
    if not isinstance(data, dict):
        raise MetricsUnavailable(f"provider {provider}: its answer has no data")
    type_, result = (cast("dict[str, Any]", data).get(key) for key in ("resultType", "result"))
    if type_ not in {"vector", "scalar"}:
        raise QueryRejected(f"the query gives a {shown(type_)}; write one that gives an instant vector or a scalar")
    try:
        series: Any = ({"metric": {}, "value": result},) if type_ == "scalar" else result
        return Samples(tuple(_sample(entry) for entry in series), found.partial)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise MetricsUnavailable(f"provider {provider}: its answer holds samples of no known form") from error


def shown(text: Any) -> str:
    return one_line(without_addresses(str(text)))


def _sample(entry: Any) -> Sample:
    if "value" not in entry and "histogram" in entry:
        raise QueryRejected("the query gives native histograms; write histogram_quantile or histogram_count around it")
    at, value = entry["value"]
    if not isinstance(value, str):
        raise TypeError(value)
    labels = {str(name): str(text) for name, text in entry["metric"].items()}
    return Sample(labels, float(value), datetime.fromtimestamp(float(at), UTC))


def _decoded(content: bytes) -> Mapping[str, Any]:
    """Empty where it is no JSON object: no success, then."""
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def _trouble(status: int, said: Mapping[str, Any]) -> str:
    if status in REFUSED:
        return REFUSED[status]
    if 300 <= status < 400:
        return f"it redirects ({status}), which is not followed; configure the address that it redirects to"
    if not said:
        return f"its answer is not JSON ({status})"
    return f"{shown(said.get('error') or 'no success, without a reason')} ({status})"


def _partial(said: Mapping[str, Any]) -> tuple[str, ...]:
    warnings: Any = said.get("warnings") or []
    texts = cast("list[Any]", warnings) if isinstance(warnings, list) else [warnings]
    incomplete = ("the provider calls its answer partial",) if said.get("isPartial") else ()  # VictoriaMetrics' way
    return (*(shown(text) for text in texts[:WARNINGS]), *incomplete)
