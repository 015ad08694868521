"""One criterion: beside what serves, in slices, without bounds."""

from dataclasses import replace
from typing import Any

import pytest

from harness.evaluations import AT_LEAST, NO_WORSE, counted, criterion, results, right, sampled, suite
from leadsman.evals.criteria import Baseline, Finding, finding
from leadsman.evals.normal import Counts, Metric, Paired, Results, SliceCounts

SUITE = suite(AT_LEAST)
SLICED = criterion(AT_LEAST, min="0.8", slices={"by": "language", "minSamples": 20})
SECONDS = criterion(AT_LEAST, metric="latency", direction="LowerIsBetter", unit="Seconds", min=None, max="2.5")

SECONDS_NO_WORSE = {
    "name": "as-fast",
    "metric": "latency",
    "direction": "LowerIsBetter",
    "unit": "Seconds",
    "nonInferior": {"margin": "0.2"},
}


def judged(ours: Metric, theirs: Results | Metric | None = None, asked: Any = None) -> Finding:
    baseline = theirs if not isinstance(theirs, Metric) else results(theirs)
    serves = Baseline(revision="support-7", results=baseline)
    return finding(asked or criterion(NO_WORSE), SUITE, results(ours), serves)


def with_pairs(metric: Metric, better: int, worse: int, same: int, baseline: str = "support-7") -> Metric:
    return replace(metric, paired=Paired(baseline=baseline, better=better, worse=worse, same=same))


def test_the_same_items_are_compared_one_by_one() -> None:
    found = judged(sampled("acc", right(905, 1000)), sampled("acc", right(910, 1000)))

    assert found.verdict == "Passed"
    assert (found.value, found.baseline) == (0.905, 0.91)
    assert "1000 pairs, 0 better and 5 worse (exact McNemar p=0.063)" in found.message


def test_different_items_are_compared_as_such_and_it_is_told() -> None:
    found = judged(sampled("acc", right(452, 500)), sampled("acc", right(455, 500), prefix="other"))

    assert found.verdict == "Inconclusive"
    assert "unpaired, n=500 and 500" in found.message
    assert found.missing is not None


def test_a_revision_that_is_worse_by_more_than_the_margin_fails() -> None:
    found = judged(sampled("acc", right(850, 1000)), sampled("acc", right(910, 1000)))

    assert found.verdict == "Failed"
    assert "0.06 worse than support-7 with 0.91" in found.message


def test_where_lower_is_better_less_is_no_worse() -> None:
    asked = criterion(NO_WORSE, direction="LowerIsBetter")

    assert judged(sampled("acc", right(5, 1000)), sampled("acc", right(100, 1000)), asked).verdict == "Passed"
    assert judged(sampled("acc", right(100, 1000)), sampled("acc", right(5, 1000)), asked).verdict == "Failed"


def test_errors_of_what_serves_do_not_make_it_easier_to_be_no_worse() -> None:
    ours = sampled("acc", right(850, 1000))
    theirs = sampled("acc", [*right(850, 900), *[None] * 100])

    assert judged(ours, sampled("acc", right(850, 1000))).verdict == "Passed"
    assert judged(ours, theirs).verdict == "Failed"


@pytest.mark.parametrize(("common", "how"), [(950, "1000 pairs, 50 of them without a counterpart"), (800, "unpaired")])
def test_nine_of_ten_items_have_to_match_to_be_compared_as_pairs(common: int, how: str) -> None:
    theirs = sampled("acc", right(950, 1000))
    moved = tuple(replace(one, key=f"new-{one.key}") for one in theirs.samples[common:])

    found = judged(sampled("acc", right(950, 1000)), replace(theirs, samples=theirs.samples[:common] + moved))

    assert how in found.message


def test_an_item_that_what_serves_never_saw_counts_for_it() -> None:
    ours, theirs = sampled("acc", right(0, 1000)), sampled("acc", right(0, 1000))

    assert judged(ours, theirs).verdict == "Passed"
    assert judged(ours, sampled("acc", right(0, 950))).verdict == "Failed"


def test_scores_are_compared_with_their_spread() -> None:
    ours = sampled("acc", [0.8, 0.9, 1.0, 0.7] * 150)

    assert judged(ours, sampled("acc", [0.81, 0.9, 0.99, 0.72] * 150)).verdict == "Passed"
    assert judged(ours, sampled("acc", [0.9, 0.95, 1.0, 0.85] * 150)).verdict == "Failed"


