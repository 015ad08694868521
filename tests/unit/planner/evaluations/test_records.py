"""EvalRuns that Leadsman makes."""

from harness.children import service
from harness.runs import NEW, OLD, suite
from leadsman.api.v1alpha1.evalrun import EvalRunSpec
from leadsman.planner.evaluations.records import run_name, run_object

QA = suite()


def test_a_run_is_bound_to_revision_suite_and_baseline_by_digest() -> None:
    made = run_object(service(), QA, NEW, OLD, ())

    spec = EvalRunSpec.from_dict(made["spec"])
    assert (spec.service, spec.revision, spec.baseline, spec.source) == ("assistant", NEW, OLD, "Job")
    assert (spec.suite.name, spec.suite.digest) == ("qa", QA.digest)
    assert made["metadata"]["name"] == f"{NEW.name}-qa-1"
    assert made["metadata"]["namespace"] == "support"
    assert "baseline" not in run_object(service(), QA, NEW, None, ())["spec"]


def test_numbers_go_on_after_the_highest_whoever_made_it() -> None:
    names = [f"{NEW.name}-qa-{suffix}" for suffix in ("2", "11", "nightly")]

    assert run_name(NEW.name, "qa", names) == f"{NEW.name}-qa-12"
    assert run_name(NEW.name, "qa-2", names) == f"{NEW.name}-qa-2-1"


def test_a_long_name_is_cut_and_told_apart() -> None:
    one, other = (run_name("r" * 57, "s" * 240 + end, ()) for end in ("a", "b"))

    assert one != other
    assert max(len(one), len(other)) <= 253 - len("-outcomes")
