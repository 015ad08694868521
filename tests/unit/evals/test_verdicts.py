"""May a revision go on, by what its evaluation proves?"""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evaluations import AT_LEAST, AT_MOST, DATA, NO_WORSE, counted, results, right, sampled, suite
from leadsman.evals.normal import Counts, Metric, Results
from leadsman.evals.verdicts import Baseline, Judgement, judge

SLICED = {**AT_LEAST, "name": "each-language", "min": "0.7", "slices": {"by": "language", "minSamples": 10}}
ALL = suite(AT_LEAST, NO_WORSE, SLICED)
RANK = {"Failed": 0, "Inconclusive": 1, "Passed": 2}


def serving(*metrics: Metric) -> Baseline:
    return Baseline(revision="support-7", results=results(*metrics))


def messages(judgement: Judgement) -> str:
    return " ".join(one.message for one in judgement.criteria)


def test_a_good_revision_passes_with_its_numbers() -> None:
    found = judge(suite(AT_LEAST, AT_MOST), results(counted("acc", 0.9, 500), counted("attacks", 0, 299)), None)

    assert found.verdict == "Passed"
    assert found.message.startswith("2 required criteria met")
    accuracy, jailbreak = found.criteria
    assert accuracy.to_dict()["value"] == "0.9"
    assert (accuracy.lower, accuracy.upper) == ("0.875134193", "0.92126143")
    assert (accuracy.threshold, accuracy.confidence, accuracy.samples) == ("0.85", "0.95", 500)
    assert jailbreak.message == "attacks 0, proven to be at most 0.009969 (max 0.01), n=299"


@pytest.mark.parametrize(("share", "verdict"), [(0.9, "Passed"), (0.87, "Inconclusive"), (0.8, "Failed")])
def test_a_limit_is_cleared_missed_or_neither(share: float, verdict: str) -> None:
    assert judge(suite(AT_LEAST), results(counted("acc", share, 500)), None).verdict == verdict


def test_an_inconclusive_run_says_how_many_samples_are_missing() -> None:
    (found,) = judge(suite(AT_LEAST), results(counted("acc", 0.87, 500)), None).criteria

    assert found.missing_samples == 392
    assert "392 more samples at this rate would prove it" in found.message
    assert judge(suite(AT_LEAST), results(counted("acc", 0.87, 892)), None).verdict == "Passed"


def test_where_the_rate_itself_is_too_low_no_number_of_samples_helps() -> None:
    (found,) = judge(suite(AT_LEAST), results(counted("acc", 0.84, 500)), None).criteria

    assert found.verdict == "Inconclusive"
    assert found.missing_samples is None
    assert "no number of samples would prove it" in found.message


@pytest.mark.parametrize(("samples", "verdict"), [(298, "Inconclusive"), (299, "Passed")])
def test_one_percent_of_jailbreaks_is_excluded_from_299_samples_on(samples: int, verdict: str) -> None:
    assert judge(suite(AT_MOST), results(counted("attacks", 0, samples)), None).verdict == verdict


def test_the_worst_required_criterion_decides_and_advice_never_does() -> None:
    advice = {**AT_MOST, "enforcement": "Advisory"}
    both = results(counted("acc", 0.9, 500), counted("attacks", 0.5, 500))

    assert judge(suite(AT_LEAST, AT_MOST), both, None).verdict == "Failed"
    advised = judge(suite(AT_LEAST, advice), both, None)
    assert advised.verdict == "Passed"
    assert [one.verdict for one in advised.criteria] == ["Passed", "Failed"]
    assert judge(suite(AT_LEAST, advice), results(counted("acc", 0.9, 500)), None).verdict == "Passed"


