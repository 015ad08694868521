"""Results of promptfoo, as it wrote them itself."""

from typing import Any

import pytest

from harness.results import Edit, edited, golden
from leadsman.evals.normal import Counts, Results, UnreadableResults
from leadsman.evals.readers import read


def read_edited(edit: Edit, name: str = "full") -> Results:
    return read("Promptfoo", edited(golden("promptfoo", name), edit))


def test_an_error_is_neither_a_pass_nor_a_failure_and_stays_in_the_denominator() -> None:
    results = read("Promptfoo", golden("promptfoo", "full"))
    assert (results.tool, results.tool_version, results.problems) == ("promptfoo", "0.123.1", ())
    passed = results.metrics["pass"]
    assert passed.counts == Counts(planned=4, effective=3, errored=1)
    assert sorted(str(sample.value) for sample in passed.samples) == ["0.0", "1.0", "1.0", "None"]
    assert passed.unit == "Fraction"


def test_named_scores_are_planned_where_an_assertion_has_them() -> None:
    metrics = read("Promptfoo", golden("promptfoo", "full")).metrics
    assert metrics["Relevance"].counts == Counts(planned=4, effective=3, errored=1)
    assert metrics["Safety"].counts == Counts(planned=2, effective=2)
    assert metrics["Safety"].value == 1.0


def test_slices_come_from_metadata_and_vars() -> None:
    samples = read("Promptfoo", golden("promptfoo", "full")).metrics["pass"].samples
    assert sorted(sample.slices["topic"] for sample in samples) == ["billing", "billing", "delivery", "delivery"]
    assert sorted(sample.slices["language"] for sample in samples) == ["de", "en", "en", "en"]


def test_repetitions_are_one_sample_with_the_key_it_has_without_them() -> None:
    once, twice = (read("Promptfoo", golden("promptfoo", name)).metrics["pass"] for name in ("full", "repeated"))
    assert {sample.key: sample.value for sample in once.samples} == {
        sample.key: sample.value for sample in twice.samples
    }


def test_filtered_tests_are_partial() -> None:
    assert read("Promptfoo", golden("promptfoo", "filtered")).problems == (
        "partial: it has 2 of the 4 tests of its configuration: run it without filters",
    )


def test_two_providers_are_a_problem() -> None:
    def edit(log: Any) -> None:
        log["results"]["results"][0]["provider"]["id"] = "another"

    assert read_edited(edit).problems == ("has results of 2 providers: only one can be the candidate",)


def test_tests_that_were_lost_are_a_problem() -> None:
    assert "tells of 4" in read_edited(lambda log: log["results"]["results"].pop()).problems[0]


def test_version_2_has_a_table_and_less_of_each_test() -> None:
    def edit(log: Any) -> None:
        results = log["results"]
        results.update(version=2, table={"head": {"prompts": results.pop("prompts"), "vars": []}, "body": []})
        for test in results["results"]:
            del test["testCase"], test["failureReason"], test["promptIdx"], test["testIdx"]

    results = read_edited(edit)
    assert results.metrics["pass"].counts == Counts(planned=4, effective=3, errored=1)
    assert results.metrics["Relevance"].counts == Counts(planned=3, effective=3)


def test_sums_of_old_versions_are_divided_by_the_assertions_that_they_are_of() -> None:
    def edit(log: Any) -> None:
        test = next(test for test in log["results"]["results"] if test["success"])
        del test["gradingResult"]["namedScoreWeights"]
        test["namedScores"] = {"Relevance": 2}
        test["gradingResult"]["componentResults"] *= 2

    assert max(sample.value or 0 for sample in read_edited(edit).metrics["Relevance"].samples) == 1.0


def test_an_outcome_that_is_not_told_is_refused_and_not_failed() -> None:
    with pytest.raises(UnreadableResults, match=r"results.results\[1\].success is missing"):
        read_edited(lambda log: log["results"]["results"][1].pop("success"))


MISFITS: list[tuple[Edit, str]] = [
    (lambda log: log["results"].update(version=4), "is 4: 2 and 3 can be read"),
    (lambda log: log["results"].update(results=[]), "has no test"),
    (lambda log: log.clear(), "0 results of promptfoo among results.json"),
]


@pytest.mark.parametrize(("edit", "message"), MISFITS)
def test_other_files_are_refused(edit: Edit, message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        read_edited(edit)


def test_two_files_are_ambiguous() -> None:
    (content,) = golden("promptfoo", "full").values()
    with pytest.raises(UnreadableResults, match=r"2 results of promptfoo among a.json, b.json"):
        read("Promptfoo", {"a.json": content, "b.json": content})


def test_a_metric_called_pass_would_hide_the_outcome() -> None:
    def edit(log: Any) -> None:
        log["results"]["results"][0]["namedScores"] = {"pass": 1}

    with pytest.raises(UnreadableResults, match="rename it"):
        read_edited(edit)
