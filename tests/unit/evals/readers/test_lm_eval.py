"""Results of lm-evaluation-harness, as it wrote them itself, and its traps."""

import json
from typing import Any

import pytest

from harness.results import Edit, edited, golden
from leadsman.evals.normal import Counts, Results, UnreadableResults
from leadsman.evals.readers import read


def read_edited(edit: Edit, name: str = "full") -> Results:
    return read("LMEval", edited(golden("lm_eval", name), edit))


def without_samples(name: str = "full") -> dict[str, bytes]:
    return {path: content for path, content in golden("lm_eval", name).items() if path.endswith(".json")}


def test_metrics_are_named_by_task_metric_and_filter() -> None:
    results = read("LMEval", golden("lm_eval", "full"))
    assert (results.tool, results.tool_version, results.problems) == ("lm-evaluation-harness", "0.4.13", ())
    assert set(results.metrics) == {
        "support/acc,none",
        "support/exact_match,strict",
        "support_qa/acc,none",
        "support_qa/f1,none",
        "support_gen/exact_match,strict",
        "support_gen/exact_match,upper",
        "support_gen/polite,strict",
        "support_gen/polite,upper",
    }


def test_samples_pair_by_document_and_filter() -> None:
    metrics = read("LMEval", golden("lm_eval", "full")).metrics
    strict, upper = metrics["support_gen/exact_match,strict"], metrics["support_gen/exact_match,upper"]
    assert strict.counts == Counts(planned=6, effective=6)
    assert [sample.key for sample in strict.samples] == [sample.key for sample in upper.samples]
    assert sum(sample.value or 0 for sample in strict.samples) == 4
    assert sum(sample.value or 0 for sample in upper.samples) == 0
    assert (strict.value, strict.unit) == (pytest.approx(2 / 3), "Fraction")


def test_an_item_that_the_data_has_twice_is_two_samples() -> None:
    keys = [sample.key for sample in read("LMEval", golden("lm_eval", "full")).metrics["support_qa/acc,none"].samples]
    assert len(set(keys)) == 6
    assert f"{keys[0]}#2" in keys


def test_nan_is_unscored_and_takes_the_mean_away() -> None:
    polite = read("LMEval", golden("lm_eval", "full")).metrics["support_gen/polite,strict"]
    assert polite.value is None
    assert polite.counts == Counts(planned=6, effective=5, unscored=1)


def test_f1_is_no_mean_of_its_samples_so_it_has_none() -> None:
    f1 = read("LMEval", golden("lm_eval", "full")).metrics["support_qa/f1,none"]
    assert f1.samples == ()
    assert f1.unit == "Fraction"


def test_a_group_counts_the_tasks_that_have_the_metric() -> None:
    metrics = read("LMEval", golden("lm_eval", "full")).metrics
    assert metrics["support/acc,none"].counts == Counts(planned=6, effective=6)

    def edit(report: Any) -> None:
        report["results"]["support_gen"]["acc,none"] = 1.0

    assert read_edited(edit).metrics["support/acc,none"].counts == Counts(planned=12, effective=12)


def test_a_limit_is_partial() -> None:
    results = read("LMEval", golden("lm_eval", "limited"))
    assert "was limited (--limit 2" in results.problems[0]
    assert results.problems[1] == "partial: of task support_qa 2 of 6 samples were evaluated"
    assert results.metrics["support_qa/acc,none"].counts == Counts(planned=6, effective=2)


def test_without_logged_samples_the_counts_come_from_n_samples_and_not_from_sample_len() -> None:
    def edit(report: Any) -> None:
        report["results"]["support_qa"]["sample_len"] = 99

    results = read("LMEval", edited(without_samples(), edit))
    acc = results.metrics["support_qa/acc,none"]
    assert (acc.samples, acc.counts) == ((), Counts(planned=6, effective=6))


def test_files_of_old_versions_lack_names_and_tell_perf_counters_as_times() -> None:
    def edit(report: Any) -> None:
        report.update(start_time=12.5, end_time=14.5, date=1766000000.5, total_evaluation_time_seconds="2.0")
        for task in report["results"].values():
            task.pop("name", None)
            task.pop("sample_len", None)

    results = read_edited(edit)
    assert str(results.started_at) == "2025-12-17 19:33:20.500000+00:00"
    assert str(results.finished_at) == "2025-12-17 19:33:22.500000+00:00"


def test_a_standard_error_that_is_not_available_is_none() -> None:
    def edit(report: Any) -> None:
        report["results"]["support_qa"]["acc_stderr,none"] = "N/A"

    assert read_edited(edit).metrics["support_qa/acc,none"].stderr is None
    assert read("LMEval", golden("lm_eval", "full")).metrics["support_qa/acc,none"].stderr is not None


def test_samples_without_results_are_refused_since_the_tool_only_warns_when_it_can_not_write() -> None:
    files = {path: content for path, content in golden("lm_eval", "full").items() if path.endswith(".jsonl")}
    with pytest.raises(UnreadableResults, match=r"no results_<date>.json .* look at its log"):
        read("LMEval", files)


def test_two_runs_of_one_task_are_ambiguous() -> None:
    full, limited = golden("lm_eval", "full"), golden("lm_eval", "limited")
    with pytest.raises(UnreadableResults, match="both have task support_qa: keep one evaluation in the folder"):
        read("LMEval", full | limited)


def test_runs_of_different_tasks_are_one_evaluation() -> None:
    other = json.loads(next(iter(without_samples("limited").values())))
    text = json.dumps(other).replace("support_qa", "billing").encode()
    results = read("LMEval", golden("lm_eval", "full") | {"billing.json": text})
    assert {"billing/acc,none", "support_qa/acc,none"} <= set(results.metrics)
    assert any("billing" in problem for problem in results.problems)


def test_samples_of_another_run_are_refused() -> None:
    files = golden("lm_eval", "full") | {"samples_support_qa_2020-01-01T00-00-00.000000.jsonl": b""}
    with pytest.raises(UnreadableResults, match="belongs to no results file here"):
        read("LMEval", files)


MISFITS: list[tuple[Edit, str]] = [
    (lambda report: report.pop("n-samples"), "no results_<date>.json"),
    (lambda report: report["n-samples"].pop("support_qa"), "n-samples.support_qa is missing"),
    (lambda report: report["results"]["support_qa"].update({"acc,none": "good"}), "support_qa.acc,none is no number"),
    (lambda report: report.update(date=1e30), "date is no time"),
    (lambda report: report["group_subtasks"].update(support=["support"]), "has support within itself"),
]


@pytest.mark.parametrize(("edit", "message"), MISFITS)
def test_what_does_not_hang_together_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        read_edited(edit)
