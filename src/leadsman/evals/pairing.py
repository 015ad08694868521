"""Results of a revision and of its baseline, item by item, summed up for an EvalRun, which holds no samples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.evals.measured import Measured, Obstacle, Scale, measured
from leadsman.evals.normal import Metric, Paired, Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    results: Results
    """With counts of pairs, where they can be made."""
    unpaired: Mapping[str, str]
    """Why not, by metric."""


def pair(ours: Results, theirs: Results, suite: EvalSuiteSpec, baseline: str) -> Pairing:
    """Metrics that the suite compares. What is not known of an item is counted as `criteria` counts it.

    Args:
        ours: of the revision, with the tool's own keys.
        theirs: of the baseline, over the same items.
        suite: that compares them.
        baseline: the name of the revision.
    """
    metrics, unpaired = dict(ours.metrics), dict[str, str]()
    for criterion in suite.criteria:
        metric = ours.metrics.get(criterion.metric)
        if criterion.non_inferior is None or metric is None:
            continue
        found = _counts(metric, theirs.metrics.get(criterion.metric), criterion, baseline)
        if isinstance(found, Obstacle):
            unpaired[metric.name] = found.message
        else:
            metrics[metric.name] = replace(metric, paired=found)
    return Pairing(results=replace(ours, metrics=metrics), unpaired=unpaired)


def _counts(ours: Metric, theirs: Metric | None, criterion: Criterion, baseline: str) -> Paired | Obstacle:
    scale = Scale.of(criterion)
    if theirs is None:
        return Obstacle("the baseline's results have no such metric")
    candidate, other = measured(ours, scale, unknown=0), measured(theirs, scale, unknown=1)
    if isinstance(candidate, Obstacle):
        return candidate
    if isinstance(other, Obstacle):
        return Obstacle(f"of the baseline: {other.message}")
    return _of_outcomes(candidate, other, baseline)


def _of_outcomes(ours: Measured, theirs: Measured, baseline: str) -> Paired | Obstacle:
    pairs = [(mine, theirs.outcomes[key]) for key, mine in ours.outcomes.items() if key in theirs.outcomes]
    if not pairs:
        return Obstacle("no item has the same key in both: keys have to stay the same from run to run")
    if any(one not in (0.0, 1.0) for both in pairs for one in both):
        return Obstacle("its items have other values than right or wrong: only those can be counted as pairs")
    better, worse = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    return Paired(baseline=baseline, better=better, worse=worse, same=len(pairs) - better - worse)
