"""What is kept of an evaluation, for later revisions to be compared with: its figures as JSON, its samples packed.

Samples are kept by a hash of their keys (`outcomes.sample_key`), so whoever compares hashes the keys of the other side.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadsman.evals.bounds import parse_json
from leadsman.evals.form import from_json, to_json
from leadsman.evals.normal import Metric, Results, Sample
from leadsman.evals.outcomes import Outcomes, pack, sample_key, unpack
from leadsman.evals.shape import Node

FIGURES_BYTES = 200_000
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
