"""All that a decision about one EvalRun may depend on."""

from dataclasses import dataclass
from datetime import datetime

from leadsman.planner.governance import Run, Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPod:
    """The pod of an evaluation's Job."""

    name: str
    job: str
    owner_uid: str | None
    """Of its controller. Labels may be put onto any pod: only the Job's own counts."""
    is_over: bool
    """Have all its containers ended, the collector included?"""
    ended: str = ""
    """How the evaluation ended, in words, where it did not end well: out of memory, exit code, eviction."""
    stuck: str = ""
    """Why it does not start: an image that cannot be pulled, a ConfigMap that is missing."""
    unplaced: str = ""
    """Why no node takes it. There may be one soon: it has the suite's whole time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationJob:
    name: str
    uid: str
    resource_version: str
    number: int
    """Of the Jobs of its run, from 1."""
    created_at: datetime
    failure: str = ""
    """Why Kubernetes gave it up: its deadline, its pod. Empty: it has not."""
    is_complete: bool = False
    deleting: bool = False
    asked: str = ""
    """The address of its revision when it began."""

    @property
    def is_over(self) -> bool:
        return self.is_complete or bool(self.failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How far a run has been carried out."""

    jobs: tuple[EvaluationJob, ...] = ()
    """Of this run, in the order of their numbers."""
    pods: tuple[EvaluationPod, ...] = ()
    """Of these Jobs."""
    has_place: bool = True
    """May one more evaluation begin?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSight:
    run: Run
    suite: Suite | None
    execution: Execution = Execution()
    is_wanted: bool = True
    """Is its revision the candidate, or does it serve?"""
    candidate: str | None = None
    """`http://host:port` where its revision alone answers."""
    baseline_address: str | None = None
    """The same of the revision it is compared with."""
    baseline_run: Run | None = None
    """The last finished run of the revision it is compared with, by the same suite."""
