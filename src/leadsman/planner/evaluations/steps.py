"""What is to be done about an EvalRun? One step at a time; whatever ends it, ends it with a reason.

Submitted                         judge what was submitted
Job    no Job yet                 begin one, once there is a place and the revision answers
       its pod has ended          collect what it left, and judge that
       nothing usable was left    begin another, as often as the suite's backoffLimit says; then errored
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec
from leadsman.planner.evaluations.jobs import looks_at, render_job
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod, RunSight
from leadsman.planner.plan import Object

STUCK_FOR: Final = timedelta(seconds=60)
"""So long a pod may fail to start before its evaluation has failed: images are pulled again, ConfigMaps come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing can be done now."""

    message: str
    begun: bool = False
    """Does it run already?"""
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Make this Job."""

    job: Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Read what the collector printed, and judge it. Where it is of no use: `otherwise`."""

    pod: str
    started_at: datetime
    ended: str
    """How the evaluation ended, where it did not end well."""
    otherwise: "Begin | End"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What was submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """It yielded nothing to judge."""

    reason: Reason
    message: str
    cancel: tuple[EvaluationJob, ...] = ()
    """Jobs to take away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It is over, and nothing is to be done."""


Step = Wait | Begin | Collect | Judge | End | Done


def step(sight: RunSight, now: datetime, *, collector_image: str | None) -> Step:
    """What comes next.

    Args:
        sight: of the run.
        now: the time.
        collector_image: Leadsman's own image. None: the operator's configuration names none.
    """
    run = sight.run
    if run.is_over:
        return Done()
    if run.spec.source == "Job" and not sight.is_wanted:
        message = f"{run.spec.revision.name} is neither candidate nor serving any more"
        return End(reason=Reason.CANCELLED, message=message, cancel=sight.execution.jobs)
    if refusal := _unbound(sight):
        return refusal
    return Judge() if run.spec.source == "Submitted" else _of_job(sight, now, collector_image)


def _unbound(sight: RunSight) -> Step | None:
    """Is the suite the one that the run is bound to? A run never finds another verdict by an edit of its suite."""
    run, suite, jobs = sight.run, sight.suite, sight.execution.jobs
    if suite is None:
        message = f"EvalSuite {run.spec.suite.name} does not exist"
        return End(reason=Reason.SUITE_MISSING, message=message, cancel=jobs)
    if suite.spec is None:
        return End(reason=Reason.SUITE_UNREADABLE, message=f"EvalSuite {suite.name}: {suite.problem}", cancel=jobs)
    if suite.digest != run.spec.suite.digest:
        message = f"suite {suite.name} is another one by now: {suite.digest} instead of {run.spec.suite.digest}"
        return End(reason=Reason.CRITERIA_CHANGED, message=message, cancel=jobs)
    if suite.status.criteria_since is None or suite.status.digest != suite.digest:
        return Wait(message=f"suite {suite.name} has not been looked at yet")
    return None


def _runnable(sight: RunSight) -> EvalSuiteSpec | None:
    spec = sight.suite.spec if sight.suite is not None else None
    return spec if spec is not None and spec.runner.job is not None else None


def _of_job(sight: RunSight, now: datetime, image: str | None) -> Step:
    suite = _runnable(sight)
    if suite is None:
        message = f"suite {sight.run.spec.suite.name} is run by CI (runner.external): submit the results"
        return End(reason=Reason.RUN_ERRORED, message=message)
    if image is None:
        return Wait(message="the operator's configuration names no evaluations.collectorImage, to hand on results with")
    return _of_jobs(sight, suite, now, image)


def _of_jobs(sight: RunSight, suite: EvalSuiteSpec, now: datetime, image: str) -> Step:
    if not sight.execution.jobs:
        return _begin(sight, suite, 1, image)
    job = sight.execution.jobs[-1]
    pod = next((one for one in sight.execution.pods if one.job == job.name and one.owner_uid == job.uid), None)
    if pod is not None and pod.is_over:
        return _ended(sight, suite, job, pod, image)
    if job.is_over:  # and its pod is gone, or was never there
        return _another(sight, suite, job, image, job.failure or "its pod is gone, and the results with it")
    if pod is not None and pod.stuck:
        return _stuck(job, pod, now)
    if job.deleting:
        return Wait(message=f"Job {job.name} is on its way out", begun=True)
    what = f"waits for a node: {pod.unplaced}" if pod is not None and pod.unplaced else "runs"
    return Wait(message=f"Job {job.name} {what}", begun=True)


def _ended(sight: RunSight, suite: EvalSuiteSpec, job: EvaluationJob, pod: EvaluationPod, image: str) -> Collect | End:
    """What was asked has to answer still: whatever had come between would be taken for answers of the model."""
    if sight.candidate is None or sight.candidate != job.asked:
        why = f"{sight.run.spec.revision.name} did not answer any more, or not alone, when the evaluation ended"
        return End(reason=Reason.RUN_ERRORED, message=why)
    otherwise = _another(sight, suite, job, image, pod.ended or "the evaluation left no usable results")
    return Collect(pod=pod.name, started_at=job.created_at, ended=pod.ended, otherwise=otherwise)


def _stuck(job: EvaluationJob, pod: EvaluationPod, now: datetime) -> Wait | End:
    """Another pod would be stuck as well: the run ends, and the next one comes later."""
    until = job.created_at + STUCK_FOR
    if now < until:
        return Wait(message=f"Job {job.name} does not start: {pod.stuck}", begun=True, wake_at=until)
    return End(reason=Reason.RUN_ERRORED, message=f"its pod did not start: {pod.stuck}", cancel=(job,))


def _another(sight: RunSight, suite: EvalSuiteSpec, job: EvaluationJob, image: str, why: str) -> Begin | End:
    limit = suite.runner.job.backoff_limit if suite.runner.job is not None else 0
    if job.number <= limit:
        begun = _begin(sight, suite, job.number + 1, image)
        if isinstance(begun, Begin):
            return begun
    return End(reason=Reason.RUN_ERRORED, message=why, cancel=() if job.is_over else (job,))


def _begin(sight: RunSight, suite: EvalSuiteSpec, number: int, image: str) -> Begin | Wait:
    addresses = looks_at(sight)
    if addresses is None:
        return Wait(message=f"waits until {sight.run.spec.revision.name} answers, and no other at its address")
    if not sight.execution.has_place:
        return Wait(message="waits for a place: as many evaluations run as may run at once")
    return Begin(job=render_job(sight.run, suite, number, addresses, image))