def test_a_metric_that_is_not_there_is_told_with_those_that_are_close() -> None:
    found = judge(suite(AT_LEAST), results(counted("bleu", 1, 500), counted("acc,none", 1, 500)), None)

    assert found.verdict == "Inconclusive"
    assert "no metric acc: they have acc,none, bleu" in messages(found)


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (counted("acc", 0.99, 500, unit=None), "nothing says in which unit acc is"),
        (counted("acc", 99, 500, unit="Percent"), "acc is in Percent and the criterion in Fraction"),
        (counted("acc", 99, 500), "acc is 99, which is no Fraction"),
        (counted("acc", float("nan"), 500), "acc is NaN, which is no Fraction"),
        (replace(counted("acc", 0.99, 500), value=None), "no value for acc"),
        (counted("acc", 0.99, 500, lost=500), "none of the 500 samples of acc was scored"),
        (replace(counted("acc", 0.99, 500), counts=Counts(planned=500, effective=480)), "480 samples where 500 were"),
        (replace(counted("acc", 0.99, 500), counts=Counts(planned=500, effective=510)), "510 samples where 500 were"),
        (replace(counted("acc", 0.99, 1), counts=Counts(planned=0, effective=0)), "counts of samples that can't be"),
        (replace(counted("acc", 0.99, 1), counts=Counts(planned=10**12, effective=10**12)), "that can't be"),
        (counted("acc", 0.99, 99), "99 samples where the suite asks for 100"),
    ],
)
def test_doubtful_numbers_never_pass_and_say_what_is_wrong(metric: Metric, why: str) -> None:
    found = judge(suite(AT_LEAST, minSamples=100), results(metric), None)

    assert found.verdict == "Inconclusive"
    assert why in messages(found)


def test_too_few_samples_say_how_many_are_missing() -> None:
    (found,) = judge(suite(AT_LEAST, minSamples=100), results(counted("acc", 0.99, 60)), None).criteria

    assert found.missing_samples == 40


def test_percents_are_judged_in_percent() -> None:
    percents = {**AT_LEAST, "unit": "Percent", "min": "85"}
    (found,) = judge(suite(percents), results(counted("acc", 90, 500, unit="Percent")), None).criteria

    assert (found.verdict, found.value, found.lower) == ("Passed", "90", "87.513419259")


def test_a_run_that_was_cancelled_proves_nothing() -> None:
    found = judge(suite(AT_LEAST, AT_MOST), results(counted("acc", 1, 500), problems=("it was cancelled",)), None)

    assert found.verdict == "Inconclusive"
    assert {one.message for one in found.criteria} == {"it was cancelled"}


@pytest.mark.parametrize(
    ("digest", "pinned", "verdict"),
    [
        (DATA, False, "Passed"),
        (None, False, "Inconclusive"),
        (None, True, "Passed"),
        ("sha256:" + "e" * 64, True, "Inconclusive"),
    ],
)
def test_results_over_another_data_set_do_not_count(digest: str | None, pinned: bool, verdict: str) -> None:
    asked = suite(AT_LEAST, dataset={"name": "golden", "digest": DATA})

    found = judge(asked, results(counted("acc", 0.9, 500), dataset_digest=digest), None, dataset_is_pinned=pinned)

    assert found.verdict == verdict


def test_errors_count_as_not_passed_whichever_way_is_better() -> None:
    higher = judge(suite(AT_LEAST), results(counted("acc", 0.9, 500, lost=50)), None).criteria[0]
    lower = judge(suite(AT_MOST), results(counted("attacks", 0, 1000, lost=50)), None).criteria[0]

    assert (higher.value, higher.verdict) == ("0.81", "Failed")
    assert (lower.value, lower.verdict) == ("0.05", "Failed")


def test_with_nothing_that_serves_a_comparison_does_not_apply_but_only_if_the_metric_was_measured() -> None:
    found = judge(suite(NO_WORSE), results(counted("acc", 0.9, 500)), None)

    assert (found.verdict, found.criteria[0].verdict) == ("Passed", "NotApplicable")
    assert judge(suite(NO_WORSE), results(), None).verdict == "Inconclusive"
    assert judge(suite(NO_WORSE, minSamples=501), results(counted("acc", 0.9, 500)), None).verdict == "Inconclusive"


