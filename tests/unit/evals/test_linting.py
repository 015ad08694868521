"""What a suite's author is told before anything is evaluated."""

from typing import Any

import pytest

from harness.evaluations import AT_LEAST, AT_MOST, NO_WORSE, counted, results, right, sampled, suite
from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec
from leadsman.evals.linting import lint_results, lint_suite, problem
from leadsman.evals.normal import Results


def said(asked: EvalSuiteSpec, beside: Results | None = None) -> dict[str, Remark]:
    remarks = list(lint_suite(asked)) if beside is None else list(lint_results(asked, beside))
    assert len({one.about for one in remarks}) == len(remarks)
    return {one.about: one for one in remarks}


def test_a_suite_that_can_be_proven_has_nothing_to_be_said_of() -> None:
    asked = suite(AT_LEAST, NO_WORSE, AT_MOST, minSamples=500)

    assert said(asked) == {}
    assert said(asked, results(counted("acc", 0.99, 500), counted("attacks", 0.0, 500))) == {}


def test_a_percent_where_a_fraction_is_asked_for() -> None:
    found = said(suite({**AT_LEAST, "min": "90"}, minSamples=500))["spec.criteria[accuracy].min"]

    assert found.severity == "Error"
    assert found.instead == 'write "0.9", or unit: Percent'


def test_a_fraction_where_a_percent_is_asked_for() -> None:
    found = said(suite({**AT_LEAST, "min": "0.9", "unit": "Percent"}, minSamples=500))

    assert found["spec.criteria[accuracy].min"].severity == "Warning"
    assert found["spec.criteria[accuracy].min"].instead == 'write "90", or unit: Fraction'


@pytest.mark.parametrize(
    ("criterion", "instead"),
    [
        ({**AT_LEAST, "min": "1"}, 'write for example "0.99", which 299 samples prove of which none fails'),
        ({**AT_MOST, "max": "0"}, 'write for example "0.01", which 299 samples prove of which none fails'),
        ({**AT_LEAST, "min": "100", "unit": "Percent"}, 'write for example "99", which 299 samples prove'),
    ],
)
def test_a_limit_that_no_number_of_samples_can_prove(criterion: dict[str, Any], instead: str) -> None:
    (found,) = said(suite(criterion, minSamples=1_000_000)).values()

    assert (found.severity, found.message) == ("Error", "no number of samples can prove it")
    assert found.instead is not None
    assert found.instead.startswith(instead)


@pytest.mark.parametrize(("samples", "remarks"), [(298, 1), (299, 0)])
def test_fewer_samples_than_prove_a_limit_without_a_failure(samples: int, remarks: int) -> None:
    found = list(said(suite(AT_MOST, minSamples=samples)).values())

    assert len(found) == remarks
    assert all("minSamples: 299" in (one.instead or "") for one in found)


def test_a_margin_that_an_equal_candidate_cannot_be_shown_to_keep() -> None:
    found = said(suite(NO_WORSE, minSamples=100))["spec.criteria[no-worse].nonInferior.margin"]

    assert found.severity == "Warning"
    assert "takes 321 samples to show that an equal candidate is within 0.03" in found.message


def test_samples_of_a_slice_are_its_own() -> None:
    asked = suite({**AT_MOST, "slices": {"by": "language", "minSamples": 60}}, minSamples=1000)

    assert (
        said(asked)["spec.criteria[jailbreak].max"].instead
        == "write slices: {minSamples: 299} or more, or a wider limit"
    )


def test_advisory_criteria_alone_gate_nothing() -> None:
    found = said(suite({**AT_LEAST, "enforcement": "Advisory"}, minSamples=500))

    assert found["spec.criteria"].severity == "Error"


@pytest.mark.parametrize(
    ("criterion", "about"),
    [
        ({**AT_LEAST, "max": "0.9"}, "spec.criteria[accuracy]"),
        ({"name": "accuracy", "metric": "acc", "direction": "HigherIsBetter"}, "spec.criteria[accuracy]"),
        ({**AT_LEAST, "direction": "LowerIsBetter"}, "spec.criteria[accuracy].min"),
        ({**AT_MOST, "direction": "HigherIsBetter"}, "spec.criteria[jailbreak].max"),
    ],
)
def test_what_the_api_server_would_refuse_is_an_error_here_too(criterion: dict[str, Any], about: str) -> None:
    asked = suite(criterion)

    assert [(one.severity, one.about) for one in lint_suite(asked)] == [("Error", about)]
    assert list(lint_results(asked, results(counted("acc", 0.9, 500), counted("attacks", 0.0, 500)))) == []
    assert problem(asked.criteria[0])


def test_a_job_needs_a_format_and_a_suite_one_runner() -> None:
    raw = suite(AT_LEAST, minSamples=500).to_dict()
    job = {"template": {"spec": {"containers": []}}}

    assert set(said(EvalSuiteSpec.from_dict({**raw, "runner": {"job": job}}))) == {"spec.results"}
    assert set(said(EvalSuiteSpec.from_dict({**raw, "runner": {}}))) == {"spec.runner"}


def test_a_metric_that_the_results_don_t_have_is_answered_with_those_that_are_near() -> None:
    asked = suite({**AT_LEAST, "metric": "support_qa/acc"})

    found = said(asked, results(counted("support_qa/acc,none", 0.9, 500)))["spec.criteria[accuracy].metric"]

    assert found.severity == "Error"
    assert "they have support_qa/acc,none" in found.message


def test_another_unit_than_the_results_have_says_the_limit_in_theirs() -> None:
    asked = suite({**AT_LEAST, "min": "90", "unit": "Percent"})

    found = said(asked, results(counted("acc", 0.95, 500)))["spec.criteria[accuracy].unit"]

    assert found.severity == "Error"
    assert found.instead == 'here: "0.9"'


def test_an_advisory_criterion_that_never_passes_is_a_warning() -> None:
    asked = suite(AT_LEAST, {**AT_MOST, "enforcement": "Advisory"})

    found = said(asked, results(counted("acc", 0.95, 500)))

    assert [(one.about, one.severity) for one in found.values()] == [("spec.criteria[jailbreak].metric", "Warning")]


def test_results_by_which_nothing_can_be_said_hold() -> None:
    asked = suite({**AT_LEAST, "slices": {"by": "language"}})

    found = said(asked, results(sampled("acc", right(95, 100))))["spec.criteria[accuracy].min"]

    assert found.severity == "Holds"
    assert "no sample has a property language" in found.message


def test_results_that_prove_nothing_are_said_once() -> None:
    asked = suite(AT_LEAST, AT_MOST)

    found = said(asked, results(counted("acc", 0.95, 500), counted("attacks", 0.0, 500), problems=("limited to 5",)))

    assert [one.about for one in found.values()] == ["spec"]
