"""Before anything runs: what would a criterion take to pass, and how often would it err?"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from leadsman.api.v1alpha1.evalsuite import Criterion
from leadsman.evals.measured import Scale
from leadsman.stats.differences import Pairs
from leadsman.stats.estimates import samples_to_prove
from leadsman.stats.proportions import Proportion, chance_of_at_least

DISCORDANT: Final = 0.1
"""Share of items on which two revisions differ that are right on 90 % and correlate by a half: 2 (1 - 0.5) 0.9 0.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Of each verdict; together 1."""

    passed: float
    failed: float
    inconclusive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Feasibility:
    """Of a criterion in Fraction or Percent, with so many samples of which none is lost.

    Values are in the metric's unit. Of a comparison they are differences, above 0 where the candidate is better.
    """

    samples: int
    passes_from: float | None
    """The worst value that passes. None: none does."""
    fails_from: float | None
    """The best value that fails. None: none does."""
    least: int | None
    """Samples with which the best result there is passes, in a comparison an equal one. None: none ever does."""


def feasibility(criterion: Criterion, samples: int, discordant: float = DISCORDANT) -> Feasibility | None:
    """None for units without bounds: how much their values vary is not known beforehand.

    Args:
        criterion: of a suite.
        samples: in all, or in a slice where it asks for slices; at least 1.
        discordant: for comparisons, the share of items on which candidate and baseline are expected to differ.
    """
    scale = Scale.of(criterion)
    if not scale.is_bounded:
        return None
    if criterion.non_inferior is not None:
        return _of_comparison(criterion, scale, samples, discordant)
    limit = _limit(criterion, scale)
    passing, failing = _turns(samples, limit, float(criterion.confidence))
    return Feasibility(
        samples=samples,
        passes_from=None if passing > samples else scale.value(passing / samples),
        fails_from=None if failing < 0 else scale.value(failing / samples),
        least=samples_to_prove(Proportion(1, 1), limit, float(criterion.confidence)),
    )


def chances(criterion: Criterion, samples: int, truth: float, discordant: float = DISCORDANT) -> Chances | None:
    """How often each verdict comes, if this were the truth: exact for limits, by the normal approximation otherwise.

    Args:
        criterion: of a suite, without a look at slices.
        samples: at least 1.
        truth: the metric's true value; in a comparison by how much the candidate truly is better.
        discordant: as for `feasibility`.
    """
    scale = Scale.of(criterion)
    if not scale.is_bounded:
        return None
    if criterion.non_inferior is not None:
        return _of_differences(criterion, samples, truth / scale.size, discordant)
    passing, failing = _turns(samples, _limit(criterion, scale), float(criterion.confidence))
    goodness = scale.goodness(truth)
    passed = 0.0 if passing > samples else chance_of_at_least(passing, samples, goodness)
    not_failed = 0.0 if failing >= samples else chance_of_at_least(failing + 1, samples, goodness)
    return Chances(passed=passed, failed=1 - not_failed, inconclusive=not_failed - passed)


def _limit(criterion: Criterion, scale: Scale) -> float:
    return scale.goodness(float(criterion.min or criterion.max or "nan"))


def _turns(samples: int, limit: float, confidence: float) -> tuple[int, int]:
    """The fewest successes that pass, or more than there are samples; the most that fail, or -1."""
    passing = _first(samples, lambda good: Proportion(good, samples).lower(confidence) >= limit)
    not_failing = _first(samples, lambda good: Proportion(good, samples).upper(confidence) >= limit)
    return passing, not_failing - 1


def _first(samples: int, holds: Callable[[int], bool]) -> int:
    low, high = 0, samples + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _of_comparison(criterion: Criterion, scale: Scale, samples: int, discordant: float) -> Feasibility:
    passes, fails = _differences(criterion, samples, discordant)
    margin, confidence = _margin(criterion), float(criterion.confidence)
    equal = Pairs(discordant * samples / 2, discordant * samples / 2, samples)
    return Feasibility(
        samples=samples,
        passes_from=None if passes > discordant else passes * scale.size,
        fails_from=None if fails < -discordant else fails * scale.size,
        least=samples_to_prove(equal.at(1), -margin, confidence),
    )


def _margin(criterion: Criterion) -> float:
    return float(criterion.non_inferior.margin) / Scale.of(criterion).size if criterion.non_inferior else 0.0


def _differences(criterion: Criterion, samples: int, discordant: float) -> tuple[float, float]:
    """The worst difference that passes and the best that fails, with so many items on which they differ."""
    margin, confidence, total = _margin(criterion), float(criterion.confidence), discordant * samples
    steps = 1000

    def pairs(step: int) -> Pairs:
        better = total * step / steps
        return Pairs(better, total - better, samples)

    passing = _first(steps, lambda step: pairs(step).lower(confidence) >= -margin)
    failing = _first(steps, lambda step: pairs(step).upper(confidence) >= -margin) - 1
    return discordant * (2 * passing / steps - 1), discordant * (2 * failing / steps - 1)


def _of_differences(criterion: Criterion, samples: int, truth: float, discordant: float) -> Chances:
    """Of a difference whose variance is (discordant - truth^2) / samples."""
    passes, fails = _differences(criterion, samples, discordant)
    spread = max((max(discordant, abs(truth)) - truth**2) / samples, 1e-12) ** 0.5
    seen = NormalDist(truth, spread)
    passed, failed = 1 - seen.cdf(passes), seen.cdf(fails)
    return Chances(passed=passed, failed=failed, inconclusive=1 - passed - failed)
