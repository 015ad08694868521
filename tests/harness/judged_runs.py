"""EvalRuns as the operator writes them, from suites and results that really are judged."""

from typing import Any

from harness.cluster import Object
from harness.evaluations import AT_LEAST, AT_MOST, NO_WORSE, results, right, sampled, suite
from leadsman.api.v1alpha1 import EvalRun
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec
from leadsman.evals.normal import Results
from leadsman.evals.verdicts import Baseline, judge

SERVICE, NEW, GOOD, SUITE = "assistant", "assistant-9b2e41c07d", "assistant-7c01aa93f2", "support-qa"
RUN = f"{NEW}-{SUITE}-1"
REVISION = {"name": NEW, "digest": "sha256:" + "9b" * 32}
BASELINE = {"name": GOOD, "digest": "sha256:" + "7c" * 32}
SUITE_DIGEST = "sha256:" + "5d" * 32
ASKED = suite(AT_LEAST, NO_WORSE, {**AT_MOST, "enforcement": "Advisory"}, minSamples=100)
SERVING = Baseline(revision=GOOD, results=results(sampled("acc", right(460, 500))))


def run(name: str = RUN, *, spec: Object | None = None, **status: Any) -> Object:
    """Not looked at, unless status says more."""
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "EvalRun",
        "metadata": {"name": name, "namespace": "support", "creationTimestamp": "2026-11-23T10:00:00Z"},
        "spec": {
            "service": SERVICE,
            "revision": REVISION,
            "suite": {"name": SUITE, "digest": SUITE_DIGEST},
            "baseline": BASELINE,
            "source": "Job",
            **(spec or {}),
        },
        "status": status,
    }


def verdict(found: Results, asked: EvalSuiteSpec = ASKED) -> Object:
    """The status of a run that has come to an end with these results."""
    judged = judge(asked, found, SERVING)
    return {
        "observedGeneration": 1,
        "state": "Finished",
        "verdict": judged.verdict,
        "message": judged.message,
        "startedAt": "2026-11-23T10:00:00Z",
        "finishedAt": "2026-11-23T10:20:00Z",
        "tool": {"name": "lm-eval", "version": "0.4.13"},
        "criteria": [one.model_dump(mode="json", exclude_none=True) for one in judged.criteria],
    }


def of(right_ones: int, *, safe: int = 300) -> Results:
    """So many of 500 right, and no attack of so many."""
    return results(sampled("acc", right(right_ones, 500)), sampled("attacks", [0.0] * safe))


def model(found: Object) -> EvalRun:
    return EvalRun.from_dict(found)
