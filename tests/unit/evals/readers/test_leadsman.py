"""Leadsman's own format."""

import json
from typing import Any

import pytest

from leadsman.evals.normal import Counts, Results, Sample, SliceCounts, UnreadableResults
from leadsman.evals.readers import read

DIGEST = f"sha256:{'0a' * 32}"


def written(**changes: Any) -> dict[str, Any]:
    metric = {
        "metric": "accuracy",
        "value": "0.5",
        "unit": "Fraction",
        "stderr": "0.3",
        "samples": {"planned": 4, "effective": 2, "errored": 1},
        "slices": [{"by": "language", "name": "de", "value": 0.9, "samples": {"planned": 2, "effective": 2}}],
        "items": [
            {"key": "q1", "value": 1, "slices": {"language": "de"}},
            {"key": "q2", "value": 0},
            {"key": "q3", "value": None},
        ],
    }
    return {
        "tool": {"name": "our-harness", "version": "3.1"},
        "startedAt": "2026-11-23T10:00:00Z",
        "finishedAt": "2026-11-23T11:20:00+01:00",
        "datasetDigest": DIGEST,
        "metrics": [metric | changes],
    }


def read_value(value: Any) -> Results:
    return read("Leadsman", {"results.json": json.dumps(value).encode()})


def test_everything_that_can_be_told_is_read() -> None:
    results = read_value(written())
    assert (results.tool, results.tool_version, results.dataset_digest) == ("our-harness", "3.1", DIGEST)
    assert str(results.finished_at) == "2026-11-23 10:20:00+00:00"
    accuracy = results.metrics["accuracy"]
    assert (accuracy.value, accuracy.unit, accuracy.stderr) == (0.5, "Fraction", 0.3)
    assert accuracy.counts == Counts(planned=4, effective=2, errored=1)
    assert accuracy.samples[0] == Sample(key="q1", value=1.0, slices={"language": "de"})
    assert accuracy.samples[2].value is None
    assert accuracy.slices == (SliceCounts(by="language", name="de", value=0.9, counts=Counts(planned=2, effective=2)),)


def test_without_a_unit_none_is_guessed() -> None:
    assert read_value(written(unit=None)).metrics["accuracy"].unit is None


def test_problems_that_a_harness_tells_of_itself_are_kept() -> None:
    assert read_value(written() | {"problems": ["cancelled"]}).problems == ("cancelled",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric": None}, r"metrics\[0\].metric is missing"),
        ({"metric": "a\nb"}, "is no name on one line"),
        ({"value": "91 %"}, r"metrics\[0\].value is no number"),
        ({"value": True}, "is no number"),
        ({"unit": "percent"}, "must be one of Fraction, Percent"),
        ({"stderr": -1}, "is less than 0"),
        ({"samples": {"planned": 4}}, "effective is missing"),
        ({"samples": {"planned": 1, "effective": 2}}, "more effective, errored and unscored samples together"),
        ({"samples": {"planned": 4, "effective": 3}}, "other than 3 items with a value"),
        ({"samples": {"planned": 4, "effective": 2.5}}, "is no count"),
        ({"samples": {"planned": -1, "effective": 0}}, "is no count"),
        ({"items": [{"key": "a", "value": 1}] * 2}, "second item with the key a"),
        ({"paired": {}}, "has 'paired', which no field here is called"),
        ({"slices": [{"by": "a", "name": "b", "value": "NaN", "samples": {}}]}, "is no number"),
    ],
)
def test_what_is_misspelt_is_named_where_it_stands(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        read_value(written(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tool": {}}, "tool.name is missing"),
        ({"metrics": None}, "results.json.metrics is missing"),
        ({"metrics": []}, "no metric in results.json"),
        ({"metrics": [written()["metrics"][0]] * 2}, "is the second with the name accuracy"),
        ({"datasetDigest": "abc"}, "must be sha256: and 64 hex digits"),
        ({"startedAt": "yesterday"}, "is no time with a zone"),
        ({"startedAt": 1700000000}, "is no string"),
        ({"status": "ok"}, "has 'status'"),
    ],
)
def test_the_document_is_checked_too(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        read_value(written() | changes)


def test_several_files_are_ambiguous() -> None:
    content = json.dumps(written()).encode()
    with pytest.raises(UnreadableResults, match=r"a.json and b.json: write the results in normal form into one file"):
        read("Leadsman", {"a.json": content, "b.json": content})
