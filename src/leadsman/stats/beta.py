"""The beta distribution, of which exact bounds of proportions are quantiles. The standard library has none."""

import math
from typing import Final

_ITERATIONS: Final = 20_000
"""The fraction takes about the square root of the larger parameter: enough beyond 100 million samples."""
_TINY: Final = 1e-300


def cumulative(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for a and b above 0. Relative error about 1e-12 at 1e3."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(_log_front(x, a, b))
    if x < (a + 1) / (a + b + 2):  # where the fraction converges fast
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def quantile(probability: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = probability: Newton's method from the mean, with bisection where it would leave."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        excess = cumulative(x, a, b) - probability
        low, high = (low, x) if excess > 0 else (x, high)
        density = math.exp(_log_front(x, a, b)) / (x * (1 - x))
        nearer = x - excess / density if density > _TINY else math.nan
        if not low < nearer < high:
            nearer = (low + high) / 2
        if abs(nearer - x) <= 1e-13 * x:
            return nearer
        x = nearer
    return x


def _log_front(x: float, a: float, b: float) -> float:
    return math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of DLMF 8.17.22 (https://dlmf.nist.gov/8.17#v), by Lentz's method."""
    c, d = 1.0, _away_from_zero(1 - (a + b) * x / (a + 1))
    d = 1 / d
    total = d
    for m in range(1, _ITERATIONS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            total *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return total


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
