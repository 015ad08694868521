"""What a metric's numbers come to, once nothing speaks against them: an estimate over all that was planned.

Inside, higher is always better: a share is turned round where lower is better, other numbers get the other sign.
What is not known of a sample, because it errored or nobody could score it, is counted as the caller says: against a
candidate, and in favour of the revision that it is compared with. The value of a metric without samples is taken as the
mean of the scored ones.

A standard error that is larger than that of as many independent answers tells of items that hang together, such as
questions on one text. They count as fewer then: Korn, Graubard, "Confidence intervals for proportions with small
expected number of positive counts estimated from survey data", Survey Methodology 24(2), 1998.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from leadsman.api.decimals import shown
from leadsman.api.scalars import MetricUnit
from leadsman.api.v1alpha1.evalsuite import Criterion
from leadsman.evals.normal import Counts, Metric, Paired, Sample
from leadsman.stats.estimates import MOST
from leadsman.stats.means import Mean
from leadsman.stats.proportions import Proportion

_ROUNDING: Final = 0.001
"""Of the range: how far a value may lie from the mean of its samples, as tools round."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing can be concluded."""

    message: str
    missing: int | None = None
    """Samples, where more of them would help."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Of a criterion: from values to goodness and back."""

    unit: MetricUnit
    direction: Literal["HigherIsBetter", "LowerIsBetter"]

    @classmethod
    def of(cls, criterion: Criterion) -> "Scale":
        return cls(criterion.unit, criterion.direction)

    @property
    def size(self) -> float:
        """Of one in the unit: a share of 1 is 100 %."""
        return 100.0 if self.unit == "Percent" else 1.0

    @property
    def is_bounded(self) -> bool:
        return self.unit in ("Fraction", "Percent")

    def goodness(self, value: float) -> float:
        """From 0 to 1 where there are bounds."""
        return self._turned(value / self.size)

    def value(self, goodness: float) -> float:
        return self._turned(goodness) * self.size

    def holds(self, value: float) -> bool:
        return math.isfinite(value) and (not self.is_bounded or 0 <= value <= self.size)

    def _turned(self, share: float) -> float:
        if self.direction == "HigherIsBetter":
            return share
        return 1 - share if self.is_bounded else -share


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric, in all of the data or in one slice of it."""

    planned: int
    estimate: Proportion | Mean
    """Of goodness."""
    outcomes: Mapping[str, float] = field(default_factory=dict[str, float])
    """Goodness by key. Empty: there are no samples."""
    paired: Paired | None = None


def measured(metric: Metric, scale: Scale, unknown: float) -> Measured | Obstacle:
    """The metric in all of the data.

    Args:
        metric: of one evaluation.
        scale: of the criterion.
        unknown: the goodness of a sample that errored or was not scored, 0 or 1.
    """
    if metric.unit is None:
        return Obstacle(
            f"nothing says in which unit {metric.name} is: bring it in the Leadsman format, which names units"
        )
    if metric.unit != scale.unit:
        return Obstacle(
            f"{metric.name} is in {metric.unit} and the criterion in {scale.unit}: write unit: {metric.unit}, and the "
            "criterion's limits in it"
        )
    if metric.value is None:
        return Obstacle(f"the results have no value for {metric.name}")
    if problem := _value_problem(metric.name, metric.value, metric.counts, scale):
        return problem
    if metric.samples:
        return _of_samples(metric, metric.value, scale, unknown)
    return _of_counts(metric, metric.value, scale, unknown)


def sliced(metric: Metric, by: str, scale: Scale, unknown: float) -> Mapping[str, Measured] | Obstacle:
    """By the name of the slice. Call it for a metric that `measured` accepts."""
    if metric.samples:
        return _slices_of_samples(metric, by, scale, unknown)
    parts = [part for part in metric.slices if part.by == by]
    if not parts:
        known = sorted({part.by for part in metric.slices})
        return _no_slices(by, known)
    covered = sum(part.counts.planned for part in parts)
    if covered != metric.counts.planned or len({part.name for part in parts}) < len(parts):
        return Obstacle(
            f"slices by {by} cover {covered} of {metric.counts.planned} samples: each belongs to one of them"
        )
    found: dict[str, Measured] = {}
    for part in parts:
        if problem := _value_problem(f"{metric.name} in {by} {part.name}", part.value, part.counts, scale):
            return problem
        found[part.name] = _without_samples(part.value, part.counts, scale, unknown)
    return found


def restricted(whole: Measured, keys: Mapping[str, float], scale: Scale) -> Measured | None:
    """To samples with these keys. None: there are none."""
    outcomes = {key: goodness for key, goodness in whole.outcomes.items() if key in keys}
    return _of_outcomes(outcomes, scale) if outcomes else None


def _value_problem(name: str, value: float, counts: Counts, scale: Scale) -> Obstacle | None:
    """One check after the other; the first that fails speaks."""
    if not scale.holds(value):
        return Obstacle(f"{name} is {shown(value)}, which is no {scale.unit}")
    if min(counts.planned - 1, counts.effective, counts.errored, counts.unscored) < 0 or counts.planned > MOST:
        return Obstacle(f"{name} has counts of samples that can't be: {counts.planned} planned")
    if not counts.is_complete:
        ran = counts.effective + counts.errored + counts.unscored
        return Obstacle(f"{name} is of {ran} samples where {counts.planned} were planned: run all of them")
    if not counts.effective:
        return Obstacle(f"none of the {counts.planned} samples of {name} was scored")
    if counts.effective < counts.planned and not scale.is_bounded:
        lost = counts.planned - counts.effective
        return Obstacle(
            f"{lost} of {counts.planned} samples of {name} errored or were not scored: {scale.unit} has no worst value"
        )
    return None


def _of_counts(metric: Metric, value: float, scale: Scale, unknown: float) -> Measured | Obstacle:
    if not scale.is_bounded and metric.stderr is None:
        return Obstacle(
            f"{metric.name} comes without samples and without a standard error: how sure it is, nobody knows"
        )
    found = _without_samples(value, metric.counts, scale, unknown, metric.stderr)
    return Measured(planned=found.planned, estimate=found.estimate, paired=metric.paired)


def _without_samples(
    value: float, counts: Counts, scale: Scale, unknown: float, stderr: float | None = None
) -> Measured:
    goodness, planned = scale.goodness(value), counts.planned
    if not scale.is_bounded:
        mean = Mean(value=goodness, deviation=(stderr or 0.0) * math.sqrt(planned), count=planned)
        return Measured(planned=planned, estimate=mean)
    good = goodness * counts.effective + unknown * (planned - counts.effective)
    share = Proportion(min(max(good, 0.0), planned), planned)
    return Measured(planned=planned, estimate=_independent(share, goodness, scale, stderr))


def _of_samples(metric: Metric, value: float, scale: Scale, unknown: float) -> Measured | Obstacle:
    name, samples = metric.name, metric.samples
    scored = [one.value for one in samples if one.value is not None]
    if len({one.key for one in samples}) < len(samples):
        return Obstacle(f"{name} has samples with the same key: keys tell items apart")
    if len(samples) != metric.counts.planned or len(scored) != metric.counts.effective:
        return Obstacle(
            f"{name} has {len(samples)} samples, {len(scored)} of them scored, where its counts say "
            f"{metric.counts.planned} and {metric.counts.effective}"
        )
    if odd := next((one for one in scored if not scale.holds(one)), None):
        return Obstacle(f"a sample of {name} has the value {shown(odd)}, which is no {scale.unit}")
    if not _is_mean(value, scored, len(samples), scale):
        mean = math.fsum(scored) / len(scored)
        return Obstacle(
            f"{name} is {shown(value)} and its samples have a mean of {shown(mean)}: only means can be judged"
        )
    found = _of_outcomes(_outcomes(samples, scale, unknown), scale)
    estimate = found.estimate
    if isinstance(estimate, Proportion):
        estimate = _independent(estimate, scale.goodness(value), scale, metric.stderr)
    return Measured(planned=found.planned, estimate=estimate, outcomes=found.outcomes, paired=metric.paired)


def _is_mean(value: float, scored: list[float], planned: int, scale: Scale) -> bool:
    """Tools differ in what they do with errors: leave them out, or count them as 0 or as 1."""
    total, lost = math.fsum(scored), planned - len(scored)
    means = (total / len(scored), total / planned, (total + lost * scale.size) / planned)
    slack = _ROUNDING * (scale.size if scale.is_bounded else max(abs(mean) for mean in means))
    return min(means) - slack <= value <= max(means) + slack


def _independent(share: Proportion, goodness: float, scale: Scale, stderr: float | None) -> Proportion:
    """As of so many independent answers as the standard error stands for."""
    variance = (stderr or 0.0) ** 2 / scale.size**2
    if not variance > 0 or not 0 < goodness < 1:
        return share
    count = goodness * (1 - goodness) / variance + 1  # tools divide by n - 1
    return share if count >= share.count * (1 - 1e-9) else share.at(count)


def _slices_of_samples(metric: Metric, by: str, scale: Scale, unknown: float) -> Mapping[str, Measured] | Obstacle:
    groups: defaultdict[str, list[Sample]] = defaultdict(list)
    for one in metric.samples:
        groups[one.slices.get(by, "")].append(one)
    if set(groups) == {""}:
        return _no_slices(by, sorted({name for one in metric.samples for name in one.slices}))
    if "" in groups:
        return Obstacle(f"{len(groups[''])} of {len(metric.samples)} samples of {metric.name} have no {by}")
    return {name: _of_outcomes(_outcomes(group, scale, unknown), scale) for name, group in groups.items()}


def _no_slices(by: str, known: list[str]) -> Obstacle:
    there = f"there is {', '.join(known[:5])}" if known else "the results have no slices"
    return Obstacle(f"no sample has a property {by}: {there}")


def _outcomes(samples: tuple[Sample, ...] | list[Sample], scale: Scale, unknown: float) -> dict[str, float]:
    return {one.key: unknown if one.value is None else scale.goodness(one.value) for one in samples}


def _of_outcomes(outcomes: Mapping[str, float], scale: Scale) -> Measured:
    count = len(outcomes)
    if not scale.is_bounded:
        return Measured(planned=count, estimate=Mean.of(outcomes.values()), outcomes=outcomes)
    good = min(math.fsum(outcomes.values()), count)
    return Measured(planned=count, estimate=Proportion(good, count), outcomes=outcomes)
