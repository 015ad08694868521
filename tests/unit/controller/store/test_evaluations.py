"""Who is woken by what of an evaluation: its run, its service, those that wait for its place, and nobody else."""

import copy
from typing import Any

from harness.laboratory import EXTERNAL, JOB
from leadsman.clients.kinds import AI_SERVICE, EVAL_RUN, EVAL_SUITE, POD  # fmt: skip
from leadsman.clients.kinds import JOB as JOBS
from leadsman.controller.store import Key, RunKey, Store, SuiteKey
from unit.controller.recordings import GOOD, NAMESPACE, SERVICE, recorded
from unit.controller.store.telling import KEY, Telling

Object = dict[str, Any]
DIGEST = "sha256:" + "2" * 64


class Lab:
    """A store that knows a recorded service, and what it is told of its evaluations."""

    def __init__(self) -> None:
        self.telling = Telling()
        self.store: Store = self.telling.store

    def suite(self, name: str = "qa", spec: Object = JOB, event: str = "MODIFIED") -> frozenset[Any]:
        generation = {"generation": 1 if spec is JOB else 2}
        raw = {"metadata": self.metadata(name) | generation, "spec": spec}
        return self.store.observe(EVAL_SUITE, event, raw)

    def run(self, name: str, suite: str = "qa", event: str = "MODIFIED", *, of: str = SERVICE, **status: Any) -> Any:
        spec = {
            "service": of,
            "revision": {"name": GOOD, "digest": DIGEST},
            "suite": {"name": suite, "digest": DIGEST},
            "source": "Job",
        }
        raw = {"metadata": self.metadata(name), "spec": spec, "status": status}
        return self.store.observe(EVAL_RUN, event, raw)

    def job(self, run: str, name: str = "job-1", event: str = "MODIFIED", **status: Any) -> frozenset[Any]:
        owner = {"kind": "EvalRun", "name": run, "uid": f"uid-of-{run}", "controller": True}
        metadata = self.metadata(name) | {"labels": {"leadsman.dev/run": name}, "ownerReferences": [owner]}
        return self.store.observe(JOBS, event, {"metadata": metadata, "status": status})

    def pod(self, job: str, phase: str) -> frozenset[Any]:
        raw = copy.deepcopy(recorded("pods")["ready"])
        raw["metadata"] |= self.metadata(f"{job}-pod") | {"labels": {"leadsman.dev/run": job}}
        raw["status"]["phase"] = phase
        return self.store.observe(POD, "MODIFIED", raw)

    def metadata(self, name: str) -> Object:
        version = str(next(self.telling.versions))
        made = "2026-11-23T20:00:00Z"
        known = {"namespace": NAMESPACE, "name": name, "uid": f"uid-of-{name}", "generation": 1}
        return known | {"resourceVersion": version, "creationTimestamp": made}

    def gate(self, suite: str = "qa") -> None:
        raw = self.telling.change(f"AIService/{SERVICE}", "spec", gates=[{"name": "quality", "suite": suite}])
        raw["metadata"]["generation"] += 1
        self.store.observe(AI_SERVICE, "MODIFIED", raw)


def a_run(name: str) -> RunKey:
    return RunKey(NAMESPACE, name)


QA = SuiteKey(NAMESPACE, "qa")


def test_a_suite_wakes_itself_services_with_a_gate_of_it_and_runs_that_are_not_over() -> None:
    lab = Lab()
    lab.run("open")
    lab.run("over", state="Finished", verdict="Passed")
    lab.run("other", "red")
    assert lab.suite() == {QA, a_run("open")}

    lab.gate()
    assert lab.suite(spec=EXTERNAL) == {QA, a_run("open"), KEY}
    assert lab.suite("red") == {SuiteKey(NAMESPACE, "red"), a_run("other")}
    assert lab.suite(event="DELETED") == {QA, a_run("open"), KEY}


def test_a_suite_that_is_told_of_again_wakes_nobody() -> None:
    lab = Lab()
    lab.gate()
    lab.suite()

    assert lab.suite() == frozenset()


def test_a_run_wakes_itself_and_its_service() -> None:
    lab = Lab()

    assert lab.run("one") == {a_run("one"), KEY}
    assert lab.run("one") == frozenset()
    assert lab.run("one", event="DELETED") == {a_run("one"), KEY}


def test_a_run_that_is_over_makes_room_for_those_that_wait_and_not_for_those_that_run() -> None:
    lab = Lab()
    lab.run("runs", state="Running")
    lab.run("waits", state="Pending")
    lab.run("one", state="Running")

    assert lab.run("one", state="Finished", verdict="Passed") == {a_run("one"), a_run("waits"), KEY}


def test_a_job_wakes_its_run_and_a_pod_the_run_of_its_job() -> None:
    lab = Lab()
    lab.run("one", state="Running")

    assert lab.job("one") == {a_run("one")}
    assert lab.pod("job-1", "Running") == {a_run("one")}
    assert lab.pod("job-1", "Running") == frozenset()
    assert lab.pod("job-1", "Succeeded") == {a_run("one")}
    assert lab.pod("job-of-somebody", "Running") == frozenset()


def test_a_service_wakes_its_runs_that_are_not_over() -> None:
    lab = Lab()
    lab.run("open")
    lab.run("over", state="Finished", verdict="Passed")
    lab.run("of-another", of="another")

    raw = lab.telling.change(f"AIService/{SERVICE}", "spec", replicas=7)
    raw["metadata"]["generation"] += 1

    assert lab.store.observe(AI_SERVICE, "MODIFIED", raw) == {KEY, a_run("open")}


def test_runs_of_a_service_come_oldest_first_and_those_that_cannot_be_read_not_at_all() -> None:
    lab = Lab()
    lab.run("b")
    lab.run("a")
    lab.run("broken", state="Fine")
    lab.run("of-another", of="another")

    assert [run.name for run in lab.store.evaluations.runs(KEY)] == ["a", "b"]
    assert [run.name for run in lab.telling.world().runs] == ["a", "b"]
    assert lab.store.evaluations.run((NAMESPACE, "broken")) is None
    assert [run.name for run in lab.store.evaluations.runs(Key(NAMESPACE, "another"))] == ["of-another"]


def test_the_world_of_a_service_has_the_suites_of_its_gates_and_no_others() -> None:
    lab = Lab()
    lab.suite()
    lab.suite("red")
    assert lab.telling.world().suites == {}

    lab.gate()
    assert list(lab.telling.world().suites) == ["qa"]


def test_jobs_that_are_not_over_take_a_place_each_in_their_namespace() -> None:
    lab = Lab()
    lab.run("one", state="Running")
    lab.job("one", "job-2")
    lab.job("one", "job-1", conditions=[{"type": "Failed", "status": "True"}])

    assert list(lab.store.evaluations.active()) == [NAMESPACE]
    assert [job.name for job in lab.store.evaluations.jobs((NAMESPACE, "one"))] == ["job-2", "job-1"]


def test_pods_of_evaluations_are_no_pods_of_the_service() -> None:
    lab = Lab()
    before = lab.telling.world().pods
    lab.run("one", state="Running")
    lab.job("one")
    lab.pod("job-1", "Running")

    assert lab.telling.world().pods == before
    assert [pod.job for pod in lab.store.evaluations.pods(NAMESPACE, "job-1")] == ["job-1"]
