"""The evaluation controller of a simulated cluster: suites are looked at, runs get Jobs, Jobs end as they are told.

What is decided about a run is decided by the real `step`; only Jobs, and what their pods print, are made up.
"""

import copy
import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from pydantic import ValidationError

from leadsman.api.v1alpha1.evalrun import EvalRunSpec, EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, EvalSuiteStatus
from leadsman.evals.normal import Results
from leadsman.evals.verdicts import Judgement
from leadsman.planner.evaluations.judged import Proven, errored, finished, under_way
from leadsman.planner.evaluations.sight import EvaluationJob, EvaluationPod, Execution
from leadsman.planner.evaluations.steps import Begin, Collect, Done, End, Judge, Wait, step
from leadsman.planner.evaluations.suites import criteria_digest, suite_digest, suite_status
from leadsman.planner.governance import Run, Suite
from leadsman.planner.labels import ASKED
from leadsman.planner.rollout.evaluating import run_sight
from leadsman.planner.world import World

Outcome = Literal["Passed", "Failed", "Inconclusive", "Errored"]
ACCURACY: Final[dict[str, Any]] = {
    "name": "accuracy", "metric": "acc", "direction": "HigherIsBetter", "min": "0.85",
}  # fmt: skip
NO_WORSE: Final[dict[str, Any]] = {
    "name": "no-worse", "metric": "acc", "direction": "HigherIsBetter", "nonInferior": {"margin": "0.03"},
}  # fmt: skip
JOB: Final[dict[str, Any]] = {
    "runner": {"job": {"template": {"spec": {"containers": [{"name": "qa", "image": "qa:1"}]}}, "backoffLimit": 0}},
    "results": {"format": "LMEval", "path": "/results"},
    "criteria": [ACCURACY],
}
COMPARES: Final = JOB | {"criteria": [NO_WORSE]}
EXTERNAL: Final[dict[str, Any]] = {"runner": {"external": {}}, "criteria": [ACCURACY]}


