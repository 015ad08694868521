"""What is kept of an evaluation, for later revisions to be compared with: its figures as JSON, its samples packed.

Samples are kept by a hash of their keys (`outcomes.sample_key`), so whoever compares hashes the keys of the other side.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final, cast

from leadsman.evals.bounds import parse_json
from leadsman.evals.form import from_json, to_json
from leadsman.evals.normal import Metric, Results, Sample, UnreadableResults
from leadsman.evals.outcomes import Outcomes, pack, sample_key, unpack
from leadsman.evals.shape import Node

FIGURES: Final = "figures.json"
"""Key in the ConfigMap's data."""
OUTCOMES: Final = "outcomes"
"""Key in its binaryData."""
FIGURES_BYTES: Final = 200_000
"""Of the JSON. Slices are left out where it would be larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    figures: str
    """Results as JSON, without samples."""
    outcomes: bytes
    """Of samples (`outcomes.pack`)."""
    metrics: tuple[str, ...]
    """Whose samples are kept."""


def keep(results: Results) -> Kept:
    """Within what fits into a ConfigMap."""
    packed = pack(results.metrics.values())
    figures = _figures(results)
    if len(figures) > FIGURES_BYTES:
        bare = {name: replace(metric, slices=()) for name, metric in results.metrics.items()}
        figures = _figures(replace(results, metrics=bare))
    return Kept(figures=figures, outcomes=packed.data, metrics=packed.metrics)


def recall(figures: str, outcomes: bytes) -> Results:
    """As they were, with hashed keys.

    Raises:
        UnreadableResults: it is nothing that `keep` made.
    """
    results = from_json(Node(parse_json(figures.encode(), "figures"), "figures"))
    samples: Mapping[str, Outcomes] = unpack(outcomes) if outcomes else {}
    return replace(
        results,
        metrics={name: _with(metric, samples.get(name, {})) for name, metric in results.metrics.items()},
    )


def to_config_map(kept: Kept) -> Mapping[str, Any]:
    """What the ConfigMap holds."""
    return {"data": {FIGURES: kept.figures}, "binaryData": {OUTCOMES: base64.b64encode(kept.outcomes).decode()}}


def held_digest(config_map: Mapping[str, Any]) -> str:
    """Of what it holds."""
    figures, outcomes = _held(config_map)
    return f"sha256:{sha256(figures.encode() + bytes(1) + outcomes).hexdigest()}"


def recall_config_map(config_map: Mapping[str, Any], digest: str) -> Results:
    """As `recall`.

    Raises:
        UnreadableResults: it holds something else than what the digest is of.
    """
    if held_digest(config_map) != digest:
        name = config_map.get("metadata", {}).get("name", "")
        raise UnreadableResults(f"ConfigMap {name} was changed since it was written")
    return recall(*_held(config_map))


def _held(config_map: Mapping[str, Any]) -> tuple[str, bytes]:
    """Damaged ones hold what no digest is of."""
    figures, packed = (_entry(config_map, *place) for place in (("data", FIGURES), ("binaryData", OUTCOMES)))
    try:
        return figures, base64.b64decode(packed)
    except (ValueError, binascii.Error):
        return figures, b"?"


def _entry(config_map: Mapping[str, Any], field: str, key: str) -> str:
    held: Any = config_map.get(field)
    value = cast("Mapping[str, Any]", held).get(key) if isinstance(held, Mapping) else None
    return value if isinstance(value, str) else ""


def hashed(results: Results) -> Results:
    """The same with the keys that are kept."""
    return replace(results, metrics={name: _hashed(metric) for name, metric in results.metrics.items()})


def _with(metric: Metric, outcomes: Outcomes) -> Metric:
    return replace(metric, samples=tuple(Sample(key=key.hex(), value=value) for key, value in outcomes.items()))


def _hashed(metric: Metric) -> Metric:
    return replace(metric, samples=tuple(replace(one, key=sample_key(one.key).hex()) for one in metric.samples))


def _figures(results: Results) -> str:
    bare = {name: replace(metric, samples=()) for name, metric in results.metrics.items()}
    return json.dumps(to_json(replace(results, metrics=bare)), separators=(",", ":"))
