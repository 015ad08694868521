"""Results as CI submits them: from the normal form to the API's and back, so that both are judged by the same rules.

An EvalRun holds no samples, so what they say is summed up before: the value over the scored ones, and slices. What
can't be judged here is left out and told, instead of arriving there with its doubts lost.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from leadsman.api.decimals import decimal
from leadsman.api.scalars import MetricUnit
from leadsman.api.v1alpha1 import evalrun as api
from leadsman.evals.measured import Obstacle, Scale, measured
from leadsman.evals.normal import Counts, Metric, Paired, Results, Sample, SliceCounts
from leadsman.evals.sentences import WORD, readable

_METRICS: Final = 128
_SLICES: Final = 64


class NotSubmittable(Exception):
    """Nothing of these results can be submitted. Says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """For an EvalRun."""

    results: api.RunResults
    left_out: Mapping[str, str]
    """Why, by metric: a criterion that asks for it will not find it."""


def to_api(results: Results, *, raw_uri: str | None = None) -> Submission:
    """Decimals have at most 9 places, slices are at most 64: of a property that has more, there are none.

    Raises:
        NotSubmittable: the results prove nothing as a whole, or don't say when they were made.
    """
    if results.problems:
        raise NotSubmittable(f"these results prove nothing: {'; '.join(results.problems)}")
    started, finished = _times(results)
    metrics: list[api.MetricResult] = []
    left_out: dict[str, str] = {}
    for name, metric in results.metrics.items():
        found = _metric_to_api(metric)
        if isinstance(found, Obstacle):
            left_out[name] = found.message
        elif len(metrics) == _METRICS:
            left_out[name] = f"a run holds {_METRICS} metrics"
        else:
            metrics.append(found)
    if not metrics:
        raise NotSubmittable(f"no metric can be judged: {'; '.join(left_out.values()) or 'there is none'}")
    submitted = api.RunResults(
        tool=api.Tool(name=readable(results.tool), version=results.tool_version and readable(results.tool_version)),
        started_at=started,
        finished_at=finished,
        dataset_digest=results.dataset_digest,
        metrics=tuple(metrics),
        raw=api.RawResult(uri=raw_uri, digest=results.raw_digest) if results.raw_digest else None,
    )
    return Submission(results=submitted, left_out=left_out)


def from_api(results: api.RunResults, baseline: str | None) -> Results:
    """What was submitted.

    Args:
        results: of the EvalRun.
        baseline: the name of the revision that the EvalRun compares with.
    """
    metrics = (_metric_from_api(metric, baseline) for metric in results.metrics)
    return Results(
        tool=results.tool.name,
        tool_version=results.tool.version,
        metrics={metric.name: metric for metric in metrics},
        started_at=results.started_at,
        finished_at=results.finished_at,
        dataset_digest=results.dataset_digest,
        raw_digest=results.raw.digest if results.raw else "",
    )


def _times(results: Results) -> tuple[datetime, datetime]:
    if results.started_at is None or results.finished_at is None:
        raise NotSubmittable(
            "the results don't say when the evaluation began and ended: a suite's criteria must be older"
        )
    if results.started_at > results.finished_at:
        raise NotSubmittable(f"the evaluation ended at {results.finished_at} before it began at {results.started_at}")
    return results.started_at, results.finished_at


def _metric_to_api(metric: Metric) -> api.MetricResult | Obstacle:
    unit = metric.unit or "Fraction"
    problem = measured(metric, Scale(unit, "HigherIsBetter"), unknown=0)
    if isinstance(problem, Obstacle):
        return problem
    value = decimal(_mean(metric.samples) if metric.samples else metric.value)
    if value is None:
        return Obstacle(f"{readable(metric.name)} is too large for a run")
    try:
        return api.MetricResult(
            metric=metric.name,
            value=value,
            unit=unit,
            stderr=decimal(metric.stderr),
            samples=_counts_to_api(metric.counts),
            paired=_paired_to_api(metric.paired),
            slices=tuple(map(_slice_to_api, _slices(metric, unit))),
        )
    except ValidationError as error:
        return Obstacle(f"{readable(metric.name)} can't be written: {error.errors()[0]['msg']}")


def _mean(samples: tuple[Sample, ...] | list[Sample]) -> float:
    scored = [one.value for one in samples if one.value is not None]
    return math.fsum(scored) / len(scored) if scored else 0.0


def _slices(metric: Metric, unit: MetricUnit) -> Iterator[SliceCounts]:
    """All slices by one property or none of them, those with the fewest first."""
    groups: defaultdict[str, list[SliceCounts]] = defaultdict(list)
    for part in metric.slices if not metric.samples else _slices_of(metric.samples):
        groups[part.by].append(part)
    room = _SLICES
    for parts in sorted(groups.values(), key=len):
        room -= len(parts)
        if room >= 0 and all(_is_writable(part) for part in parts):
            yield from (replace(part, value=min(part.value, 1.0)) if unit == "Fraction" else part for part in parts)


def _slices_of(samples: tuple[Sample, ...]) -> Iterator[SliceCounts]:
    groups: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for one in samples:
        for by, name in one.slices.items():
            groups[by, name].append(one)
    for (by, name), members in groups.items():
        scored = sum(one.value is not None for one in members)
        # What became of the others is not kept by sample; either counts the same.
        counts = Counts(planned=len(members), effective=scored, unscored=len(members) - scored)
        yield SliceCounts(by=by, name=name, value=_mean(members), counts=counts)


def _is_writable(part: SliceCounts) -> bool:
    return all(readable(text, WORD) == text for text in (part.by, part.name)) and decimal(part.value) is not None


def _slice_to_api(part: SliceCounts) -> api.SliceResult:
    value = decimal(part.value) or "0"
    return api.SliceResult(by=part.by, name=part.name, value=value, samples=_counts_to_api(part.counts))


def _counts_to_api(counts: Counts) -> api.Samples:
    return api.Samples(
        planned=counts.planned, effective=counts.effective, errored=counts.errored, unscored=counts.unscored
    )


def _paired_to_api(paired: Paired | None) -> api.Paired | None:
    return api.Paired(better=paired.better, worse=paired.worse, same=paired.same) if paired else None


def _metric_from_api(metric: api.MetricResult, baseline: str | None) -> Metric:
    pairs = metric.paired
    return Metric(
        name=metric.metric,
        value=float(metric.value),
        unit=metric.unit,
        counts=_counts_from_api(metric.samples),
        stderr=None if metric.stderr is None else float(metric.stderr),
        slices=tuple(
            SliceCounts(by=part.by, name=part.name, value=float(part.value), counts=_counts_from_api(part.samples))
            for part in metric.slices
        ),
        paired=Paired(baseline=baseline, better=pairs.better, worse=pairs.worse, same=pairs.same)
        if pairs and baseline
        else None,
    )


def _counts_from_api(samples: api.Samples) -> Counts:
    return Counts(
        planned=samples.planned, effective=samples.effective, errored=samples.errored, unscored=samples.unscored
    )
