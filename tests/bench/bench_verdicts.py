"""How often verdicts err, beside the rule that most gates use: is the number itself good enough?

A revision of 90 % serves. The candidate is 5 points worse, or just as good, and answers the same items; its answers
correlate with those of what serves by a half. No more than 3 points may be lost.
"""

import random
import time
from collections import Counter

import pytest

from harness.evaluations import NO_WORSE, results, sampled, suite
from leadsman.evals.verdicts import Baseline, judge

SEED, REPEATED = 20261123, 200
SERVING, MARGIN, CORRELATION = 0.90, 0.03, 0.5
SIZES = (100, 200, 500, 1000, 1500)
SUITE = suite(NO_WORSE)


def both(chance: random.Random, items: int, truth: float) -> tuple[list[float | None], list[float | None]]:
    """Answers of what serves and of the candidate, 1 where right."""
    together = SERVING * truth + CORRELATION * (SERVING * (1 - SERVING) * truth * (1 - truth)) ** 0.5
    only_ours = SERVING + truth - together
    drawn = [chance.random() for _ in range(items)]
    theirs: list[float | None] = [1.0 if one < SERVING else 0.0 for one in drawn]
    ours: list[float | None] = [1.0 if one < together or SERVING <= one < only_ours else 0.0 for one in drawn]
    return theirs, ours


def shares(chance: random.Random, items: int, truth: float) -> Counter[str]:
    seen: Counter[str] = Counter()
    for _ in range(REPEATED):
        theirs, ours = both(chance, items, truth)
        served = Baseline(revision="serving", results=results(sampled("acc", theirs)))
        seen[judge(SUITE, results(sampled("acc", ours)), served).verdict] += 1
        seen["naive"] += sum(one or 0 for one in ours) / items >= SERVING - MARGIN
    return seen


def test_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    start = time.process_time()
    lines: list[str] = []
    for truth, what in ((SERVING - 0.05, "5 points worse"), (SERVING, "just as good")):
        for items in SIZES:
            seen = shares(random.Random(SEED + items), items, truth)  # noqa: S311  repeatable, not secret
            columns = ("naive", "Passed", "Inconclusive", "Failed")
            lines.append(f"{what:15} {items:5} " + "".join(f"{seen[one] / REPEATED:13.1%}" for one in columns))
    taken = (time.process_time() - start) / (REPEATED * 2 * len(SIZES))

    with capsys.disabled():
        print(f"\n{'candidate':15} items   naive passes       Passed Inconclusive       Failed")
        print("\n".join(lines))
        print(f"{1000 * taken:.1f} ms of CPU for answers and verdict by mean, {REPEATED} evaluations a line")
