"""Results as CI submits them: what is written down is judged as if the tool's own files were there."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evaluations import AT_LEAST, DATA, NO_WORSE, counted, results, right, sampled, suite
from leadsman.api.v1alpha1.evalrun import RunResults
from leadsman.evals.normal import Counts, Metric, Paired, Results, SliceCounts
from leadsman.evals.submitted import NotSubmittable, from_api, to_api
from leadsman.evals.verdicts import judge

DONE: dict[str, Any] = {
    "started_at": datetime(2026, 11, 23, 10, tzinfo=UTC),
    "finished_at": datetime(2026, 11, 23, 11, tzinfo=UTC),
    "dataset_digest": DATA,
    "raw_digest": "sha256:" + "f" * 64,
}
SLICED = {**AT_LEAST, "name": "each", "min": "0.7", "slices": {"by": "language", "minSamples": 5}}


def there_and_back(given: Results, baseline: str | None = None) -> Results:
    """Through JSON, as the API server keeps it."""
    return from_api(RunResults.from_dict(to_api(given).results.to_dict()), baseline)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    effective, errored, unscored = (draw(st.integers(0, 10_000)) for _ in range(3))
    return Counts(
        planned=max(1, effective) + errored + unscored, effective=max(1, effective), errored=errored, unscored=unscored
    )


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    part = draw(counts())
    return Metric(
        name=draw(st.sampled_from(["acc", "support_qa/acc,none", "Übersicht"])),
        value=draw(st.floats(0, 1)),
        unit="Fraction",
        counts=part,
        stderr=draw(st.one_of(st.none(), st.floats(0, 1))),
        slices=(SliceCounts(by="language", name="de", value=draw(st.floats(0, 1)), counts=part),),
        paired=Paired(baseline="support-7", better=0, worse=1, same=part.planned - 1),
    )


@given(metrics())
def test_values_and_counts_survive(metric: Metric) -> None:
    found = there_and_back(results(metric, **DONE), "support-7")

    (back,) = found.metrics.values()
    assert back.value == pytest.approx(metric.value, abs=5.1e-10)
    assert back.stderr == (None if metric.stderr is None else pytest.approx(metric.stderr, abs=5.1e-10))
    assert (back.name, back.counts, back.unit, back.paired) == (metric.name, metric.counts, metric.unit, metric.paired)
    assert back.slices[0].value == pytest.approx(metric.slices[0].value, abs=5.1e-10)
    assert back.slices[0].counts == metric.slices[0].counts
    assert there_and_back(found, "support-7") == found


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, None]), min_size=1, max_size=200))
def test_the_verdict_is_that_on_the_samples_themselves(values: list[float | None]) -> None:
    metric = sampled("acc", values, slices=[{"language": "de" if n % 2 else "en"} for n in range(len(values))])
    if metric.value is None:
        return
    asked, given_results = suite(AT_LEAST, SLICED), results(metric, **DONE)

    here, there = (judge(asked, one, None) for one in (given_results, there_and_back(given_results)))

    assert [one.verdict for one in here.criteria] == [one.verdict for one in there.criteria]


def test_tool_times_data_set_and_raw_digest_survive() -> None:
    given_results = results(counted("acc", 0.9, 500), **DONE)

    assert there_and_back(given_results) == given_results


def test_pairs_without_a_baseline_are_none() -> None:
    metric = replace(counted("acc", 0.9, 10), paired=Paired(baseline="a", better=1, worse=1, same=8))

    assert there_and_back(results(metric, **DONE)).metrics["acc"].paired is None


def test_a_partial_run_can_not_be_submitted_as_a_whole_one() -> None:
    with pytest.raises(NotSubmittable, match="only 10 items"):
        to_api(results(counted("acc", 1, 10), **DONE, problems=("limited to only 10 items",)))


@pytest.mark.parametrize(
    "doubtful",
    [
        replace(counted("acc", 1, 10), counts=Counts(planned=20, effective=10)),
        counted("acc", 1, 10, unit=None),
        counted("acc", float("nan"), 10),
        replace(sampled("acc", right(5, 10)), value=0.99),
        replace(counted("acc", 1, 10), name="two\nlines"),
    ],
)
def test_a_metric_that_can_not_be_judged_is_left_out_and_told(doubtful: Metric) -> None:
    found = to_api(results(doubtful, counted("bleu", 0.5, 10), **DONE))

    assert [one.metric for one in found.results.metrics] == ["bleu"]
    assert list(found.left_out) == [doubtful.name]
    with pytest.raises(NotSubmittable, match="no metric can be judged"):
        to_api(results(doubtful, **DONE))


@pytest.mark.parametrize("missing", ["started_at", "finished_at"])
def test_results_without_times_can_not_be_submitted(missing: str) -> None:
    with pytest.raises(NotSubmittable, match="when the evaluation began and ended"):
        to_api(results(counted("acc", 1, 10), **{**DONE, missing: None}))


def test_results_that_ended_before_they_began_can_not_be_submitted() -> None:
    turned = {**DONE, "started_at": DONE["finished_at"], "finished_at": DONE["started_at"]}

    with pytest.raises(NotSubmittable, match="before it began"):
        to_api(results(counted("acc", 1, 10), **turned))


def test_a_property_with_too_many_slices_has_none_rather_than_some() -> None:
    slices = [{"item": str(n), "language": "de" if n % 2 else "en"} for n in range(100)]

    (metric,) = to_api(results(sampled("acc", right(90, 100), slices=slices), **DONE)).results.metrics

    assert {(part.by, part.name) for part in metric.slices} == {("language", "de"), ("language", "en")}


def test_more_metrics_than_a_run_holds_are_left_out_and_told() -> None:
    found = to_api(results(*(counted(f"m{n}", 0.5, 10) for n in range(130)), **DONE))

    assert len(found.results.metrics) == 128
    assert set(found.left_out) == {"m128", "m129"}


def test_a_comparison_is_judged_by_the_pairs_that_were_submitted() -> None:
    metric = replace(counted("acc", 0.9, 1000), paired=Paired(baseline="support-7", better=20, worse=22, same=958))
    submitted = there_and_back(results(metric, **DONE), "support-7")

    assert submitted.metrics["acc"].paired == metric.paired
    assert judge(suite(NO_WORSE), submitted, None).criteria[0].verdict == "NotApplicable"