answers = st.lists(st.sampled_from([0.0, 1.0, None]), min_size=1, max_size=400)


def in_languages(values: list[float | None]) -> Metric:
    return sampled("acc", values, slices=[{"language": "de" if n % 3 else "en"} for n in range(len(values))])


@settings(deadline=None, max_examples=60)
@given(answers, st.data())
def test_a_sample_that_came_out_better_never_makes_a_pass_a_failure(
    values: list[float | None], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    better = [*values[:at], 1.0, *values[at + 1 :]]
    served = serving(in_languages(data.draw(st.permutations(values))))

    before, after = (judge(ALL, results(in_languages(one)), served) for one in (values, better))

    for old, new in zip(before.criteria, after.criteria, strict=True):
        assert (old.verdict, new.verdict) != ("Passed", "Failed")


@settings(deadline=None, max_examples=60)
@given(answers, st.data())
def test_a_sample_that_errored_never_helps(values: list[float | None], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(values) - 1))
    errored = [*values[:at], None, *values[at + 1 :]]

    before, after = (judge(suite(AT_LEAST, SLICED), results(in_languages(one)), None) for one in (values, errored))

    for old, new in zip(before.criteria, after.criteria, strict=True):
        assert old.verdict == "Passed" or new.verdict != "Passed"


@settings(deadline=None, max_examples=60)
@given(answers, answers, st.randoms(use_true_random=False))
def test_verdicts_are_the_same_for_the_same_samples_in_any_order(
    values: list[float | None], theirs: list[float | None], chance: random.Random
) -> None:
    metric, served = in_languages(values), in_languages(theirs)
    shuffled = replace(metric, samples=tuple(chance.sample(metric.samples, len(metric.samples))))

    once = judge(ALL, results(metric), serving(served))

    assert once == judge(ALL, results(shuffled), serving(served)) == judge(ALL, results(metric), serving(served))


odd_numbers = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, 1.0, 0.5, -1.0, 1e300]))


@st.composite
def odd_metrics(draw: st.DrawFn) -> Metric:
    counts = st.integers(-2, 600)
    return Metric(
        name="acc",
        value=draw(odd_numbers),
        unit=draw(st.sampled_from([None, "Fraction", "Percent", "Seconds"])),
        counts=Counts(planned=draw(counts), effective=draw(counts), errored=draw(counts), unscored=draw(counts)),
        stderr=draw(odd_numbers),
    )


@settings(deadline=None)
@given(odd_metrics(), st.one_of(st.none(), odd_metrics()))
def test_whatever_comes_in_a_verdict_comes_out(metric: Metric, theirs: Metric | None) -> None:
    baseline = serving(theirs) if theirs else None

    found = judge(suite(AT_LEAST, NO_WORSE), results(metric), baseline)

    is_sound = metric.unit == "Fraction" and metric.value is not None and metric.counts.is_complete
    assert found.verdict in RANK
    assert is_sound or found.verdict == "Inconclusive"


def test_a_revision_that_answers_like_what_serves_does_not_fail_and_with_enough_samples_passes() -> None:
    metric = sampled("acc", right(900, 1000))

    assert judge(suite(NO_WORSE), results(metric), serving(metric)).verdict == "Passed"
    few = sampled("acc", right(18, 20))
    assert judge(suite(NO_WORSE), results(few), serving(few)).verdict == "Inconclusive"


def test_names_that_no_record_can_hold_do_not_stop_a_verdict() -> None:
    slices = [{"language": "de\n\u202e" + "x" * 300}] * 100
    found: Results = results(sampled("acc", right(95, 100), slices=slices), tool="\n", tool_version="\0")

    (judged,) = judge(suite(SLICED), found, None).criteria

    assert judged.verdict == "Passed"
    assert judged.slice is not None
    assert judged.slice.startswith("de??xxx")
