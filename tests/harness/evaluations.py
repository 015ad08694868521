"""Suites and results, in one line each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadsman.api.scalars import MetricUnit
from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals.normal import Counts, Metric, Results, Sample

AT_LEAST = {"name": "accuracy", "metric": "acc", "direction": "HigherIsBetter", "min": "0.85"}
AT_MOST = {"name": "jailbreak", "metric": "attacks", "direction": "LowerIsBetter", "max": "0.01"}
NO_WORSE = {"name": "no-worse", "metric": "acc", "direction": "HigherIsBetter", "nonInferior": {"margin": "0.03"}}
DATA = "sha256:" + "d" * 64


def criterion(base: Mapping[str, Any], **changes: Any) -> Criterion:
    return Criterion.from_dict({**base, **changes})


def suite(*criteria: Mapping[str, Any], **changes: Any) -> EvalSuiteSpec:
    return EvalSuiteSpec.from_dict({"runner": {"external": {}}, "criteria": list(criteria), **changes})


def counted(name: str, value: float, planned: int, *, lost: int = 0, unit: MetricUnit | None = "Fraction") -> Metric:
    """A metric without samples."""
    return Metric(
        name=name, value=value, unit=unit, counts=Counts(planned=planned, effective=planned - lost, errored=lost)
    )


def sampled(
    name: str,
    values: Sequence[float | None],
    *,
    slices: Sequence[Mapping[str, str]] | None = None,
    unit: MetricUnit = "Fraction",
    prefix: str = "q",
) -> Metric:
    """A metric that is the mean of what was scored; items are numbered."""
    scored = [value for value in values if value is not None]
    samples = tuple(
        Sample(key=f"{prefix}{number}", value=value, slices=slices[number] if slices else {})
        for number, value in enumerate(values)
    )
    counts = Counts(planned=len(values), effective=len(scored), errored=len(values) - len(scored))
    mean = sum(scored) / len(scored) if scored else None
    return Metric(name=name, value=mean, unit=unit, counts=counts, samples=samples)


def results(*metrics: Metric, **changes: Any) -> Results:
    return replace(Results(tool="lm-eval", tool_version="0.4.13", metrics=named(metrics)), **changes)


def named(metrics: Iterable[Metric]) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def right(count: int, of: int) -> list[float | None]:
    """So many items right, the first ones."""
    return [1.0 if number < count else 0.0 for number in range(of)]
