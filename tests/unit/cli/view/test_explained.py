"""`leadsman eval explain`: what a suite takes, and why a run has not passed."""

from harness.evaluations import AT_LEAST, AT_MOST, suite
from harness.judged_runs import ASKED, model, of, run, verdict
from harness.rendered import plain
from leadsman.cli.output import to_data
from leadsman.cli.view.explained import explain, render_explained


def test_a_suite_says_what_it_takes_and_how_often_it_errs() -> None:
    found = explain("support", "support-qa", ASKED, None, 500)

    accuracy, no_worse, _ = found.criteria
    assert (accuracy.passes_from, accuracy.fails_from, accuracy.least_samples) == (0.878, 0.822, 19)
    wrongly, rightly = accuracy.chances
    assert wrongly.truth == 0.85
    assert 0.03 < wrongly.passed <= 0.05
    assert rightly.passed > 0.999
    assert no_worse.least_samples == 321
    text = "\n".join(plain(render_explained(found)))
    assert "with 500 samples passes at 0.878 or better, fails at 0.822 or worse" in text
    assert "asks  acc: no worse than the serving revision by more than 0.03, proven at 0.95" in text


def test_samples_are_the_suite_s_where_nobody_says_otherwise_and_of_a_slice_the_slice_s() -> None:
    sliced = {**AT_LEAST, "name": "each", "slices": {"by": "language", "minSamples": 60}}

    found = explain("support", "qa", suite(AT_LEAST, sliced, minSamples=100), None, None)

    assert [one.samples for one in found.criteria] == [100, 60]
    assert found.criteria[1].asks.endswith("in each language")


def test_a_run_says_why_and_what_to_do_next() -> None:
    found = explain("support", "support-qa", ASKED, model(run(**verdict(of(435)))), None)

    accuracy, no_worse, jailbreak = found.criteria
    assert accuracy.verdict == "Inconclusive"
    assert accuracy.next == "evaluate 392 more samples, 892 in all: at these rates they would prove it"
    assert accuracy.samples_at_value == 892
    assert no_worse.next == "mend the revision and apply another: more samples would say the same"
    assert jailbreak.next is None
    assert found.next == "see what stands below each criterion that is not met"


def test_a_suite_that_is_another_one_by_now_explains_nothing_and_the_verdicts_stay() -> None:
    found = explain("support", "support-qa", None, model(run(**verdict(of(435)))), None)

    text = "\n".join(plain(render_explained(found)))

    assert "the suite is gone or was edited since" in text
    assert "evaluate 392 more samples" in text
    assert "takes" not in text
    assert to_data(found)["criteria"][0]["verdict"] == "Inconclusive"


def test_a_limit_that_says_nothing_is_named_as_such() -> None:
    found = explain("support", "qa", suite({**AT_LEAST, "min": "90"}, AT_MOST), None, 100)

    text = "\n".join(plain(render_explained(found)))

    assert "nothing is enough: the limit 90 is met by every Fraction or by none" in text
    assert "with 100 samples nothing passes" in text


def test_a_unit_without_bounds_says_that_nothing_can_be_said() -> None:
    seconds = {**AT_MOST, "metric": "latency", "unit": "Seconds", "max": "2"}

    text = "\n".join(plain(render_explained(explain("support", "qa", suite(seconds), None, 100))))

    assert "how much values vary decides, and 300 samples are the least" in text
