"""Evaluations, carried out: Jobs are begun and cancelled, what they leave is read and judged, suites are looked at."""

import asyncio
import logging
from collections import Counter
from datetime import datetime

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.evalrun import Outcomes
from leadsman.clients.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from leadsman.clients.kinds import CONFIG_MAP, JOB
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller import clock, logs
from leadsman.controller.apply.records import Records
from leadsman.controller.engine.engine import Rest
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.settings import Evaluations
from leadsman.controller.store import Key, RunKey, Store, SuiteKey, concerned
from leadsman.evals.kept import Kept, held_digest, keep, recall_config_map, to_config_map
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.submitted import from_api
from leadsman.evals.transcript import LOG_BYTES, decode
from leadsman.evals.verdicts import Baseline
from leadsman.planner.evaluations.jobs import COLLECTOR
from leadsman.planner.evaluations.judged import Proven, errored, finished, under_way, verdict
from leadsman.planner.evaluations.sight import EvaluationJob, Execution, RunSight
from leadsman.planner.evaluations.steps import Begin, Collect, Done, End, Judge, Step, Wait, step
from leadsman.planner.evaluations.suites import suite_status
from leadsman.planner.governance import Run
from leadsman.planner.rollout.evaluating import run_sight

log = logging.getLogger(__name__)


