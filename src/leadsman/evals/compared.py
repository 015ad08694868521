"""A candidate beside the revision that serves: on the same items where that can be, which takes far fewer samples."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from leadsman.evals.measured import Measured, Obstacle, Scale
from leadsman.evals.normal import Paired
from leadsman.stats.differences import BoundedPairs, Independent, Pairs
from leadsman.stats.means import Mean
from leadsman.stats.proportions import Proportion

MATCHED: Final = 0.9
"""Part of the items of either side that must be the other's too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Above 0: the candidate is better."""

    estimate: Pairs | BoundedPairs | Independent | Mean
    """Of the difference in goodness."""
    baseline: float
    """Goodness."""
    how: str
    """For people."""


def compared(candidate: Measured, baseline: Measured | Obstacle, revision: str, scale: Scale) -> Compared | Obstacle:
    """By samples, by counts of pairs that the results bring for this revision, or as of different items; in this order.

    Args:
        candidate: what is judged.
        baseline: what serves, or why nothing usable is known of it.
        revision: the name of what serves.
        scale: of the criterion.
    """
    if not isinstance(baseline, Obstacle) and _match(candidate.outcomes, baseline.outcomes, scale):
        return _by_samples(candidate, baseline, scale)
    if candidate.paired and candidate.paired.baseline == revision and scale.is_bounded:
        return _by_counts(candidate, candidate.paired)
    return baseline if isinstance(baseline, Obstacle) else _unpaired(candidate, baseline)


def _match(ours: Mapping[str, float], theirs: Mapping[str, float], scale: Scale) -> bool:
    """Do enough items have the same keys? Without bounds nothing could stand in for one that is missing: then all."""
    matched = sum(key in theirs for key in ours)
    return matched > 0 and matched >= (MATCHED if scale.is_bounded else 1) * max(len(ours), len(theirs))


def _by_samples(candidate: Measured, baseline: Measured, scale: Scale) -> Compared:
    """What the baseline would have made of an item that it never saw is counted in its favour."""
    pairs = [(ours, baseline.outcomes.get(key, 1.0)) for key, ours in candidate.outcomes.items()]
    count, missing = len(pairs), sum(key not in baseline.outcomes for key in candidate.outcomes)
    how = f"{count} pairs" if not missing else f"{count} pairs, {missing} of them without a counterpart"
    theirs = math.fsum(pair[1] for pair in pairs) / count
    if not scale.is_bounded:
        return Compared(estimate=Mean.of(a - b for a, b in pairs), baseline=theirs, how=how)
    if all(one in (0.0, 1.0) for pair in pairs for one in pair):
        binary = Pairs(sum(a > b for a, b in pairs), sum(a < b for a, b in pairs), count)
        return Compared(estimate=binary, baseline=theirs, how=f"{how}, {_discordant(binary)}")
    return Compared(estimate=BoundedPairs.of(a - b for a, b in pairs), baseline=theirs, how=how)


def _by_counts(candidate: Measured, paired: Paired) -> Compared | Obstacle:
    """Items that nobody compared count as worse."""
    planned, good = candidate.planned, candidate.estimate.value * candidate.planned
    known = paired.better + paired.worse + paired.same
    if min(paired.better, paired.worse, paired.same) < 0 or not MATCHED * planned <= known <= planned:
        return Obstacle(f"{known} of {planned} samples were compared with {paired.baseline}: compare all of them")
    if paired.better > good + 0.5 or paired.worse > planned - good + 0.5:
        return Obstacle(
            f"{paired.better} better and {paired.worse} worse can't be where {good:.0f} of {planned} passed: count the "
            "pairs and the value over the same samples"
        )
    pairs = Pairs(paired.better, paired.worse + planned - known, planned)
    baseline = min(1.0, max(0.0, candidate.estimate.value - pairs.value))
    return Compared(estimate=pairs, baseline=baseline, how=f"{planned} pairs, {_discordant(pairs)}")


def _discordant(pairs: Pairs) -> str:
    p = pairs.mcnemar
    chance = f"p={p:.2g}" if p >= 0.001 else "p<0.001"
    return f"{pairs.better:.0f} better and {pairs.worse:.0f} worse (exact McNemar {chance})"


def _unpaired(candidate: Measured, baseline: Measured) -> Compared | Obstacle:
    ours, theirs = candidate.estimate, baseline.estimate
    how = f"unpaired, n={candidate.planned} and {baseline.planned}: the same keys for the same items would tell more"
    if isinstance(ours, Proportion) and isinstance(theirs, Proportion):
        return Compared(estimate=Independent(ours, theirs), baseline=theirs.value, how=how)
    if isinstance(ours, Mean) and isinstance(theirs, Mean):
        if not theirs.is_reliable:
            return Obstacle(
                f"the serving revision's {baseline.planned} samples are too few or too uneven to compare with"
            )
        return Compared(estimate=ours.minus(theirs), baseline=theirs.value, how=how)
    raise AssertionError("one scale makes one kind of estimate")
