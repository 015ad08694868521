"""From what came of each trial to samples, counts and units: the same for all tools."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from leadsman.evals.normal import Counts, Metric, Sample
from leadsman.evals.shape import NAME, is_name

if TYPE_CHECKING:
    from leadsman.api.scalars import MetricUnit

LEVELS: Final = 64
"""Slices of one property, as the API keeps of a metric. A property with more values tells items apart, not groups."""
TOLERANCE: Final = 1e-6
"""Between a tool's mean and ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One try (epoch, repetition) of one item."""

    key: str
    value: float | None
    """None: errored or unscored."""
    errored: bool = False
    slices: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    samples: tuple[Sample, ...]
    effective: int
    errored: int
    unscored: int

    def counts(self, planned: int) -> Counts:
        """More than were planned can't be: then as many were planned as ran."""
        ran = self.effective + self.errored + self.unscored
        return Counts(planned=max(planned, ran), effective=self.effective, errored=self.errored, unscored=self.unscored)

    @property
    def mean(self) -> float | None:
        """Of the scored samples."""
        values = [sample.value for sample in self.samples if sample.value is not None]
        return math.fsum(values) / len(values) if values else None

    def is_behind(self, value: float | None) -> bool:
        """Is the tool's value the mean of these samples? If not (F1, perplexity), they say nothing about it."""
        mean = self.mean
        return value is None or mean is None or math.isclose(mean, value, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def tally(trials: Iterable[Trial]) -> Tally:
    """Tries of one key are one sample: their mean, errored where one of them errored, unscored where one of them is."""
    groups: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[trial.key].append(trial)
    errored = sum(any(trial.errored for trial in group) for group in groups.values())
    samples = _with_levels([_sample(key, group) for key, group in groups.items()])
    effective = sum(sample.value is not None for sample in samples)
    return Tally(samples=samples, effective=effective, errored=errored, unscored=len(samples) - effective - errored)


def metric(name: str, value: float | None, tallied: Tally, planned: int, *, stderr: float | None = None) -> Metric:
    """One whose value is the mean of its samples."""
    return Metric(
        name=name,
        value=value,
        unit=unit(value, tallied.samples),
        counts=tallied.counts(planned),
        stderr=stderr,
        samples=tallied.samples,
    )


def unit(value: float | None, samples: Sequence[Sample] = (), *, known: bool = False) -> "MetricUnit | None":
    """Fraction where all samples say so, or (known) where the metric's name does; a value beyond 0 to 1 denies it."""
    values = [sample.value for sample in samples if sample.value is not None]
    if not (values or known) or not all(0 <= each <= 1 for each in (*values, *([] if value is None else [value]))):
        return None
    return "Fraction"


def key_of(text: str) -> str:
    """What is no name on one line is called by its SHA-256."""
    return text if is_name(text) else f"sha256:{sha256(text.encode()).hexdigest()}"


def levels(properties: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Of a sample's properties those that could be slices: short strings."""
    return {name: value for name, value in properties if is_name(name) and isinstance(value, str) and is_name(value)}


def numbered(keys: Iterable[str]) -> list[str]:
    """Equal items that are in the data set twice are told apart by which they are."""
    seen: defaultdict[str, int] = defaultdict(int)
    unique: list[str] = []
    for key in keys:
        seen[key] += 1
        unique.append(key if seen[key] == 1 else f"{key[: NAME - 20]}#{seen[key]}")
    return unique


def _sample(key: str, trials: Sequence[Trial]) -> Sample:
    values = [trial.value for trial in trials if trial.value is not None and not trial.errored]
    scored = len(values) == len(trials)
    return Sample(key=key, value=math.fsum(values) / len(values) if scored else None, slices=trials[0].slices)


def _with_levels(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Without the properties that have more levels than slices can have."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for name, value in sample.slices.items():
            found[name].add(value)
    kept = {name for name, values in found.items() if len(values) <= LEVELS}
    if len(kept) == len(found):
        return tuple(samples)
    return tuple(
        replace(sample, slices={name: value for name, value in sample.slices.items() if name in kept})
        for sample in samples
    )