def test_counts_of_pairs_stand_in_for_samples() -> None:
    ours = counted("acc", 0.9, 1000)

    assert judged(with_pairs(ours, 20, 22, 958)).verdict == "Passed"
    assert judged(with_pairs(ours, 20, 90, 890)).verdict == "Failed"
    assert judged(with_pairs(ours, 40, 42, 18)).verdict == "Inconclusive"


def test_counts_of_pairs_with_another_revision_are_none() -> None:
    found = judged(with_pairs(counted("acc", 0.9, 1000), 20, 22, 958, baseline="support-6"))

    assert found.verdict == "Inconclusive"
    assert "no result of the serving revision support-7" in found.message


def test_counts_of_pairs_that_contradict_the_value_prove_nothing() -> None:
    found = judged(with_pairs(counted("acc", 0.3, 1000), 400, 0, 600))

    assert found.verdict == "Inconclusive"
    assert "can't be where 300 of 1000 passed" in found.message


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        (None, "there is no result of the serving revision support-7"),
        (results(counted("bleu", 0.9, 1000)), "has no metric acc"),
        (results(counted("acc", 90, 1000, unit="Percent")), "can't be used"),
        (results(counted("acc", 0.9, 1000), problems=("it was cancelled",)), "proves nothing (it was cancelled)"),
        (results(counted("acc", 0.9, 1000), tool="promptfoo"), "is of promptfoo, this one of lm-eval"),
        (results(counted("acc", 0.9, 1000), tool_version="0.4.9"), "is of lm-eval 0.4.9, this one of 0.4.13"),
    ],
)
def test_without_a_usable_result_of_what_serves_nothing_is_proven(theirs: Results | None, why: str) -> None:
    found = judged(counted("acc", 1.0, 1000), theirs)

    assert found.verdict == "Inconclusive"
    assert why in found.message


def test_results_of_another_data_set_are_not_compared() -> None:
    ours = results(counted("acc", 1.0, 1000), dataset_digest="sha256:a")
    theirs = results(counted("acc", 0.5, 1000), dataset_digest="sha256:b")

    found = finding(criterion(NO_WORSE), SUITE, ours, Baseline(revision="support-7", results=theirs))

    assert found.verdict == "Inconclusive"
    assert "over another data set" in found.message


def test_samples_have_to_agree_with_counts_and_value() -> None:
    metric = sampled("acc", right(95, 100))
    twins = replace(metric, samples=(*metric.samples[:-1], metric.samples[0]))

    for doubtful in (twins, replace(metric, samples=metric.samples[:50]), replace(metric, value=0.99)):
        assert judged(doubtful, metric).verdict == "Inconclusive"
    assert "only means can be judged" in judged(replace(metric, value=0.99), metric).message


def languages(**right_of: tuple[int, int]) -> Metric:
    values = [value for good, of in right_of.values() for value in right(good, of)]
    slices = [{"language": name} for name, (_, of) in right_of.items() for _ in range(of)]
    return sampled("acc", values, slices=slices)


def test_the_worst_slice_decides_and_is_named() -> None:
    found = judged(languages(en=(980, 1000), de=(60, 100)), asked=SLICED)

    assert (found.verdict, found.slice, found.samples) == ("Failed", "de", 100)
    assert "worst of 2 slices" in found.message
    assert judged(languages(en=(950, 1000), de=(95, 100)), asked=SLICED).verdict == "Passed"


def test_a_slice_that_is_too_small_is_inconclusive_and_says_what_is_missing() -> None:
    found = judged(languages(en=(950, 1000), de=(15, 15)), asked=SLICED)

    assert (found.verdict, found.slice, found.missing) == ("Inconclusive", "de", 5)


def test_among_many_slices_one_that_looks_bad_by_chance_is_no_failure() -> None:
    poor = (30, 46)  # fails alone at 95 %, not as one of twenty
    many = {f"l{number}": (46, 46) for number in range(19)}

    assert judged(languages(de=poor), asked=SLICED).verdict == "Failed"
    assert judged(languages(de=poor, **many), asked=SLICED).verdict == "Inconclusive"


def test_samples_without_the_property_or_any_slices_prove_nothing() -> None:
    metric = languages(en=(950, 1000))
    nowhere = replace(metric, samples=(*metric.samples[:-1], replace(metric.samples[-1], slices={})))

    assert "1 of 1000 samples of acc have no language" in judged(nowhere, asked=SLICED).message
    assert judged(nowhere, asked=SLICED).verdict == "Inconclusive"
    assert judged(counted("acc", 1.0, 1000), asked=SLICED).verdict == "Inconclusive"


