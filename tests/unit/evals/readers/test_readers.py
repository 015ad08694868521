"""All readers: nothing but results or a stated refusal comes out of them, whatever goes in."""

import json
from hashlib import sha256
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.results import golden
from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.readers import READERS, read

FORMATS = get_args(ResultFormat)
GOLDEN: dict[Any, dict[str, bytes]] = {
    "LMEval": golden("lm_eval", "full"),
    "InspectAI": golden("inspect_ai", "limited"),
    "Promptfoo": golden("promptfoo", "full"),
    "JUnit": golden("junit"),
}
ARCHIVE = golden("inspect_ai", "edited")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)


def attempt(format: Any, files: dict[str, bytes]) -> Results | None:  # noqa: A002 - as the API calls it
    try:
        results = read(format, files)
    except UnreadableResults:
        return None
    for metric in results.metrics.values():
        counts = metric.counts
        assert counts.effective + counts.errored + counts.unscored <= counts.planned
        assert not metric.samples or counts.effective == sum(sample.value is not None for sample in metric.samples)
        assert len({sample.key for sample in metric.samples}) == len(metric.samples)
    return results


def test_each_format_of_the_api_has_its_reader() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_at_the_path_is_refused_with_what_is_needed(format: Any) -> None:  # noqa: A002
    with pytest.raises(UnreadableResults, match=rf"found nothing: format {format} needs files named \*\."):
        read(format, {})
    with pytest.raises(UnreadableResults, match=r"found 1 other files, such as core\.123"):
        read(format, {"core.123": b"{}"})


@pytest.mark.parametrize("format", FORMATS)
@given(content=st.binary(max_size=100))
def test_bytes_are_no_results(format: Any, content: bytes) -> None:  # noqa: A002
    for suffix in READERS[format].SUFFIXES:
        assert attempt(format, {f"results{suffix}": content}) is None


@pytest.mark.parametrize("format", ["LMEval", "InspectAI", "Promptfoo", "Leadsman"])
@given(value=JSON)
def test_json_of_others_is_no_result(format: Any, value: Any) -> None:  # noqa: A002
    assert attempt(format, {"results.json": json.dumps(value).encode()}) is None


@pytest.mark.parametrize("format", GOLDEN)
@settings(max_examples=40)
@given(data=st.data())
def test_half_a_file_is_refused(format: Any, data: st.DataObject) -> None:  # noqa: A002
    files = GOLDEN[format]
    path = data.draw(st.sampled_from(sorted(path for path in files if not path.endswith(".jsonl"))))
    end = data.draw(st.integers(0, len(files[path].rstrip()) - 1))
    assert attempt(format, {**files, path: files[path][:end]}) is None


@pytest.mark.parametrize("format", GOLDEN)
@settings(max_examples=60)
@given(data=st.data())
def test_a_value_that_was_replaced_anywhere_does_no_harm(format: Any, data: st.DataObject) -> None:  # noqa: A002
    files = GOLDEN[format]
    path = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[path])
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + data.draw(st.integers(0, 40))] = data.draw(
        st.sampled_from(
            [b"", b"null", b"-1", b"1e999", b"NaN", b'""', b"[]", b"{}", b'"\\ud800"', b"9" * 5000, b"\xff"]
        )
        | st.binary(max_size=8)
    )
    attempt(format, {**files, path: bytes(content)})


@pytest.mark.parametrize("format", ["LMEval", "InspectAI", "Promptfoo"])
@settings(max_examples=80)
@given(data=st.data())
def test_any_field_may_hold_any_json(format: Any, data: st.DataObject) -> None:  # noqa: A002
    files = GOLDEN[format]
    path = next(path for path in files if path.endswith(".json"))
    node = value = json.loads(files[path])
    while True:
        key: Any = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(JSON)
    attempt(format, {**files, path: json.dumps(value).encode()})


@settings(max_examples=60)
@given(data=st.data())
def test_an_archive_that_was_damaged_does_no_harm(data: st.DataObject) -> None:
    ((path, content),) = ARCHIVE.items()
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    results = attempt("InspectAI", {path: bytes(changed)})
    assert results is None or results.problems or results == read("InspectAI", ARCHIVE)


def test_the_digest_is_the_files_own_or_of_what_sha256sum_prints() -> None:
    files = golden("junit")
    assert read("JUnit", files).raw_digest == f"sha256:{sha256(files['junit.xml']).hexdigest()}"
    second = b'<testsuite><testcase name="other"/></testsuite>'
    digests = {"a.xml": sha256(second).hexdigest(), "junit.xml": sha256(files["junit.xml"]).hexdigest()}
    printed = "".join(f"{digest}  {path}\n" for path, digest in digests.items())
    both = read("JUnit", {**files, "a.xml": second, "notes.txt": b"passed over"})
    assert both.raw_digest == f"sha256:{sha256(printed.encode()).hexdigest()}"
