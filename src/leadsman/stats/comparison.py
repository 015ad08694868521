"""Is the candidate worse than what serves? Anytime-valid evidence from counts of bad events.

Looking at a metric every few seconds and acting at p < 0.05 acts on noise sooner or later. An e-process may be looked
at as often as one likes: under its null hypothesis its expectation never exceeds 1, so by Ville's inequality the
chance that it ever reaches 1/alpha is at most alpha (Ramdas, Gruenwald, Vovk, Shafer, "Game-theoretic statistics and
safe anytime-valid inference", Statistical Science 38(4), 2023; of use for canaries: Lindon, Sanden, Shirikian, "Rapid
regression detection in software deployments through sequential testing", KDD 2022).

Of an interval, c and s are the requests of candidate and serving, r the ratio of bad shares that the null allows. Each
bad event is a draw: it falls to the candidate with the chance n = cr / (cr + s) under the null, or with q under an
alternative, and gains the factor a = q / n, or b = (1 - q) / (1 - n) where it falls to the serving revision. Why the
expected gain is at most 1, for any bad share p of the serving revision, rare or not: with requests independent it is
(1 + rp(a - 1))^c (1 + p(b - 1))^s, and as 1 + x <= exp(x), at most exp(p(cr + s) (n(a - 1) + (1 - n)(b - 1))) = exp(0).
A ratio deeper within the null makes it smaller still. Load and weights may change from interval to interval.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

# How many times the tolerated ratio a harm may be, or what part of it an improvement: mixed with equal weights, so that
# neither has to be known beforehand.
HARMS: Final = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
PROOFS: Final = (0.8, 0.67, 0.5, 0.33, 0.2, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What both answered in one interval: differences of raw counters, intervals disjoint."""

    candidate_bad: float
    candidate_total: float
    serving_bad: float
    serving_total: float

    def __post_init__(self) -> None:
        values = (self.candidate_bad, self.candidate_total, self.serving_bad, self.serving_total)
        if not all(math.isfinite(value) and value >= 0 for value in values):
            raise ValueError(f"counts are finite and not negative: {values}")
        if self.candidate_bad > self.candidate_total or self.serving_bad > self.serving_total:
            raise ValueError(f"more bad events than events: {values}")


class Null(StrEnum):
    """What evidence is gathered against."""

    NOT_WORSE = "NotWorse"
    """The candidate's bad share is at most the tolerated ratio of the serving one's. Evidence against it shows harm."""
    WORSE = "Worse"
    """It is at least that. Evidence against it proves non-inferiority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EProcess:
    """Evidence so far; the whole state, so that it can be stored, and continued after a restart.

    `logs` has the natural logarithm of the likelihood ratio for each alternative of the null.
    """

    null: Null
    ratio: float
    """Of bad shares, candidate to serving, that is tolerated; 1: no worse at all."""
    logs: tuple[float, ...] = (0.0,) * len(HARMS)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.ratio) and self.ratio > 0):
            raise ValueError(f"a ratio is a positive number: {self.ratio}")

    def after(self, intervals: Iterable[Counts]) -> Self:
        """With what was seen in these intervals too."""
        logs = self.logs
        for counts in intervals:
            logs = tuple(log + gain for log, gain in zip(logs, self._gains(counts), strict=True))
        return replace(self, logs=logs)

    @property
    def evidence(self) -> float:
        """The e-value, 0 to infinity: at most 1 in expectation under the null, whenever one looks."""
        peak = max(self.logs)
        mean = math.fsum(math.exp(log - peak) for log in self.logs) / len(self.logs)
        try:
            return math.exp(peak) * mean
        except OverflowError:
            return math.inf

    def intervals_to_reject(self, interval: Counts, alpha: float) -> float:
        """How many intervals like this one, by expectation, until the null is rejected; infinity where never.

        By Wald's identity (Wald, "Sequential Analysis", 1947): the log to be reached over the expected gain of the
        alternative that gains most, which has but one part in `len(logs)` of the evidence.

        Args:
            interval: expected counts, which need not be whole.
            alpha: as in `rejects`.
        """
        gain = max(self._gains(interval))
        return math.log(len(self.logs) / alpha) / gain if gain > 0 else math.inf

    def rejects(self, alpha: float) -> bool:
        """The null, with a chance of at most `alpha` to do so wrongly, ever."""
        if not 0 < alpha < 1:
            raise ValueError(f"alpha is between 0 and 1: {alpha}")
        return self.evidence >= 1 / alpha

    def _gains(self, counts: Counts) -> tuple[float, ...]:
        bad = counts.candidate_bad + counts.serving_bad
        if not (bad and counts.candidate_total and counts.serving_total):
            return (0.0,) * len(self.logs)  # with one of them silent nothing can be compared
        odds = counts.candidate_total / counts.serving_total * self.ratio
        null = odds / (1 + odds)
        return tuple(_gain(counts.candidate_bad, counts.serving_bad, null, odds * factor) for factor in self._factors())

    def _factors(self) -> tuple[float, ...]:
        return HARMS if self.null is Null.NOT_WORSE else PROOFS


def _gain(candidate_bad: float, serving_bad: float, null: float, odds: float) -> float:
    """The log of the likelihood ratio: events that fall to the candidate with these odds, or as under the null."""
    share = odds / (1 + odds)
    return candidate_bad * math.log(share / null) + serving_bad * math.log((1 - share) / (1 - null))
