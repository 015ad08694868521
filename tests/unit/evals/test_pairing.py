"""Results of CI that are compared item by item before they are submitted, are judged as if the items had come along."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.evaluations import NO_WORSE, counted, results, right, sampled, suite
from leadsman.evals.normal import Paired
from leadsman.evals.pairing import pair
from leadsman.evals.submitted import from_api, to_api
from leadsman.evals.verdicts import Baseline, judge

TIMES: dict[str, Any] = {
    "started_at": datetime(2026, 11, 23, 10, tzinfo=UTC),
    "finished_at": datetime(2026, 11, 23, 11, tzinfo=UTC),
}
HARM = {**NO_WORSE, "metric": "harm", "direction": "LowerIsBetter"}


@pytest.mark.parametrize("criterion", [NO_WORSE, HARM])
@pytest.mark.parametrize("drift", [0.0, 0.04, 0.12])
def test_the_verdict_on_counts_is_the_verdict_on_items(criterion: dict[str, Any], drift: float) -> None:
    chance = random.Random(f"{criterion['name']}{drift}")  # noqa: S311  not a secret
    before: list[float | None] = [float(chance.random() < 0.9) for _ in range(800)]
    after: list[float | None] = [float(chance.random() < 0.9) if chance.random() < drift else one for one in before]
    name = criterion["metric"]
    ours, theirs = results(sampled(name, after), **TIMES), results(sampled(name, before), **TIMES)
    asked = suite(criterion)

    paired = pair(ours, theirs, asked, "bot-1")
    submitted = from_api(to_api(paired.results).results, "bot-1")

    by_counts = judge(asked, submitted, Baseline(revision="bot-1", results=None)).criteria[0]
    by_items = judge(asked, ours, Baseline(revision="bot-1", results=theirs)).criteria[0]
    assert paired.unpaired == {}
    assert (by_counts.verdict, by_counts.lower, by_counts.upper) == (by_items.verdict, by_items.lower, by_items.upper)


def test_better_is_what_only_this_revision_got_right_also_where_lower_is_better() -> None:
    ours, theirs = results(sampled("harm", [0.0, 0.0, 1.0, 1.0])), results(sampled("harm", [1.0, 0.0, 0.0, 1.0]))

    found = pair(ours, theirs, suite(HARM), "bot-1").results.metrics["harm"].paired

    assert found == Paired(baseline="bot-1", better=1, worse=1, same=2)


def test_an_item_that_nobody_scored_counts_against_the_revision() -> None:
    ours = results(sampled("acc", [None, 1.0, None, 1.0]))
    theirs = results(sampled("acc", [0.0, None, None, 1.0]))

    found = pair(ours, theirs, suite(NO_WORSE), "bot-1").results.metrics["acc"].paired

    assert found == Paired(baseline="bot-1", better=0, worse=1, same=3)


def test_what_cannot_be_paired_says_why() -> None:
    ours = results(sampled("acc", right(9, 10)))
    other_keys = results(sampled("acc", right(9, 10), prefix="z"))
    scores = results(sampled("acc", [0.5] * 10))
    without = results(counted("acc", 0.9, 10))
    partial = results(replace(counted("acc", 0.9, 10), value=None))

    def why(theirs: Any) -> str:
        found = pair(ours, theirs, suite(NO_WORSE), "bot-1")
        assert found.results.metrics["acc"].paired is None
        return found.unpaired["acc"]

    assert "no item has the same key" in why(other_keys)
    assert "right or wrong" in why(scores)
    assert "no item has the same key" in why(without)
    assert why(partial).startswith("of the baseline: ")
    assert "no such metric" in why(results(counted("other", 0.9, 10)))


def test_metrics_that_nobody_compares_are_left_as_they_are() -> None:
    ours = results(sampled("acc", right(9, 10)), sampled("f1", right(9, 10)))

    found = pair(ours, ours, suite(NO_WORSE), "bot-1")

    assert found.results.metrics["f1"] == ours.metrics["f1"]
    assert found.unpaired == {}
