"""How large is a mean of numbers without bounds, such as seconds? Only where there are enough to lean on.

The normal interval relies on the central limit theorem, which says little about a few hundred language model answers:
Bowyer, Aitchison, Ivanova, "Position: Don't use the CLT in LLM evals with fewer than a few hundred datapoints", ICML
2025 (arXiv 2503.01747). The longer a tail the more it takes: Cochran, "Sampling techniques", 3rd edition, 1977, section
2.15, asks for n > 25 G^2, with G the skewness.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Final, Self

FEW_HUNDRED: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The normal interval."""

    value: float
    deviation: float
    """Standard deviation of one sample."""
    count: float
    skewness: float = 0.0

    @classmethod
    def of(cls, samples: Iterable[float]) -> Self:
        """In any order."""
        values = tuple(samples)
        count, value = len(values), math.fsum(values) / len(values)
        second = math.fsum((one - value) ** 2 for one in values)
        third = math.fsum((one - value) ** 3 for one in values) / count
        deviation = math.sqrt(second / (count - 1)) if count > 1 else 0.0
        spread = (second / count) ** 1.5
        return cls(value=value, deviation=deviation, count=count, skewness=third / spread if spread > 0 else 0.0)

    @property
    def least(self) -> int:
        """Samples from which on the interval may be relied on."""
        return max(FEW_HUNDRED, math.ceil(25 * self.skewness**2))

    @property
    def is_reliable(self) -> bool:
        """Never where all samples are equal: how rare are those that differ?"""
        return self.count >= self.least and self.deviation > 0

    def lower(self, confidence: float) -> float:
        return self.value - self._half(confidence)

    def upper(self, confidence: float) -> float:
        return self.value + self._half(confidence)

    def at(self, count: float) -> Self:
        return replace(self, count=count)

    def minus(self, other: Self) -> Self:
        """The difference of independent means, as if of as many samples as this one has; skewed like the worse."""
        variance = self.deviation**2 + other.deviation**2 * self.count / other.count
        skewness = max(self.skewness, other.skewness, key=abs)
        return replace(self, value=self.value - other.value, deviation=math.sqrt(variance), skewness=skewness)

    def _half(self, confidence: float) -> float:
        return NormalDist().inv_cdf(confidence) * self.deviation / math.sqrt(self.count)
