"""Suites, runs, Jobs and their pods, as an API server shows them."""

import copy
from typing import Any

import pytest

from harness.laboratory import JOB
from harness.manifests import EXAMPLES
from leadsman.controller.observe import evaluations
from leadsman.controller.observe.evaluations import UnreadableRun
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod
from leadsman.planner.governance import Run, Suite
from unit.controller.recordings import recorded, said_of

Object = dict[str, Any]
METADATA: Object = {
    "namespace": "shop", "name": "qa", "uid": "suite-1", "resourceVersion": "7", "generation": 3,
    "creationTimestamp": "2026-11-23T10:00:00Z",
}  # fmt: skip


def suite(spec: Object, kept: Suite | None = None, **status: Any) -> Suite:
    raw = {"metadata": METADATA, "spec": spec, "status": status}
    return evaluations.suite(said_of(raw), raw, kept)


def run(**changes: Any) -> tuple[str, Run | UnreadableRun]:
    raw: Object = copy.deepcopy(EXAMPLES["evalrun"])
    raw["metadata"] = METADATA | {"name": "run"}
    raw |= changes
    return evaluations.run(said_of(raw), raw)


def job(*, conditions: list[Object] | None = None, **metadata: Any) -> tuple[str, EvaluationJob] | None:
    owner = {"kind": "EvalRun", "name": "bot-qa-1", "uid": "run-1", "controller": True}
    annotations = {"leadsman.dev/number": "2", "leadsman.dev/asked": "http://10.0.0.7:80"}
    made: Object = METADATA | {
        "name": "job-2",
        "labels": {"leadsman.dev/run": "job-2"},
        "annotations": annotations,
        "ownerReferences": [owner],
        **metadata,
    }
    raw = {"metadata": made, "status": {"conditions": conditions or []}}
    return evaluations.job(said_of(raw), raw)


def pod(like: str, phase: str, *, of: str | None = "job-2") -> tuple[str, EvaluationPod] | None:
    raw = copy.deepcopy(recorded("pods")[like])
    raw["metadata"]["labels"] = {"leadsman.dev/run": of} if of else {}
    raw["status"]["phase"] = phase
    return evaluations.pod(said_of(raw), raw)


def test_a_suite_is_read_with_the_digests_of_what_was_written() -> None:
    seen = suite(JOB, criteriaSince="2026-11-23T10:00:00Z", observedGeneration=3)

    assert seen.spec is not None
    assert seen.problem == ""
    assert seen.digest.startswith("sha256:")
    assert seen.status.criteria_since is not None
    assert (seen.generation, seen.created_at.isoformat()) == (3, "2026-11-23T10:00:00+00:00")


def test_a_suite_that_cannot_be_read_says_where_and_has_digests_all_the_same() -> None:
    seen = suite(JOB | {"criteria": []})

    assert seen.spec is None
    assert "spec.criteria" in seen.problem
    assert seen.digest != suite(JOB).digest


def test_a_status_that_somebody_broke_is_made_anew() -> None:
    assert suite(JOB, criteriaSince="yesterday").status.criteria_since is None


def test_a_suite_of_the_same_spec_is_not_read_again() -> None:
    before = suite(JOB)

    assert suite(JOB, before, digest=before.digest).spec is before.spec


def test_a_run_belongs_to_the_service_that_it_names() -> None:
    service, seen = run()

    assert isinstance(seen, Run)
    assert service == seen.spec.service == EXAMPLES["evalrun"]["spec"]["service"]


@pytest.mark.parametrize("changes", [{"spec": {"service": "bot"}}, {"status": {"state": "Fine"}}])
def test_a_run_that_cannot_be_read_counts_for_nothing(changes: Object) -> None:
    _, seen = run(**changes)

    assert isinstance(seen, UnreadableRun)
    assert "EvalRun" in seen.problem


def test_a_job_of_a_run_says_how_far_it_is() -> None:
    assert job() == (
        "bot-qa-1",
        EvaluationJob(
            name="job-2",
            uid="suite-1",
            resource_version="7",
            number=2,
            created_at=said_of({"metadata": METADATA}).created_at,
            asked="http://10.0.0.7:80",
        ),
    )
    complete = job(conditions=[{"type": "Complete", "status": "True"}])
    assert complete is not None
    assert (complete[1].is_complete, complete[1].is_over, complete[1].failure) == (True, True, "")


def test_a_job_that_kubernetes_gave_up_says_why() -> None:
    failed = {"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "was active too long"}

    seen = job(conditions=[failed])
    assert seen is not None
    assert (seen[1].failure, seen[1].is_over) == ("DeadlineExceeded: was active too long", True)
    silent = job(conditions=[{"type": "Failed", "status": "True"}])
    assert silent is not None
    assert silent[1].failure == "it failed"


@pytest.mark.parametrize("metadata", [{"ownerReferences": []}, {"labels": {}}])
def test_a_job_of_somebody_else_is_none_of_ours(metadata: Object) -> None:
    assert job(**metadata) is None


def test_a_job_whose_number_was_altered_counts_as_the_first() -> None:
    seen = job(annotations={"leadsman.dev/number": "-1"})

    assert seen is not None
    assert (seen[1].number, seen[1].asked) == (1, "")


def test_a_pod_is_over_when_all_of_it_has_ended() -> None:
    ended = pod("out-of-memory", "Failed")
    assert ended is not None
    assert (ended[0], ended[1].is_over) == ("job-2", True)
    assert ended[1].ended.startswith("out of memory: container main")

    well = pod("ready", "Succeeded")
    assert well is not None
    assert (well[1].is_over, well[1].ended) == (True, "")
    runs = pod("ready", "Running")
    assert runs is not None
    assert (runs[1].is_over, runs[1].stuck) == (False, "")


def named_like(word: str) -> str:
    """A pod that was recorded with this trouble."""
    return next(name for name in recorded("pods") if word in name)


def test_a_pod_that_does_not_start_says_why() -> None:
    seen = pod(named_like("image"), "Pending")

    assert seen is not None
    assert "ImagePull" in seen[1].stuck


def test_a_pod_that_no_node_takes_is_not_stuck_since_a_node_may_come() -> None:
    seen = pod(named_like("unschedulable"), "Pending")

    assert seen is not None
    assert "nodes" in seen[1].unplaced
    assert seen[1].stuck == ""


def test_a_pod_of_a_service_is_no_evaluations() -> None:
    assert pod("ready", "Running", of=None) is None
