"""Is one better than the other? Differences of shares, and of scores with bounds; above 0: the candidate is better."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Self

from leadsman.stats.beta import cumulative
from leadsman.stats.proportions import Proportion


@dataclass(frozen=True, slots=True)
class Pairs:
    """Yes or no on the same items: the score interval for the difference of paired shares.

    Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
    Statistics in Medicine 17(8), 1998, equations 3 to 7. Unlike Wald's it holds where hardly any pair differs: with
    none that does, the bound is z^2 / (n + z^2) away from 0.
    """

    better: float
    """Only the candidate succeeded."""
    worse: float
    """Only the baseline did."""
    count: float

    def __post_init__(self) -> None:
        if not (self.count > 0 and self.better >= 0 and self.worse >= 0 and self.better + self.worse <= self.count):
            raise ValueError(f"not among {self.count} pairs: {self.better} better, {self.worse} worse")

    @property
    def value(self) -> float:
        return (self.better - self.worse) / self.count

    def lower(self, confidence: float) -> float:
        z = NormalDist().inv_cdf(confidence)
        return _where_it_turns(lambda difference: self._score(difference) > z, -1.0, self.value)

    def upper(self, confidence: float) -> float:
        z = NormalDist().inv_cdf(confidence)
        return _where_it_turns(lambda difference: self._score(difference) > -z, self.value, 1.0)

    def at(self, count: float) -> Self:
        factor = count / self.count
        return replace(self, better=self.better * factor, worse=self.worse * factor, count=count)

    @property
    def mcnemar(self) -> float:
        """The exact p-value, two-sided, that both are equal: discordant pairs fall either way like a fair coin.

        McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
        Psychometrika 12(2), 1947, with the binomial distribution in place of chi-squared.
        """
        fewer, discordant = min(self.better, self.worse), self.better + self.worse
        return 1.0 if discordant == 0 else min(1.0, 2 * cumulative(0.5, discordant - fewer, fewer + 1))

    def _score(self, difference: float) -> float:
        """Standard deviations between what was seen and this difference, if that were the truth."""
        n, b, c = self.count, self.better, self.worse
        linear = -b - c + (2 * n - b + c) * difference
        root = math.sqrt(max(0.0, linear * linear + 8 * n * c * difference * (1 - difference)))
        only_worse = (root - linear) / (4 * n)
        variance = n * (2 * only_worse + difference * (1 - difference))
        distance = b - c - n * difference
        return distance / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, distance)


@dataclass(frozen=True, slots=True)
class BoundedPairs:
    """Scores between 0 and 1 on the same items, whose differences lie between -1 and 1.

    The normal interval of the mean difference, with z^2 / 2 pairs added at either end of what is possible: as Agresti
    and Coull, "Approximate is better than exact for interval estimation of binomial proportions", The American
    Statistician 52(2), 1998, read the score interval. With no difference at all it is Tango's bound exactly. Neither
    Student's t nor the bootstrap knows of differences that it did not see: with a harm that befalls 3 % of 60 items
    fully, they pass 14 to 17 % of candidates at the margin where 5 % were promised, and this one none (simulated).
    """

    total: float
    """Sum of the differences."""
    squares: float
    """Sum of their squares."""
    count: float

    @classmethod
    def of(cls, differences: Iterable[float]) -> Self:
        """In any order."""
        values = tuple(differences)
        return cls(math.fsum(values), math.fsum(value * value for value in values), len(values))

    def __post_init__(self) -> None:
        if not (self.count > 0 and abs(self.total) <= self.count and 0 <= self.squares <= self.count):
            raise ValueError(f"differences lie between -1 and 1: sum {self.total} of {self.count}")

    @property
    def value(self) -> float:
        return self.total / self.count

    def lower(self, confidence: float) -> float:
        mean, half = self._interval(confidence)
        return max(-1.0, min(self.value, mean - half))

    def upper(self, confidence: float) -> float:
        mean, half = self._interval(confidence)
        return min(1.0, max(self.value, mean + half))

    def at(self, count: float) -> Self:
        factor = count / self.count
        return replace(self, total=self.total * factor, squares=self.squares * factor, count=count)

    def _interval(self, confidence: float) -> tuple[float, float]:
        z = NormalDist().inv_cdf(confidence)
        n = self.count + z * z
        mean = self.total / n
        return mean, z * math.sqrt(max(0.0, (self.squares + z * z) / n - mean * mean) / n)


@dataclass(frozen=True, slots=True)
class Independent:
    """Shares of different items: the distance of either share from its own Wilson bound, added as squares.

    Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
    Statistics in Medicine 17(8), 1998, method 10. Of the same items it takes many more than pairs do.
    """

    candidate: Proportion
    baseline: Proportion

    @property
    def value(self) -> float:
        return self.candidate.value - self.baseline.value

    @property
    def count(self) -> float:
        """Of the candidate."""
        return self.candidate.count

    def lower(self, confidence: float) -> float:
        down, up = self.candidate.wilson(confidence)[0], self.baseline.wilson(confidence)[1]
        return self.value - math.hypot(self.candidate.value - down, up - self.baseline.value)

    def upper(self, confidence: float) -> float:
        up, down = self.candidate.wilson(confidence)[1], self.baseline.wilson(confidence)[0]
        return self.value + math.hypot(up - self.candidate.value, self.baseline.value - down)

    def at(self, count: float) -> Self:
        """With the baseline's samples growing in step."""
        factor = count / self.count
        return replace(
            self, candidate=self.candidate.at(count), baseline=self.baseline.at(self.baseline.count * factor)
        )


def _where_it_turns(holds: Callable[[float], bool], low: float, high: float) -> float:
    """From where on it no longer holds: it does up to there. By bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
