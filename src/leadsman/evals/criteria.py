"""The verdict on one criterion.

    Passed          the bound on the worse side clears the limit
    Failed          the bound on the better side does not reach it
    Inconclusive    neither: too few samples, or something speaks against the numbers
    NotApplicable   a comparison where nothing serves yet, with a metric that was measured in full

Of slices each has to hold, and the worst decides. To pass, all of them have to be proven at the criterion's confidence,
which needs no correction: one that is bad passes with a chance of 1 - confidence, so all together with no more (an
intersection-union test: Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24(4),
1982). To fail, one is enough, and among many some look bad by chance: there 1 - confidence is divided by their number
(Bonferroni). The criteria of a suite need no correction for the same reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals import sentences
from leadsman.evals.compared import compared
from leadsman.evals.measured import Measured, Obstacle, Scale, measured, restricted, sliced
from leadsman.evals.normal import Metric, Results
from leadsman.evals.sentences import needs, number, readable
from leadsman.stats.estimates import Estimate, samples_to_prove
from leadsman.stats.means import Mean

CriterionVerdict = Literal["Passed", "Failed", "Inconclusive", "NotApplicable"]
RANK: Final[Mapping[CriterionVerdict, int]] = {"Failed": 0, "Inconclusive": 1, "NotApplicable": 2, "Passed": 3}
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The revision that serves, and the last evaluation of it by the same suite."""

    revision: str
    """Its name."""
    results: Results | None
    """None: there is no usable one. Samples need no more than keys and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Numbers are in the metric's unit."""

    verdict: CriterionVerdict
    message: str
    value: float | None = None
    baseline: float | None = None
    lower: float | None = None
    """Of the value; in a comparison, of how much better the candidate is."""
    upper: float | None = None
    samples: int | None = None
    missing: int | None = None
    slice: str | None = None
    clearance: float = 0.0
    """From the limit to the lower bound: among slices with the same verdict the worst decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One criterion of one candidate."""

    criterion: Criterion
    scale: Scale
    baseline: Baseline | None
    theirs: Measured | Obstacle
    """The baseline's."""
    their_slices: Mapping[str, Measured]
    parts: int = 1
    """How many slices there are."""

    @property
    def confidence(self) -> float:
        return float(self.criterion.confidence)


def finding(criterion: Criterion, suite: EvalSuiteSpec, results: Results, baseline: Baseline | None) -> Finding:
    """For results over the suite's data set, complete as a whole."""
    scale = Scale.of(criterion)
    metric = results.metrics.get(criterion.metric)
    if problem := meaningless(criterion, scale):
        return _inconclusive(problem)
    if metric is None:
        return _inconclusive(Obstacle(sentences.no_metric(criterion.metric, results.metrics)))
    ours = measured(metric, scale, unknown=0)
    if isinstance(ours, Obstacle):
        return _inconclusive(ours)
    if ours.planned < suite.min_samples:
        short = suite.min_samples - ours.planned
        few = Obstacle(f"{ours.planned} samples where the suite asks for {suite.min_samples}", short)
        return replace(_inconclusive(few), value=scale.value(ours.estimate.value), samples=ours.planned)
    theirs, their_slices = _of_baseline(criterion, scale, results, baseline)
    asked = _Asked(criterion=criterion, scale=scale, baseline=baseline, theirs=theirs, their_slices=their_slices)
    return _in_slices(asked, metric, ours.planned) if criterion.slices else _part(asked, ours)


def meaningless(criterion: Criterion, scale: Scale) -> Obstacle | None:
    """A limit that every result meets, most likely written in another unit."""
    limit, margin = criterion.min or criterion.max, criterion.non_inferior and criterion.non_inferior.margin
    if not scale.is_bounded:
        return None
    if margin is not None and float(margin) >= scale.size:
        return Obstacle(f"a margin of {margin} is met by every {scale.unit}: it must be less than {number(scale.size)}")
    if limit is None or 0 < scale.goodness(float(limit)) <= 1:
        return None
    return Obstacle(
        f"the limit {limit} is met by every {scale.unit} or by none: that runs from 0 to {number(scale.size)}"
    )


def _of_baseline(
    criterion: Criterion, scale: Scale, results: Results, baseline: Baseline | None
) -> tuple[Measured | Obstacle, Mapping[str, Measured]]:
    """Its metric, and the metric's slices where there are any."""
    if baseline is None or criterion.non_inferior is None:
        return Obstacle("there is nothing to compare with"), {}
    whose = f"the serving revision {baseline.revision}"
    if baseline.results is None:
        return Obstacle(f"there is no result of {whose} by this suite: evaluate it"), {}
    if problem := _incomparable(results, baseline.results):
        return Obstacle(f"the result of {whose} {problem}: evaluate it again"), {}
    metric = baseline.results.metrics.get(criterion.metric)
    if metric is None:
        return Obstacle(f"the result of {whose} has no metric {criterion.metric}: evaluate it again"), {}
    found = measured(metric, scale, unknown=1)
    if isinstance(found, Obstacle):
        return Obstacle(f"the result of {whose} can't be used, evaluate it again: {found.message}"), {}
    parts = sliced(metric, criterion.slices.by, scale, unknown=1) if criterion.slices else None
    return found, {} if parts is None or isinstance(parts, Obstacle) else parts


