"""Since when do a suite's criteria hold? What may have changed unseen counts as changed just now."""

from dataclasses import replace

from harness.laboratory import ACCURACY, COMPARES, JOB
from harness.runs import HOUR, NOW, suite
from leadsman.api.v1alpha1.evalsuite import EvalSuiteStatus
from leadsman.planner.evaluations.suites import compares, criteria_digest, suite_digest, suite_status

QA = suite()
UNSEEN = replace(QA, status=EvalSuiteStatus())
STRICTER = suite(criteria=[ACCURACY | {"min": "0.9"}])


def test_criteria_of_a_new_suite_are_as_old_as_it_is() -> None:
    made = suite_status(UNSEEN, NOW)

    assert (made.digest, made.criteria_digest) == (QA.digest, QA.criteria_digest)
    assert made.criteria_since == QA.created_at
    assert [(one.type, one.status) for one in made.conditions] == [("Ready", "True")]


def test_criteria_that_were_edited_before_anybody_looked_are_new() -> None:
    assert suite_status(replace(UNSEEN, generation=2), NOW).criteria_since == NOW


def test_another_threshold_is_new_and_another_image_is_not() -> None:
    stricter = replace(STRICTER, status=QA.status, generation=2)
    assert suite_status(stricter, NOW).criteria_since == NOW

    later = suite(dataset={"name": "golden"})
    moved = suite_status(replace(later, status=QA.status, generation=2), NOW)
    assert moved.criteria_since == NOW - 24 * HOUR
    assert moved.digest == later.digest != QA.digest


def test_it_is_looked_at_once() -> None:
    once = suite_status(UNSEEN, NOW)

    assert suite_status(replace(QA, status=once), NOW + HOUR) == once


def test_what_cannot_be_read_says_why_and_when_it_can_be_that_is_news() -> None:
    broken = suite_status(replace(UNSEEN, spec=None, problem="spec.criteria: needs one"), NOW)
    [ready] = broken.conditions
    assert (ready.status, ready.reason, ready.message) == ("False", "SuiteUnreadable", "spec.criteria: needs one")

    [mended] = suite_status(replace(QA, status=broken), NOW + HOUR).conditions
    assert (mended.status, mended.last_transition_time) == ("True", NOW + HOUR)


def test_digests_are_of_what_was_written() -> None:
    assert suite_digest(JOB) != suite_digest(JOB | {"maxAgeHours": 7})
    assert criteria_digest(JOB) == criteria_digest(JOB | {"maxAgeHours": 7})
    assert criteria_digest(JOB) != criteria_digest(JOB | {"minSamples": 7})


def test_a_suite_compares_if_one_criterion_does() -> None:
    compared = suite(COMPARES).spec
    assert compared is not None
    assert compares(compared)
    assert QA.spec is not None
    assert not compares(QA.spec)
