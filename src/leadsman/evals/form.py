"""The normal form as JSON: what people write as format Leadsman, and what a collector hands to the operator.

The fields are those of an EvalRun's results in the API, so the same document serves both, and more:

    {"tool": {"name": "our-harness", "version": "3.1"},
     "startedAt": "2026-11-23T10:00:00Z", "finishedAt": "2026-11-23T10:20:00Z",
     "datasetDigest": "sha256:<64 hex digits>",
     "metrics": [
       {"metric": "accuracy", "value": "0.91", "unit": "Fraction", "stderr": "0.02",
        "samples": {"planned": 100, "effective": 98, "errored": 2, "unscored": 0},
        "slices": [{"by": "language", "name": "de", "value": "0.9", "samples": {"planned": 10, "effective": 10}}],
        "items": [{"key": "q1", "value": 1, "slices": {"language": "de"}}, {"key": "q2", "value": null}]}],
     "problems": ["cancelled after 50 of 100 samples"], "notes": [], "rawDigest": "sha256:<64 hex digits>"}

Numbers may be JSON numbers or decimal strings; null, or NaN, is a number that is missing. Needed are tool.name and, of
each metric, metric and samples.planned and .effective; without unit a metric never counts as passed. `items` are the
samples one by one, by keys that stay the same from run to run; a value of null errored or was not scored. With them the
operator pairs runs, and makes slices. A field that is not named here is refused: it may be one misspelt.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from leadsman.evals.normal import Counts, Metric, Results, Sample, SliceCounts
from leadsman.evals.shape import Node, finite

if TYPE_CHECKING:
    from leadsman.api.scalars import MetricUnit

UNITS: Final = ("Fraction", "Percent", "Seconds", "Count", "Currency")
METRICS: Final = 1000
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}")
_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")


def to_json(results: Results) -> dict[str, object]:
    metrics = [_metric_json(metric) for metric in results.metrics.values()]
    return {"metrics": metrics} | _without_empty(
        {
            "tool": _without_empty({"name": results.tool, "version": results.tool_version}),
            "startedAt": _written(results.started_at),
            "finishedAt": _written(results.finished_at),
            "datasetDigest": results.dataset_digest,
            "problems": list(results.problems),
            "notes": list(results.notes),
            "rawDigest": results.raw_digest or None,
        }
    )


def from_json(node: Node) -> Results:
    """Raises UnreadableResults."""
    known = {"tool", "startedAt", "finishedAt", "datasetDigest", "metrics", "problems", "notes", "rawDigest", "raw"}
    _check_known(node, known)
    tool = node.field("tool")
    _check_known(tool, {"name", "version"})
    version = tool.get("version")
    metrics: dict[str, Metric] = {}
    for element in node.field("metrics").elements():
        metric = _metric(element)
        if metric.name in metrics:
            element.refuse(f"is the second with the name {metric.name}")
        metrics[metric.name] = metric
    if len(metrics) > METRICS:
        node.field("metrics").refuse(f"has more than {METRICS} metrics")
    return Results(
        tool=tool.field("name").name(),
        tool_version=None if version.value is None else version.name(),
        metrics=metrics,
        started_at=node.get("startedAt").time(),
        finished_at=node.get("finishedAt").time(),
        dataset_digest=_digest(node.get("datasetDigest")),
        problems=tuple(_texts(node.get("problems"))),
        notes=tuple(_texts(node.get("notes"))),
        raw_digest=_digest(node.get("rawDigest")) or "",
    )


def _metric(node: Node) -> Metric:
    _check_known(node, {"metric", "value", "unit", "stderr", "samples", "slices", "items"})
    stderr = _number(node.get("stderr"))
    if stderr is not None and stderr < 0:
        node.get("stderr").refuse("is less than 0: no standard error is")
    counts = _counts(node.field("samples"))
    samples = tuple(_samples(node.get("items")))
    if samples and counts.effective != sum(sample.value is not None for sample in samples):
        node.get("items").refuse(f"has other than {counts.effective} items with a value, which samples.effective says")
    return Metric(
        name=node.field("metric").name(),
        value=_number(node.get("value")),
        unit=_unit(node.get("unit")),
        counts=counts,
        stderr=stderr,
        samples=samples,
        slices=tuple(_slices(node.get("slices"))),
    )


def _counts(node: Node) -> Counts:
    _check_known(node, {"planned", "effective", "errored", "unscored"})
    counts = Counts(
        planned=node.field("planned").count(),
        effective=node.field("effective").count(),
        errored=_or_zero(node.get("errored")),
        unscored=_or_zero(node.get("unscored")),
    )
    if counts.effective + counts.errored + counts.unscored > counts.planned:
        node.refuse("has more effective, errored and unscored samples together than planned ones")
    return counts


def _samples(node: Node) -> Iterator[Sample]:
    seen: set[str] = set()
    for element in node.elements() if node.value is not None else ():
        _check_known(element, {"key", "value", "slices"})
        key = element.field("key").name()
        if key in seen:
            element.refuse(f"is the second item with the key {key}: write the mean of both, or tell them apart")
        seen.add(key)
        slices = element.get("slices")
        levels = {name: level.name() for name, level in slices.fields()} if slices.value is not None else {}
        yield Sample(key=key, value=_number(element.get("value")), slices=levels)


def _slices(node: Node) -> Iterator[SliceCounts]:
    for element in node.elements() if node.value is not None else ():
        _check_known(element, {"by", "name", "value", "samples"})
        value = _number(element.field("value"))
        yield SliceCounts(
            by=element.field("by").name(),
            name=element.field("name").name(),
            value=element.field("value").refuse("is no number") if value is None else value,
            counts=_counts(element.field("samples")),
        )


def _number(node: Node) -> float | None:
    if isinstance(node.value, str) and _DECIMAL.fullmatch(node.value):
        return finite(float(node.value))
    return node.number()


def _unit(node: Node) -> "MetricUnit | None":
    if node.value is None:
        return None
    if (text := node.text()) not in UNITS:
        node.refuse(f"must be one of {', '.join(UNITS)}")
    return text


def _or_zero(node: Node) -> int:
    return 0 if node.value is None else node.count()


def _digest(node: Node) -> str | None:
    if node.value is None:
        return None
    if not _DIGEST.fullmatch(text := node.text()):
        node.refuse("must be sha256: and 64 hex digits in lower case, in full")
    return text


def _texts(node: Node) -> list[str]:
    return [element.text() for element in node.elements()] if node.value is not None else []


def _check_known(node: Node, known: set[str]) -> None:
    for name, _ in node.fields():
        if name not in known:
            node.refuse(f"has {name[:64]!r}, which no field here is called: write {', '.join(sorted(known))}")


def _metric_json(metric: Metric) -> dict[str, object]:
    items = [
        _without_empty({"key": sample.key, "value": sample.value, "slices": dict(sample.slices)})
        for sample in metric.samples
    ]
    return _without_empty(
        {
            "metric": metric.name,
            "value": metric.value,
            "unit": metric.unit,
            "stderr": metric.stderr,
            "samples": _counts_json(metric.counts),
            "slices": [
                {"by": each.by, "name": each.name, "value": each.value, "samples": _counts_json(each.counts)}
                for each in metric.slices
            ],
            "items": items,
        }
    )


def _counts_json(counts: Counts) -> dict[str, object]:
    return {
        "planned": counts.planned,
        "effective": counts.effective,
        "errored": counts.errored,
        "unscored": counts.unscored,
    }


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _without_empty(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None and value not in ([], {})}