def _incomparable(ours: Results, theirs: Results) -> str | None:
    if theirs.problems:
        return f"proves nothing ({theirs.problems[0]})"
    if ours.dataset_digest and theirs.dataset_digest and ours.dataset_digest != theirs.dataset_digest:
        return "is over another data set"
    if ours.tool != theirs.tool:
        return f"is of {readable(theirs.tool)}, this one of {readable(ours.tool)}"
    if ours.tool_version and theirs.tool_version and ours.tool_version != theirs.tool_version:
        return (
            f"is of {readable(theirs.tool)} {readable(theirs.tool_version)}, this one of {readable(ours.tool_version)}"
        )
    return None


def _in_slices(asked: _Asked, metric: Metric, planned: int) -> Finding:
    slices = asked.criterion.slices
    assert slices is not None  # noqa: S101 - the caller asks for a criterion with slices
    parts = sliced(metric, slices.by, asked.scale, unknown=0)
    if isinstance(parts, Obstacle):
        return replace(_inconclusive(parts), samples=planned)
    asked = replace(asked, parts=len(parts))
    found: list[Finding] = []
    for name, part in sorted(parts.items()):
        where = f"{slices.by} {readable(name)}"
        short = slices.min_samples - part.planned
        one = (
            _inconclusive(Obstacle(f"{part.planned} samples where each slice needs {slices.min_samples}", short))
            if short > 0
            else _part(replace(asked, theirs=_their_part(asked, name, part)), part)
        )
        found.append(replace(one, slice=readable(name), samples=part.planned, message=f"{where}: {one.message}"))
    worst = min(found, key=lambda one: (RANK[one.verdict], one.clearance))
    return worst if len(found) == 1 else replace(worst, message=f"{worst.message}; worst of {len(found)} slices")


def _their_part(asked: _Asked, name: str, ours: Measured) -> Measured | Obstacle:
    """The baseline on the items of our slice, or its own slice of that name."""
    whole = asked.theirs
    if isinstance(whole, Obstacle):
        return whole
    same_items = restricted(whole, ours.outcomes, asked.scale)
    return same_items or asked.their_slices.get(name) or Obstacle("the serving revision's result has no such slice")


def _part(asked: _Asked, ours: Measured) -> Finding:
    """All of the data, or one slice of it."""
    value = asked.scale.value(ours.estimate.value)
    about = Finding(
        verdict="Inconclusive", message=f"{asked.criterion.metric} {number(value)}", value=value, samples=ours.planned
    )
    if asked.criterion.non_inferior is None:
        return _held(asked, ours, about)
    if asked.baseline is None:
        return replace(about, verdict="NotApplicable", message=f"{about.message}: nothing serves yet to compare with")
    return _compared(asked, ours, about, asked.baseline.revision)


def _held(asked: _Asked, ours: Measured, about: Finding) -> Finding:
    limit = asked.scale.goodness(float(asked.criterion.min or asked.criterion.max or "nan"))
    found, bounds = _decided(asked, ours.estimate, limit, about, ours.planned)
    if bounds is None:
        return found
    lower, upper = sorted(map(asked.scale.value, bounds))
    tail = sentences.held(asked.criterion, asked.scale, found.verdict, bounds)
    end = f"; {needs(found.missing, 'at this rate')}" if found.verdict == "Inconclusive" else ""
    return replace(found, lower=lower, upper=upper, message=f"{about.message}, {tail}, n={ours.planned}{end}")


def _compared(asked: _Asked, ours: Measured, about: Finding, revision: str) -> Finding:
    scale, margin = asked.scale, asked.criterion.non_inferior.margin if asked.criterion.non_inferior else "nan"
    both = compared(ours, asked.theirs, revision, scale)
    if isinstance(both, Obstacle):
        return replace(about, message=f"{about.message}: {both.message}", missing=both.missing)
    baseline = scale.value(both.baseline)
    found, bounds = _decided(asked, both.estimate, -float(margin) / scale.size, about, ours.planned)
    if bounds is None:
        return replace(found, baseline=baseline)
    lower, upper = (bound * scale.size for bound in bounds)
    apart = sentences.apart(both.estimate.value * scale.size, revision, baseline)
    tail = sentences.beside(margin, scale, found.verdict, bounds)
    end = f"; {needs(found.missing, 'at these rates')}" if found.verdict == "Inconclusive" else ""
    message = f"{about.message}, {apart}, {tail}, {both.how}{end}"
    return replace(found, baseline=baseline, lower=lower, upper=upper, message=message)


def _decided(
    asked: _Asked, estimate: Estimate, limit: float, about: Finding, planned: int
) -> tuple[Finding, tuple[float, float] | None]:
    """With both bounds, unless there are too few samples even for them."""
    if isinstance(estimate, Mean) and not estimate.is_reliable:
        missing = estimate.least - planned if estimate.least > planned else None
        why = f"{planned} samples" if missing else "all samples are equal, or their standard error is 0"
        message = f"{about.message}: {why}, and a mean without bounds needs {estimate.least} that vary"
        return replace(about, message=message, missing=missing), None
    confidence = asked.confidence
    lower, upper = estimate.lower(confidence), estimate.upper(confidence)
    found = replace(about, clearance=lower - limit)
    if lower >= limit:
        return replace(found, verdict="Passed"), (lower, upper)
    if upper < limit and estimate.upper(1 - (1 - confidence) / asked.parts) < limit:
        return replace(found, verdict="Failed"), (lower, upper)
    needed = samples_to_prove(estimate, limit, confidence)
    missing = None if needed is None else max(1, round(planned * needed / estimate.count) - planned)
    return replace(found, missing=missing), (lower, upper)


def _inconclusive(obstacle: Obstacle) -> Finding:
    return Finding(verdict="Inconclusive", message=obstacle.message, missing=obstacle.missing)