@dataclass(slots=True)
class Laboratory:
    suites: dict[str, Suite] = field(default_factory=dict[str, Suite])
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    jobs: dict[str, tuple[EvaluationJob, ...]] = field(default_factory=dict[str, tuple[EvaluationJob, ...]])
    """By run."""
    says: Callable[[Run], Outcome | None] = lambda _: "Passed"
    """How an evaluation ends. None: it still runs."""
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Revision and address of each Job."""
    _versions: Iterator[int] = field(default_factory=itertools.count)

    # What users and the planner do.

    def write_suite(self, name: str, spec: Mapping[str, Any], now: dt.datetime, **labels: str) -> None:
        """Created, or edited."""
        raw = copy.deepcopy(dict(spec))
        try:
            read, problem = EvalSuiteSpec.from_dict(raw), ""
        except ValidationError as error:
            read, problem = None, str(error)
        old = self.suites.get(name)
        self.suites[name] = Suite(
            namespace="shop",
            name=name,
            resource_version=str(next(self._versions)),
            generation=old.generation + 1 if old else 1,
            created_at=old.created_at if old else now,
            digest=suite_digest(raw),
            criteria_digest=criteria_digest(raw),
            spec=read,
            problem=problem,
            status=old.status if old else EvalSuiteStatus(),
            labels=labels,
        )

    def create(self, raw: Mapping[str, Any], now: dt.datetime) -> None:
        name = raw["metadata"]["name"]
        assert name not in self.runs, f"EvalRun {name} exists"
        number = next(self._versions)
        self.runs[name] = Run(
            namespace="shop",
            name=name,
            uid=f"run-{number}",
            resource_version=str(number),
            generation=1,
            created_at=now,
            spec=EvalRunSpec.from_dict(raw["spec"]),
            status=EvalRunStatus(),
        )

    def submit(self, service: str, revision: Mapping[str, str], suite: str, now: dt.datetime, **spec: Any) -> str:
        """By CI."""
        name = f"ci-{next(self._versions)}"
        moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        metric = {"metric": "acc", "value": "0.9", "unit": "Fraction", "samples": {"planned": 9, "effective": 9}}
        results = {"tool": {"name": "lm-eval"}, "startedAt": moment, "finishedAt": moment, "metrics": [metric]}
        made = {
            "service": service,
            "revision": dict(revision),
            "suite": {"name": suite, "digest": self.suites[suite].digest},
            "source": "Submitted",
            "results": results,
            **spec,
        }
        self.create({"metadata": {"name": name}, "spec": made}, now)
        return name

    def delete(self, name: str) -> None:
        """Its Jobs go with it."""
        del self.runs[name]
        self.jobs.pop(name, None)

    # What is seen.

    def told(self) -> tuple[Run, ...]:
        return tuple(sorted(self.runs.values(), key=lambda run: (run.created_at, int(run.resource_version))))

    def under_way(self) -> dict[str, str]:
        """Addresses that are asked now, by run."""
        return {name: jobs[-1].asked for name, jobs in self.jobs.items() if jobs and not self.runs[name].is_over}

    # What the evaluation controller does.

    def work(self, look: Callable[[], World], now: dt.datetime) -> bool:
        """One step of each. Did anything change?"""
        changed = self._look_at_suites(now)
        if not all(run.is_over for run in self.runs.values()):
            world = look()
            changed += [self._carry_on(run, world, now) for run in self.told()]
        return any(changed)

    def _look_at_suites(self, now: dt.datetime) -> list[bool]:
        changed: list[bool] = []
        for name, suite in self.suites.items():
            status = EvalSuiteStatus.from_dict(suite_status(suite, now).to_dict())
            changed.append(status != suite.status)
            self.suites[name] = replace(suite, status=status)
        return changed

    def _carry_on(self, run: Run, world: World, now: dt.datetime) -> bool:
        if run.is_over:
            return False
        suite, execution = self.suites.get(run.spec.suite.name), self._execution(run)
        todo = step(run_sight(world, run, suite, execution, now), now, collector_image="leadsman:1")
        if isinstance(todo, Collect):
            said = self.says(run)
            if said is not None and said != "Errored":
                return self._judge(run, said, todo.started_at, now)
            todo = todo.otherwise
        if isinstance(todo, Begin):
            return self._begin(run, todo, now)
        if isinstance(todo, Judge):
            said = self.says(run)
            return self._judge(run, "Inconclusive" if said in {None, "Errored"} else said, now, now)
        return self._write(run, self._told(run, todo, now))

    def _told(self, run: Run, todo: Wait | End | Done, now: dt.datetime) -> EvalRunStatus:
        match todo:
            case Wait(message=message, begun=begun):
                return under_way(run, message, now, job=None, begun=begun)
            case End(reason=reason, message=message):
                return errored(run, reason, message, now)
            case Done():
                return run.status

    def _execution(self, run: Run) -> Execution:
        jobs = self.jobs.get(run.name, ())
        is_over = bool(jobs) and self.says(run) is not None
        pods = (EvaluationPod(name="pod", job=jobs[-1].name, owner_uid="job", is_over=is_over),) if jobs else ()
        return Execution(jobs=jobs, pods=pods)

    def _begin(self, run: Run, todo: Begin, now: dt.datetime) -> bool:
        metadata = todo.job["metadata"]
        number = len(self.jobs.get(run.name, ())) + 1
        asked = metadata["annotations"][ASKED]
        job = EvaluationJob(
            name=metadata["name"], uid="job", resource_version="1", number=number, created_at=now, asked=asked
        )
        self.jobs[run.name] = (*self.jobs.get(run.name, ()), job)
        self.asked.append((run.spec.revision.name, asked))
        return self._write(run, under_way(run, f"Job {job.name} runs", now, job=job.name, begun=True))

    def _judge(self, run: Run, verdict: Any, started_at: dt.datetime, now: dt.datetime) -> bool:
        proven = Proven(
            results=Results(tool="lm-eval", tool_version=None, metrics={}),
            judgement=Judgement(verdict=verdict, message=f"accuracy: {verdict}", criteria=()),
            outcomes=None,
            started_at=started_at,
        )
        return self._write(run, finished(run, proven, now))

    def _write(self, run: Run, status: EvalRunStatus) -> bool:
        stored = EvalRunStatus.from_dict(status.to_dict())
        self.runs[run.name] = replace(run, status=stored)
        return stored != run.status
