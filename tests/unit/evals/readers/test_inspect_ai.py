"""Logs of inspect-ai, as it wrote them itself, and what must never pass for a result."""

import io
import json
from typing import Any

import pytest
from backports.zstd import zipfile

from harness.results import Edit, edited, golden
from leadsman.evals.normal import Counts, Results, UnreadableResults
from leadsman.evals.readers import read


def read_edited(edit: Edit, name: str = "full_json") -> Results:
    return read("InspectAI", edited(golden("inspect_ai", name), edit))


@pytest.mark.parametrize("name", ["full_eval", "full_json"])
def test_both_forms_of_a_log_say_the_same(name: str) -> None:
    results = read("InspectAI", golden("inspect_ai", name))
    assert (results.tool, results.tool_version, results.problems) == ("inspect-ai", "0.3.285", ())
    assert results.started_at is not None
    assert results.finished_at is not None
    accuracy = results.metrics["includes/accuracy"]
    assert (accuracy.value, accuracy.unit, accuracy.stderr) == (0.5, "Fraction", pytest.approx(0.2236, abs=1e-4))
    assert accuracy.counts == Counts(planned=6, effective=6)
    assert {sample.key: sample.value for sample in accuracy.samples} == {f"q{i}": float(i % 2) for i in range(6)}
    assert accuracy.samples[0].slices == {"language": "de", "note": "item 0"}
    assert results.metrics["length/mean"].value == 3.0
    assert results.metrics["length/mean"].unit is None
    assert set(results.metrics) == {"includes/accuracy", "tone/mean", "length/mean"}


def test_nan_is_unscored_and_never_0() -> None:
    tone = read("InspectAI", golden("inspect_ai", "full_eval")).metrics["tone/mean"]
    assert tone.counts == Counts(planned=6, effective=5, unscored=1)
    assert [sample.value for sample in tone.samples].count(None) == 1
    assert tone.value == 0.5


def test_a_sample_with_an_errored_epoch_is_errored_and_metrics_are_told_apart_by_reducer() -> None:
    results = read("InspectAI", golden("inspect_ai", "epochs_errored"))
    assert set(results.metrics) == {"includes/accuracy[mean]", "includes/accuracy[mode]"}
    mean = results.metrics["includes/accuracy[mean]"]
    assert mean.counts == Counts(planned=6, effective=5, errored=1)
    assert {sample.key: sample.value for sample in mean.samples}["q2"] is None
    assert results.metrics["includes/accuracy[mode]"].samples == ()


def test_a_limit_is_partial_and_all_of_the_data_set_is_planned() -> None:
    results = read("InspectAI", golden("inspect_ai", "limited"))
    assert "is partial: limit was set" in results.problems[0]
    assert results.metrics["includes/accuracy"].counts == Counts(planned=6, effective=2)


def test_a_run_that_failed_has_no_metric_and_says_why() -> None:
    results = read("InspectAI", golden("inspect_ai", "failed"))
    assert results.metrics == {}
    assert "ended with status error" in results.problems[0]


def test_a_score_that_somebody_edited_is_found_though_the_header_and_the_summaries_do_not_tell() -> None:
    results = read("InspectAI", golden("inspect_ai", "edited"))
    assert "was edited afterwards: 1 scores have a history" in results.problems[0]


def test_old_logs_without_a_header_were_not_finished() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("_journal/start.json", "{}")
    with pytest.raises(UnreadableResults, match=r"a.eval has no header.json: the evaluation was stopped"):
        read("InspectAI", {"a.eval": written.getvalue()})


DOUBTS: list[tuple[Edit, str]] = [
    (lambda log: log.update(status="cancelled"), "ended with status cancelled"),
    (lambda log: log.update(status="started"), "ended with status started"),
    (lambda log: log.update(invalidated=True), "was invalidated"),
    (lambda log: log.update(log_updates=[{"edits": []}]), "log_updates are recorded"),
    (lambda log: log["eval"].update(revision={"type": "git", "dirty": True}), "changes that no commit has"),
    (lambda log: log["eval"]["config"].update(sample_id=["q1"]), "is partial: sample_id was set"),
    (lambda log: log["samples"].pop(), "is partial: it has 5 of 6 samples"),
]


@pytest.mark.parametrize(("edit", "problem"), DOUBTS)
def test_what_takes_the_proof_away_is_a_problem(edit: Edit, problem: str) -> None:
    assert problem in " ".join(read_edited(edit).problems)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("C", 1.0), ("I", 0.0), ("P", 0.5), ("N", 0.0), ("yes", 1.0), ("False", 0.0), ("0.25", 0.25), (True, 1.0),
     (float("nan"), None), ("A-", None), (None, None), ([1], None), ("1e999", None)],
)  # fmt: skip
def test_values_are_converted_as_inspect_does_save_that_unknown_ones_are_unscored(value: Any, expected: Any) -> None:
    def edit(log: Any) -> None:
        for sample in log["samples"]:
            sample["scores"]["includes"]["value"] = value
        log["results"]["scores"][0]["metrics"]["accuracy"]["value"] = expected if expected is not None else float("nan")

    accuracy = read_edited(edit).metrics["includes/accuracy"]
    assert {sample.value for sample in accuracy.samples} == {expected}
    assert accuracy.value == expected


def test_samples_are_left_out_where_their_mean_is_not_the_tools() -> None:
    def edit(log: Any) -> None:
        log["results"]["scores"][0]["metrics"]["accuracy"]["value"] = 0.9

    accuracy = read_edited(edit).metrics["includes/accuracy"]
    assert (accuracy.value, accuracy.samples, accuracy.counts.effective) == (0.9, (), 6)


def test_two_logs_of_one_task_are_ambiguous_and_of_two_tasks_are_not() -> None:
    (content,) = golden("inspect_ai", "full_json").values()
    with pytest.raises(UnreadableResults, match="2 logs of task support"):
        read("InspectAI", {"a.json": content, "b.json": content})
    other = json.loads(content)
    other["eval"]["task"] = "billing"
    both = read("InspectAI", {"a.json": content, "b.json": json.dumps(other).encode()})
    assert {"support/includes/accuracy", "billing/includes/accuracy"} <= set(both.metrics)


def test_json_that_is_no_log_is_passed_over_and_nothing_else_is_refused() -> None:
    files = golden("inspect_ai", "full_json") | {"eval-set.json": b"{}"}
    assert read("InspectAI", files).metrics
    with pytest.raises(UnreadableResults, match="no log of inspect-ai: run it with --log-dir"):
        read("InspectAI", {"eval-set.json": b"{}"})
