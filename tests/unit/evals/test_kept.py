"""What is kept of an evaluation is what later revisions are compared with."""

import json
from dataclasses import replace

import pytest

from harness.evaluations import NO_WORSE, results, right, sampled, suite
from leadsman.evals.kept import FIGURES_BYTES, hashed, keep, recall
from leadsman.evals.normal import Counts, SliceCounts, UnreadableResults
from leadsman.evals.outcomes import sample_key
from leadsman.evals.verdicts import Baseline, judge

MEASURED = results(sampled("acc", [*right(180, 200), None]), sampled("toxicity", [0.25, 0.5]))


def test_what_was_kept_comes_back_with_hashed_keys() -> None:
    kept = keep(MEASURED)

    back = recall(kept.figures, kept.outcomes)

    assert set(kept.metrics) == {"acc", "toxicity"}
    for name, metric in hashed(MEASURED).metrics.items():
        assert sorted(back.metrics[name].samples, key=lambda one: one.key) == sorted(
            (replace(one, slices={}) for one in metric.samples), key=lambda one: one.key
        )
        assert replace(back.metrics[name], samples=()) == replace(metric, samples=())


def test_no_key_of_a_sample_is_kept_in_the_clear() -> None:
    kept = keep(results(sampled("acc", [1.0, 0.0], prefix="What is my IBAN? ")))

    assert "IBAN" not in kept.figures
    assert b"IBAN" not in kept.outcomes
    keys = {one.key for one in recall(kept.figures, kept.outcomes).metrics["acc"].samples}
    assert keys == {sample_key(f"What is my IBAN? {number}").hex() for number in range(2)}


def test_a_candidate_is_compared_item_by_item_with_what_was_kept() -> None:
    kept = keep(results(sampled("acc", right(180, 200))))
    baseline = Baseline(revision="bot-1111111111", results=recall(kept.figures, kept.outcomes))
    asked = suite(NO_WORSE)

    same = judge(asked, hashed(results(sampled("acc", right(180, 200)))), baseline)
    worse = judge(asked, hashed(results(sampled("acc", right(100, 200)))), baseline)

    assert (same.verdict, worse.verdict) == ("Passed", "Failed")


def test_slices_are_left_out_where_there_are_too_many() -> None:
    counts = Counts(planned=1, effective=1)
    slices = tuple(SliceCounts(by="language", name=f"{n:064}", value=1.0, counts=counts) for n in range(3000))
    metric = replace(sampled("acc", right(1, 1)), slices=slices)

    kept = keep(results(metric))

    assert len(kept.figures) < FIGURES_BYTES
    assert recall(kept.figures, kept.outcomes).metrics["acc"].slices == ()


def test_what_nobody_kept_cannot_be_recalled() -> None:
    kept = keep(MEASURED)
    for figures, outcomes in (
        ("{", kept.outcomes),
        ("[]", b""),
        (kept.figures, b"something else"),
        (json.dumps({}), b""),
    ):
        with pytest.raises(UnreadableResults):
            recall(figures, outcomes)
