"""What one look at a comparison costs the operator's processor."""

import pytest

from bench.measure import medians, table
from leadsman.stats.comparison import Counts, EProcess, Null

LOOKS = 1000
SEEN = Counts(candidate_bad=1, candidate_total=50, serving_bad=9, serving_total=450)


def test_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    process = EProcess(null=Null.NOT_WORSE, ratio=1.25)

    def look() -> None:
        for _ in range(LOOKS):
            process.after([SEEN]).rejects(0.05)

    def nothing() -> None:
        for _ in range(LOOKS):
            Counts(candidate_bad=1, candidate_total=50, serving_bad=9, serving_total=450)

    with capsys.disabled():
        print(
            f"\n{LOOKS} comparisons\n{table(medians({'only reading the counts': nothing, 'looks': look}, rounds=20))}"
        )
