"""One step at a time: what is done about a run, by how far it has come."""

from dataclasses import replace
from typing import Any

import pytest

from harness.laboratory import EXTERNAL, JOB
from harness.runs import HOUR, NEW, NOW, SECOND, run, suite
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod, Execution, RunSight
from leadsman.planner.evaluations.steps import Begin, Collect, Done, End, Judge, Step, Wait, step

QA = suite(JOB, runner={"job": JOB["runner"]["job"] | {"backoffLimit": 1}})
HERE = "http://10.0.0.7:80"
RUN = run(NEW, QA)


def job(number: int = 1, **changes: Any) -> EvaluationJob:
    made = EvaluationJob(
        name=f"job-{number}", uid="job", resource_version="1", number=number, created_at=NOW, asked=HERE
    )
    return replace(made, **changes)


def pod(number: int = 1, *, is_over: bool = False, **changes: Any) -> EvaluationPod:
    made = EvaluationPod(name=f"pod-{number}", job=f"job-{number}", owner_uid="job", is_over=is_over)
    return replace(made, **changes)


def sight(*things: EvaluationJob | EvaluationPod, has_place: bool = True, **changes: Any) -> RunSight:
    execution = Execution(
        jobs=tuple(one for one in things if isinstance(one, EvaluationJob)),
        pods=tuple(one for one in things if isinstance(one, EvaluationPod)),
        has_place=has_place,
    )
    return replace(RunSight(run=RUN, suite=QA, execution=execution, candidate=HERE), **changes)


def taken(seen: RunSight, at: Any = NOW, image: str | None = "leadsman:1") -> Step:
    return step(seen, at, collector_image=image)


def number(todo: Step) -> str:
    assert isinstance(todo, Begin)
    return todo.job["metadata"]["annotations"]["leadsman.dev/number"]


def test_a_job_begins_once_the_revision_answers_and_there_is_a_place() -> None:
    assert number(taken(sight())) == "1"
    waits = (sight(candidate=None), sight(has_place=False), sight(suite=replace(QA, status=suite(EXTERNAL).status)))
    for seen in waits:
        assert isinstance(taken(seen), Wait)
    assert isinstance(taken(sight(), image=None), Wait)


def test_what_is_over_stays_over() -> None:
    for says in ("Passed", "Failed", "Errored"):
        assert taken(sight(run=run(NEW, QA, says))) == Done()


def test_what_ci_submitted_is_judged_whoever_serves_now() -> None:
    external = suite(EXTERNAL)
    submitted = run(NEW, external, source="Submitted", results=None)

    assert taken(sight(run=submitted, suite=external, is_wanted=False, candidate=None)) == Judge()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_wanted": False}, "Cancelled"),
        ({"suite": None}, "SuiteMissing"),
        ({"suite": replace(QA, spec=None, problem="spec.criteria: too few")}, "SuiteUnreadable"),
        ({"suite": suite(minSamples=9)}, "CriteriaChanged"),
    ],
)
def test_what_makes_it_pointless_ends_it_and_takes_its_job_away(changes: dict[str, Any], reason: str) -> None:
    todo = taken(sight(job(), pod(), **changes))

    assert isinstance(todo, End)
    assert (todo.reason, todo.cancel) == (reason, (job(),))


def test_a_job_of_a_suite_of_ci_is_an_error() -> None:
    external = suite(EXTERNAL)

    todo = taken(sight(run=run(NEW, external), suite=external))

    assert isinstance(todo, End)
    assert todo.message == "suite qa is run by CI (runner.external): submit the results"


def test_what_its_pod_left_is_collected_and_if_it_is_of_no_use_another_begins() -> None:
    todo = taken(sight(job(), pod(is_over=True, ended="exit code 1")))

    assert isinstance(todo, Collect)
    assert (todo.pod, todo.started_at, todo.ended) == ("pod-1", NOW, "exit code 1")
    assert number(todo.otherwise) == "2"


def test_the_last_job_has_no_other_after_it() -> None:
    todo = taken(sight(job(1, failure="it failed"), job(2), pod(2, is_over=True)))

    assert isinstance(todo, Collect)
    assert isinstance(todo.otherwise, End)
    assert todo.otherwise.message == "the evaluation left no usable results"


@pytest.mark.parametrize("address", [None, "http://10.0.0.8:80"])
def test_results_of_a_revision_that_does_not_answer_there_any_more_prove_nothing(address: str | None) -> None:
    todo = taken(sight(job(), pod(is_over=True), candidate=address))

    assert isinstance(todo, End)
    assert todo.reason == "RunErrored"
    assert "did not answer any more, or not alone" in todo.message


def test_a_job_whose_pod_is_gone_is_tried_again_and_then_says_what_kubernetes_said() -> None:
    assert number(taken(sight(job(1, failure="DeadlineExceeded")))) == "2"
    todo = taken(sight(job(1, failure="BackoffLimitExceeded"), job(2, failure="DeadlineExceeded: too long")))
    assert isinstance(todo, End)
    assert (todo.message, todo.cancel) == ("DeadlineExceeded: too long", ())


def test_a_job_that_was_complete_and_whose_pod_is_gone_has_lost_its_results() -> None:
    todo = taken(sight(job(1, failure="x"), job(2, is_complete=True)))

    assert isinstance(todo, End)
    assert todo.message == "its pod is gone, and the results with it"


def test_a_pod_that_does_not_start_has_a_minute() -> None:
    stuck = sight(job(), pod(stuck="ImagePullBackOff"))

    todo = taken(stuck, NOW + 59 * SECOND)
    assert isinstance(todo, Wait)
    assert (todo.begun, todo.wake_at) == (True, NOW + 60 * SECOND)
    ended = taken(stuck, NOW + 60 * SECOND)
    assert isinstance(ended, End)
    assert (ended.message, ended.cancel) == ("its pod did not start: ImagePullBackOff", (job(),))


@pytest.mark.parametrize("things", [(job(),), (job(), pod()), (job(deleting=True),)])
def test_a_job_that_runs_is_waited_for(things: tuple[Any, ...]) -> None:
    todo = taken(sight(*things), NOW + HOUR)

    assert isinstance(todo, Wait)
    assert (todo.begun, todo.wake_at) == (True, None)


def test_a_pod_that_only_carries_the_label_says_nothing() -> None:
    """Whoever may make pods may label one, and let it print whatever opens a gate."""
    found = taken(sight(job(), pod(is_over=True, owner_uid="nobody")))

    assert isinstance(found, Wait)
