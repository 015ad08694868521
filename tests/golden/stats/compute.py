"""Writes `values.json` beside it: what SciPy and statsmodels say, for the tests of `leadsman.stats`.

Run in an environment of its own, as neither is a dependency of this project:

    pip install scipy statsmodels && python tests/golden/stats/compute.py
"""
# The libraries are not in the environment that checks types.
# pyright: reportMissingImports=none

import itertools
import json
import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

CONFIDENCES = (0.8, 0.95, 0.999)
SHARES = ((0, 20), (1, 1), (3, 59), (17, 20), (299, 299), (435, 500), (4999, 5000), (123_456, 1_000_000))
PAIRS = ((0, 0, 50), (1, 7, 21), (6, 16, 161), (12, 2, 50), (0, 5, 40), (5, 0, 40), (30, 30, 60), (40, 45, 2000))
UNRELATED = ((56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (450, 500, 4550, 5000), (0, 30, 0, 30))
SKEWED = (0.1, 0.2, 0.25, 0.3, 0.5, 0.9, 4.0)


def beta() -> list[dict[str, float]]:
    parameters = itertools.product((0.5, 1.0, 7.25, 400.0, 1e5), (0.5, 3.0, 81.5, 2e4), (1e-6, 0.02, 0.5, 0.93))
    return [{"a": a, "b": b, "x": x, "cumulative": float(special.betainc(a, b, x))} for a, b, x in parameters]


def proportions() -> list[dict[str, object]]:
    """Two-sided intervals whose ends are one-sided bounds at the confidence."""
    found: list[dict[str, object]] = []
    for (successes, count), confidence in itertools.product(SHARES, CONFIDENCES):
        alpha = 2 * (1 - confidence)
        exact = [float(end) for end in proportion_confint(successes, count, alpha, "beta")]
        wilson = [float(end) for end in proportion_confint(successes, count, alpha, "wilson")]
        found.append({"of": [successes, count], "confidence": confidence, "exact": exact, "wilson": wilson})
    return found


def pairs() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for (better, worse, count), confidence in itertools.product(PAIRS, CONFIDENCES):
        p = float(mcnemar([[0, better], [worse, 0]], exact=True).pvalue) if better + worse else 1.0
        ends = [tango(better, worse, count, z) for z in (stats.norm.ppf(confidence), -stats.norm.ppf(confidence))]
        found.append({"of": [better, worse, count], "confidence": confidence, "score": ends, "mcnemar": p})
    return found


def tango(better: int, worse: int, count: int, z: float) -> float:
    """The difference whose score is z. The nuisance parameter is found by maximising the likelihood, not by formula."""

    def excess(difference: float) -> float:
        low, high = max(0.0, -difference), (1 - difference) / 2

        def unlikelihood(only_worse: float) -> float:
            cells = (only_worse + difference, only_worse, 1 - 2 * only_worse - difference)
            seen = (better, worse, count - better - worse)
            return -sum(float(special.xlogy(n, max(p, 0.0))) for n, p in zip(seen, cells, strict=True))

        inner = optimize.minimize_scalar(unlikelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13})
        only_worse = min((low, float(inner.x)), key=unlikelihood)
        variance = count * (2 * only_worse + difference - difference**2)
        return (better - worse - count * difference) / math.sqrt(max(variance, 1e-300)) - z

    return float(optimize.brentq(excess, -1 + 1e-9, 1 - 1e-9, xtol=1e-12))


def unrelated() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for (a, m, b, n), confidence in itertools.product(UNRELATED, CONFIDENCES):
        ends = confint_proportions_2indep(a, m, b, n, method="newcomb", alpha=2 * (1 - confidence))
        found.append({"of": [a, m, b, n], "confidence": confidence, "newcombe": [float(end) for end in ends]})
    return found


def mean() -> dict[str, object]:
    values = np.array(SKEWED)
    ends = stats.norm.interval(0.9, values.mean(), stats.sem(values))
    return {"of": SKEWED, "skewness": float(stats.skew(values)), "at_95": [float(end) for end in ends]}


if __name__ == "__main__":
    table = {
        "made_with": {name: version(name) for name in ("scipy", "statsmodels")},
        "beta": beta(),
        "proportions": proportions(),
        "pairs": pairs(),
        "unrelated": unrelated(),
        "mean": mean(),
    }
    Path(__file__).with_name("values.json").write_text(json.dumps(table, indent=1) + "\n")