def test_slices_that_a_tool_reports_have_to_cover_everything() -> None:
    def part(name: str, value: float, planned: int) -> SliceCounts:
        return SliceCounts(by="language", name=name, value=value, counts=Counts(planned=planned, effective=planned))

    whole = counted("acc", 0.95, 1000)
    covered = replace(whole, slices=(part("en", 0.95, 900), part("de", 0.95, 100)))
    partly = replace(whole, slices=(part("en", 0.95, 900),))

    assert judged(covered, asked=SLICED).verdict == "Passed"
    assert judged(partly, asked=SLICED).verdict == "Inconclusive"
    assert "cover 900 of 1000" in judged(partly, asked=SLICED).message


def test_slices_are_compared_with_what_serves_item_by_item() -> None:
    asked = criterion(NO_WORSE, slices={"by": "language", "minSamples": 20})
    theirs = replace(languages(en=(1900, 2000), de=(190, 200)))
    bare = replace(theirs, samples=tuple(replace(one, slices={}) for one in theirs.samples))

    found = judged(languages(en=(1990, 2000), de=(150, 200)), bare, asked)

    assert (found.verdict, found.slice) == ("Failed", "de")
    assert judged(languages(en=(1900, 2000), de=(190, 200)), bare, asked).verdict == "Passed"


def seconds(values: list[float]) -> Metric:
    return sampled("latency", list(values), unit="Seconds")


def test_a_mean_without_bounds_takes_a_few_hundred_samples_that_vary() -> None:
    assert judged(seconds([1.0, 2.0] * 200), asked=SECONDS).verdict == "Passed"
    assert judged(seconds([2.0, 4.0] * 200), asked=SECONDS).verdict == "Failed"
    few = judged(seconds([1.0, 2.0] * 100), asked=SECONDS)
    assert (few.verdict, few.missing) == ("Inconclusive", 100)
    assert judged(seconds([1.0] * 400), asked=SECONDS).verdict == "Inconclusive"
    assert judged(seconds([1.0, 2.0] * 200 + [90.0]), asked=SECONDS).verdict == "Inconclusive"


def test_a_mean_without_samples_takes_a_standard_error() -> None:
    metric = counted("latency", 2.0, 500, unit="Seconds")

    assert judged(metric, asked=SECONDS).verdict == "Inconclusive"
    assert judged(replace(metric, stderr=0.1), asked=SECONDS).verdict == "Passed"
    assert judged(replace(metric, stderr=1.0), asked=SECONDS).verdict == "Inconclusive"


def test_an_error_has_no_worst_duration() -> None:
    assert judged(counted("latency", 0.1, 500, lost=1, unit="Seconds"), asked=SECONDS).verdict == "Inconclusive"


def test_durations_are_compared_on_the_same_items() -> None:
    asked = criterion(
        NO_WORSE, metric="latency", direction="LowerIsBetter", unit="Seconds", nonInferior={"margin": "0.2"}
    )
    theirs = [1.0, 2.0, 3.0, 9.0] * 100

    assert (
        judged(seconds([one + 0.1 * (-1) ** n for n, one in enumerate(theirs)]), seconds(theirs), asked).verdict
        == "Passed"
    )
    assert judged(seconds([one * 1.3 for one in theirs]), seconds(theirs), asked).verdict == "Failed"


def test_items_that_hang_together_count_as_fewer() -> None:
    metric = counted("acc", 0.9, 500)

    assert judged(replace(metric, stderr=0.0134), asked=criterion(AT_LEAST)).verdict == "Passed"
    assert judged(replace(metric, stderr=0.05), asked=criterion(AT_LEAST)).verdict == "Inconclusive"


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "LowerIsBetter", "min": None, "max": "5"},
        {"direction": "LowerIsBetter", "min": None, "max": "1"},
        {"min": "0"},
        {"min": "85"},
        {"min": None, "nonInferior": {"margin": "3"}},
    ],
)
def test_a_limit_in_the_wrong_unit_opens_nothing(changes: dict[str, Any]) -> None:
    asked = criterion({key: value for key, value in {**AT_LEAST, **changes}.items() if value is not None})

    found = judged(counted("acc", 0.5, 1000), counted("acc", 0.5, 1000), asked)

    assert found.verdict == "Inconclusive"
    assert "met by every Fraction" in found.message