class Evaluator:
    def __init__(self, api: Kubernetes, store: Store, records: Records, settings: Evaluations) -> None:
        self._api = api
        self._store = store
        self._records = records
        self._settings = settings
        self._beginning = asyncio.Lock()

    async def of_suite(self, key: SuiteKey) -> Rest:
        suite = self._store.evaluations.suite((key.namespace, key.name))
        if suite is not None:
            await self._records.write_evaluation(suite, suite_status(suite, clock.now()))
        return Rest()

    async def of_run(self, key: RunKey) -> Rest:
        """One step, or what there is to wait for."""
        run = self._store.evaluations.run((key.namespace, key.name))
        if run is None or run.is_over:
            return Rest()
        with logs.concerning(**concerned(key), service=run.spec.service, revision=run.spec.revision.name):
            async with self._beginning:  # the places that are left are counted and taken in one go
                now = clock.now()
                sight = self._sight(run, now)
                if sight is None:
                    return Rest()
                todo = step(sight, now, collector_image=self._settings.collector_image)
                if isinstance(todo, Begin):
                    return await self._begin(run, todo, now)
            return await self._take(sight, todo, now)

    async def _take(self, sight: RunSight, todo: Step, now: datetime) -> Rest:
        run = sight.run
        match todo:
            case Wait(message=message, begun=begun, wake_at=wake_at):
                jobs = sight.execution.jobs
                status = under_way(run, message, now, job=jobs[-1].name if jobs else None, begun=begun)
                await self._records.write_evaluation(run, status)
                return Rest(after=(wake_at - now).total_seconds() if wake_at is not None else None)
            case Begin():
                return await self._begin(run, todo, now)
            case Collect():
                return await self._collect(sight, todo, now)
            case Judge():
                return await self._judge_submitted(sight, now)
            case End(reason=reason, message=message, cancel=cancel):
                await self._cancel(run.namespace, cancel)  # first: nobody looks again at a run that is over
                await self._end(run, reason, message, now)
                return Rest()
            case Done():
                return Rest()

    def _sight(self, run: Run, now: datetime) -> RunSight | None:
        """None: the service cannot be understood, so nothing is changed until it can."""
        evaluations = self._store.evaluations
        world = self._store.world(Key(run.namespace, run.spec.service), signals={}, template=None, now=now)
        if isinstance(world, Unreadable):
            return None
        jobs = evaluations.jobs((run.namespace, run.name))
        pods = tuple(pod for job in jobs for pod in evaluations.pods(run.namespace, job.name))
        execution = Execution(jobs=jobs, pods=pods, has_place=self._has_place(run.namespace))
        suite = evaluations.suite((run.namespace, run.spec.suite.name))
        return run_sight(world, run, suite, execution, now)

    def _has_place(self, namespace: str) -> bool:
        active = Counter(self._store.evaluations.active())
        limits = self._settings
        return active.total() < limits.at_once and active[namespace] < limits.at_once_per_namespace

    async def _begin(self, run: Run, todo: Begin, now: datetime) -> Rest:
        name = str(todo.job["metadata"]["name"])
        try:
            self._store.wrote(JOB, (await self._api.create(JOB, todo.job)).object)
        except AlreadyExists:
            pass  # made just before a crash, or not seen yet
        except (Invalid, Forbidden) as error:
            await self._end(run, Reason.RUN_ERRORED, f"the API server refuses the Job: {error.message}", now)
            return Rest()
        log.info("evaluation begun", extra={"job": name, "suite": run.spec.suite.name})
        await self._records.write_evaluation(run, under_way(run, f"Job {name} runs", now, job=name, begun=True))
        return Rest()

    async def _collect(self, sight: RunSight, todo: Collect, now: datetime) -> Rest:
        run = sight.run
        try:
            printed = await self._api.log(run.namespace, todo.pod, COLLECTOR, limit_bytes=2 * LOG_BYTES)
            results = await asyncio.to_thread(decode, printed.splitlines())
        except (UnreadableResults, NotFound, Invalid) as error:
            why = f"{todo.ended}; {error}" if todo.ended else str(error)
            if isinstance(todo.otherwise, End):
                await self._end(run, todo.otherwise.reason, why, now)
                return Rest()
            log.info("evaluation is tried again", extra={"suite": run.spec.suite.name, "detail": why[:512]})
            return await self._begin(run, todo.otherwise, now)
        await self._judge(sight, results, started_at=todo.started_at, now=now)
        return Rest()

    async def _judge_submitted(self, sight: RunSight, now: datetime) -> Rest:
        submitted = sight.run.spec.results
        if submitted is None:
            await self._end(sight.run, Reason.RUN_ERRORED, "no results were submitted", now)
            return Rest()
        baseline = sight.run.spec.baseline
        results = from_api(submitted, baseline.name if baseline is not None else None)
        await self._judge(sight, results, started_at=submitted.started_at, now=now)
        return Rest()

    async def _judge(self, sight: RunSight, results: Results, *, started_at: datetime, now: datetime) -> None:
        run = sight.run
        baseline = await self._baseline(sight)
        found = verdict(sight, results, baseline, started_at=started_at, now=now)
        outcomes = await self._keep(run, keep(results)) if run.spec.source == "Job" else None
        proven = Proven(results=results, judgement=found, outcomes=outcomes, started_at=started_at)
        await self._records.write_evaluation(run, finished(run, proven, now))
        pairs = {"suite": run.spec.suite.name, "verdict": found.verdict, "detail": found.message[:512]}
        log.info("evaluation judged", extra=pairs)

    async def _baseline(self, sight: RunSight) -> Baseline | None:
        """Results of the revision to compare with. What was kept and is gone or altered is no evidence."""
        reference, run = sight.run.spec.baseline, sight.baseline_run
        if reference is None:
            return None
        if run is None:
            return Baseline(revision=reference.name, results=None)
        if run.spec.results is not None:
            return Baseline(revision=reference.name, results=from_api(run.spec.results, None))
        if run.status.outcomes is None:
            return Baseline(revision=reference.name, results=None)
        try:
            kept = await self._api.get(CONFIG_MAP, run.namespace, run.status.outcomes.config_map)
            return Baseline(revision=reference.name, results=recall_config_map(kept, run.status.outcomes.digest))
        except (NotFound, UnreadableResults) as error:
            log.warning("what was kept of an evaluation is of no use", extra={"run": run.name, "error": str(error)})
            return Baseline(revision=reference.name, results=None)

    async def _keep(self, run: Run, kept: Kept) -> Outcomes:
        name = f"{run.name}-outcomes"
        made = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name,
                "namespace": run.namespace,
                "ownerReferences": [
                    {"apiVersion": "leadsman.dev/v1alpha1", "kind": "EvalRun", "name": run.name, "uid": run.uid}
                ],
            },
            "immutable": True,
            **to_config_map(kept),
        }
        try:
            await self._api.create(CONFIG_MAP, made)
        except AlreadyExists:
            there = await self._api.get(CONFIG_MAP, run.namespace, name)
            if held_digest(there) != held_digest(made):  # of a look that was cut short: its verdict was never written
                metadata = there["metadata"]
                await self._api.delete(
                    CONFIG_MAP, run.namespace, name, uid=metadata["uid"], resource_version=metadata["resourceVersion"]
                )
                raise Conflict(f"ConfigMap {name} holds something else", status=409) from None
        return Outcomes(config_map=name, digest=held_digest(made), metrics=kept.metrics[:128])

    async def _end(self, run: Run, reason: Reason, message: str, now: datetime) -> None:
        await self._records.write_evaluation(run, errored(run, reason, message, now))
        log.info("evaluation yielded nothing", extra={"suite": run.spec.suite.name, "detail": message[:512]})

    async def _cancel(self, namespace: str, jobs: tuple[EvaluationJob, ...]) -> None:
        for job in jobs:
            try:
                await self._api.delete(JOB, namespace, job.name, uid=job.uid, resource_version=job.resource_version)
            except NotFound:
                continue
