"""JUnit XML, as pytest wrote it."""

import pytest

from harness.results import golden
from leadsman.evals.normal import Counts, Results, UnreadableResults
from leadsman.evals.readers import read


def read_text(*texts: str) -> Results:
    return read("JUnit", {f"{index}.xml": text.encode() for index, text in enumerate(texts)})


def told(name: str, value: str) -> str:
    properties = f'<properties><property name="metric:{name}" value="{value}"/></properties>'
    return f'<testsuite>{properties}<testcase name="a"/></testsuite>'


def test_failures_errors_and_skipped_cases_are_no_pass() -> None:
    results = read("JUnit", golden("junit"))
    passed = results.metrics["pass"]
    assert results.problems == ()
    assert passed.counts == Counts(planned=6, effective=3, errored=2, unscored=1)
    assert {sample.key.rpartition("::")[2]: sample.value for sample in passed.samples} == {
        "test_pays": 1.0,
        "test_refunds": 0.0,
        "test_tracks": None,
        "test_closes": None,
        "test_is_polite": None,
        "test_grounded": 1.0,
    }
    assert passed.samples[0].slices == {"classname": "test_support.TestBilling"}
    assert results.started_at is not None


def test_properties_are_metrics_of_cases_and_of_suites() -> None:
    metrics = read("JUnit", golden("junit")).metrics
    assert metrics["latency"].value == pytest.approx(1.1)
    assert metrics["latency"].unit is None
    assert len(metrics["latency"].samples) == 2
    assert metrics["groundedness"].value == 0.93
    assert metrics["groundedness"].unit is None


def test_a_case_that_was_tried_again_is_the_mean_of_its_tries() -> None:
    results = read_text('<testsuite><testcase name="a"><failure/></testcase><testcase name="a"/></testsuite>')
    assert results.metrics["pass"].value == 0.5
    assert results.metrics["pass"].counts.planned == 1


def test_one_case_in_two_files_is_two_runs() -> None:
    suite = '<testsuite><testcase classname="c" name="a"/></testsuite>'
    with pytest.raises(UnreadableResults, match=r"0.xml and 1.xml both have test case c::a"):
        read_text(suite, suite)
    assert read_text(suite, suite.replace('"a"', '"b"')).metrics["pass"].counts.planned == 2


def test_fewer_cases_than_the_suite_tells_of_are_partial() -> None:
    results = read_text('<testsuite name="s" tests="3"><testcase name="a"/></testsuite>')
    assert results.problems == ("partial: suite s in 0.xml tells of 3 tests and has fewer",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<testsuite/>", "no <testcase>"),
        ("<html/>", "no <testcase>"),
        ("<testsuite><testcase/></testsuite>", "has no name"),
        ("<testsuite>", "is no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>', "has a DOCTYPE"),
        (told("x", "fast"), "write a number"),
        (told("pass", "1"), "is no name for a metric"),
    ],
)
def test_what_is_no_result_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        read_text(text)


def test_nan_of_a_property_is_no_value() -> None:
    results = read_text(told("x", "NaN"))
    assert results.metrics["x"].value is None
    assert results.metrics["x"].counts == Counts(planned=1, effective=0, unscored=1)
