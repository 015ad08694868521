"""How large is a share, going by a sample?

Successes need not be whole: the mean of scores between 0 and 1 is treated as a share. That is conservative, because
such a score varies no more than a yes or no with the same mean: E[x^2] <= E[x], so Var(x) <= p (1 - p).
"""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Final, Self

from leadsman.stats.beta import cumulative, quantile

_NOTHING: Final = 1e-9
"""Samples: what sums of floats leave over."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Bounds of Clopper and Pearson, exact: they never err more often than they say.

    Clopper, Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika
    26(4), 1934; as quantiles of the beta distribution: Brown, Cai, DasGupta, "Interval estimation for a binomial
    proportion", Statistical Science 16(2), 2001, section 4.2.1. Without any failure the bound is alpha^(1/n), so to
    prove less than 1 % at 95 % takes ln 0.05 / ln 0.99 = 299 samples.
    """

    successes: float
    count: float

    def __post_init__(self) -> None:
        if not (self.count > 0 and 0 <= self.successes <= self.count):
            raise ValueError(f"between 0 and all of at least one sample: {self.successes} of {self.count}")

    @property
    def value(self) -> float:
        return self.successes / self.count

    def lower(self, confidence: float) -> float:
        if self.successes < _NOTHING:
            return 0.0
        return quantile(1 - confidence, self.successes, self.count - self.successes + 1)

    def upper(self, confidence: float) -> float:
        if self.count - self.successes < _NOTHING:
            return 1.0
        return quantile(confidence, self.successes + 1, self.count - self.successes)

    def at(self, count: float) -> Self:
        return replace(self, successes=min(count, self.successes * (count / self.count)), count=count)

    def wilson(self, confidence: float) -> tuple[float, float]:
        """Bounds that err as often as they say on average, by the score test.

        Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22(158), 1927; equation 4
        of Brown, Cai, DasGupta (2001).
        """
        z = NormalDist().inv_cdf(confidence)
        squared, p, n = z * z, self.value, self.count
        centre = (self.successes + squared / 2) / (n + squared)
        half = z * math.sqrt(n) / (n + squared) * math.sqrt(p * (1 - p) + squared / (4 * n))
        return max(0.0, centre - half), min(1.0, centre + half)


def chance_of_at_least(successes: float, count: float, share: float) -> float:
    """Of so many successes, where each sample succeeds with this chance: the upper tail of the binomial."""
    return 1.0 if successes <= 0 else cumulative(share, successes, count - successes + 1)
