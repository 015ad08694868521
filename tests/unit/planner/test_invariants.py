"""Thousands of histories: users, pods, metrics, crashes and hostile hands in any order, checked after every write.

`LEADSMAN_EXAMPLES=20000 pytest tests/unit/planner/test_invariants.py` searches for longer.
"""

import contextlib
import copy
import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from harness.laboratory import COMPARES, EXTERNAL, JOB, Outcome
from harness.simulation import Controller, Killed, Simulation
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner.labels import REVISION, SERVICE
from leadsman.planner.plan import Watch
from leadsman.planner.world import ChildKind, Signal
from unit.planner.deciding import POLICIES, Deciding
from unit.planner.inspector import Inspector
from unit.planner.stories import CANARY, ERRORS, image, says, spec

Edit = Callable[[dict[str, Any]], None]
PROMPTS: Final = "prompts"
SAFETY: Final = ERRORS | {"name": "jailbreaks", "class": "Safety"}
COST: Final = {"name": "cost", "class": "Cost", "query": 'sum(cost{pod=~"{{ podRegex }}"})', "max": "5"}
BETTER: Final = {
    "name": "thumbs-down",
    "class": "Quality",
    "ratio": ERRORS["ratio"],
    "compare": {"toServing": "NotWorse"},
}
DRIFT: Final = COST | {"name": "drift", "class": "Drift"}
MONITORS: Final[list[list[dict[str, Any]]]] = [
    [ERRORS],
    [],
    [SAFETY],
    [ERRORS, BETTER],
    [BETTER],
    [COST, ERRORS | {"provider": "other"}],
    [DRIFT],
]
SUITES: Final[dict[str, dict[str, Any]]] = {
    "run by Leadsman": JOB,
    "run by Leadsman, stricter": JOB | {"minSamples": 500},
    "short-lived": JOB | {"maxAgeHours": 1},
    "compares": COMPARES,
    "tried twice": JOB | {"runner": {"job": JOB["runner"]["job"] | {"backoffLimit": 1}}},
    "run by CI": EXTERNAL,
    "unreadable": JOB | {"criteria": []},
}
LABELS: Final = {"ci": {"topic": "safety"}}
"""Of suites: what a policy's gate asks for."""
QUALITY: Final = {"name": "quality", "suite": "qa"}
GATES: Final[dict[str, list[dict[str, Any]]]] = {
    "no gate": [],
    "a gate": [QUALITY],
    "a gate that compares": [{"name": "no-worse", "suite": "red"}],
    "a gate before a stage": [{"name": "safety", "suite": "red", "before": "half"}],
    "gates here and there": [
        QUALITY,
        {"name": "again", "suite": "qa", "before": "half"},
        {"name": "red", "suite": "red"},
    ],
    "a gate of CI": [{"name": "ci", "suite": "ci"}],
}
STAGES: Final[list[list[dict[str, Any]]]] = [
    [{"name": "canary", "weight": 25, "holdSeconds": 60}, {"name": "half", "weight": 50, "holdSeconds": 120}],
    [{"name": "tiny", "weight": 1}],
    [{"name": "half", "weight": 50, "holdSeconds": 30}, {"name": "most", "weight": 90}],
    [{"name": f"step-{weight}", "weight": weight} for weight in range(10, 100, 10)],
    [{"name": "counted", "weight": 30, "minRequests": 100}],
]


def _replaced(**fields: Any) -> Edit:
    return lambda raw: raw.update(copy.deepcopy(fields))


def _rollout(**fields: Any) -> Edit:
    return lambda raw: raw["rollout"].update(fields)


def _strategy(name: str, stages: list[dict[str, Any]] | None = None) -> Edit:
    def change(raw: dict[str, Any]) -> None:
        raw["rollout"].pop("stages", None)
        raw["rollout"] |= {"strategy": name} | ({"stages": copy.deepcopy(stages)} if stages else {})

    return change


def _approval(name: str) -> Edit:
    """Of a stage, where there is one of that name."""

    def change(raw: dict[str, Any]) -> None:
        for stage in raw["rollout"].get("stages", ()):
            if stage["name"] == name:
                stage["approval"] = "Required"

    return change


def _no_approvals(raw: dict[str, Any]) -> None:
    for stage in raw["rollout"].get("stages", ()):
        stage.pop("approval", None)


EDITS: Final[dict[str, Edit]] = {
    **{f"{n} replicas": _replaced(replicas=n) for n in (0, 1, 2, 3, 7, 9)},
    **{f"surge {n}": _rollout(surge=n) for n in (0, 1, 2)},
    **{f"monitors {n}": _replaced(monitors=monitors) for n, monitors in enumerate(MONITORS)},
    **{f"stages {n}": _strategy("Canary", stages) for n, stages in enumerate(STAGES)},
    "BlueGreen": _strategy("BlueGreen"),
    "AllAtOnce": _strategy("AllAtOnce"),
    "paused": _rollout(paused=True),
    "goes on": _rollout(paused=False),
    "cold": _rollout(previous="Cold"),
    "no bake": _rollout(bakeSeconds=0),
    "one in the history": _rollout(historyLimit=1),
    "silence goes back": _rollout(onNoEvidence={"deadlineSeconds": 60, "then": "Rollback"}),
    "impatient": _rollout(progressDeadlineSeconds=60),
    "pods restarted": _replaced(restartedAt="2026-11-23T10:00:00Z"),
    "an input": _replaced(inputs=[{"configMap": PROMPTS}]),
    "no input": _replaced(inputs=[]),
    **{what: _replaced(gates=gates) for what, gates in GATES.items()},
    "a review overdue": _replaced(lifecycle={"reviewBy": "2026-11-22"}),
    "reviewed": _replaced(lifecycle={}),
    "to be retired": _replaced(lifecycle={"retireBy": "2026-11-23"}),
    "written by erin": _replaced(change={"author": "Erin"}),
    "written by alice": _replaced(change={"author": "alice"}),
    **{f"an approval before {name}": _approval(name) for name in ("canary", "half", "most")},
    "a budget for access": _replaced(access={"allowFrom": [{"namespace": "web"}]}),
}
PARTS: Final = [*Controller, Controller.ALL, Controller.DEPLOYMENTS | Controller.KUBELET]
STATES: Final = ["Passed", "Failed", "Inconclusive", "NoEvidence", "Invalid", "NotApplicable", None]


class Histories(Deciding):
    """Each rule is something that somebody may do at any time."""

    @initialize(
        strategy=st.sampled_from(["Canary", "Canary", "BlueGreen", "AllAtOnce"]),
        replicas=st.sampled_from([4, 1, 2, 9, 0]),
        has_service=st.sampled_from([True, True, True, False]),
        asked=st.tuples(st.sampled_from(MONITORS), st.sampled_from([[], *GATES.values()])),
        serves=st.sampled_from([True, True, True, False]),
    )
    def begin(
        self,
        strategy: str,
        replicas: int,
        has_service: bool,
        asked: tuple[list[dict[str, Any]], list[dict[str, Any]]],
        serves: bool,
    ) -> None:
        rollout = CANARY if strategy == "Canary" else {"strategy": strategy, "bakeSeconds": 300}
        raw = spec(replicas=replicas, rollout=rollout, monitors=asked[0], gates=asked[1])
        if not has_service:
            del raw["service"]
        self.simulation = Simulation(raw)
        for name, suite in {"qa": JOB, "red": COMPARES, "ci": EXTERNAL}.items():
            self.simulation.laboratory.write_suite(name, suite, self.simulation.now, **LABELS.get(name, {}))
        self.inspector = Inspector(self.simulation)
        self.said: dict[tuple[str, str], str | None] = {}
        self.requests = 1000
        self.sick: set[str] = set()
        self.simulation.says = self.say
        self.simulation.pod_gets_ready = lambda revision: revision not in self.sick
        if serves:
            self.everything_goes_on_for_a_minute()
            self.simulation.now += dt.timedelta(seconds=300)
            self.everything_settles()

    def say(self, watch: Watch) -> Signal | None:
        state = self.said.get((watch.revision, watch.monitor.name), "Passed")
        made = says(state or "", message=f"{watch.monitor.name} {state}")(watch) if state else None
        return made and replace(made, requests=self.requests)

    def names(self) -> list[str]:
        return sorted(self.simulation.revisions, key=lambda name: self.simulation.revisions[name].spec.number)

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        raw = copy.deepcopy(self.simulation.raw)
        change(raw)
        rollout = raw["rollout"]
        is_counted = any("minRequests" in stage for stage in rollout.get("stages", ()))
        if is_counted and not any("ratio" in monitor for monitor in raw["monitors"]):
            return  # the API server refuses it
        if rollout["strategy"] == "BlueGreen" and rollout.get("surge") == 0:
            return
        self.simulation.edit(change)
        self.inspector.edited()

    # Users.

    @rule(version=st.integers(1, 4))
    def wants_another_image(self, version: int) -> None:
        self.edit(image(version))

    @rule(version=st.integers(1, 4))
    def rolls_out(self, version: int) -> None:
        """And waits until it moves."""
        self.edit(image(version))
        self.everything_settles()

    @rule(version=st.integers(1, 4), minutes=st.integers(1, 4))
    def rolls_out_and_gets_far(self, version: int, minutes: int) -> None:
        """All is well for a while."""
        self.said, self.sick = {}, set()
        self.edit(image(version))
        for _ in range(minutes):
            self.everything_goes_on_for_a_minute()

    @rule(what=st.sampled_from(sorted(EDITS)))
    def edits(self, what: str) -> None:
        self.edit(EDITS[what])

    @rule(what=st.sampled_from(sorted(EDITS)))
    def edits_and_waits(self, what: str) -> None:
        self.edit(EDITS[what])
        self.everything_settles()

    @rule(text=st.sampled_from(["be kind", "be brief", None]), labelled=st.sampled_from([True, True, False]))
    def writes_a_prompt(self, text: str | None, labelled: bool) -> None:
        self.simulation.config_maps.pop(PROMPTS, None)
        if text is not None:
            self.simulation.config_maps[PROMPTS] = {"data": {"system": text}}
        self.simulation.unlabelled = frozenset() if labelled else frozenset({PROMPTS})
        self.simulation.changed_at = self.simulation.now

    @rule(force=st.booleans())
    def makes_the_service_anew(self, force: bool) -> None:
        if not force:
            self.simulation.delete()
        self.simulation.now += dt.timedelta(seconds=1)
        self.simulation.unreadable = frozenset()
        self.simulation.create(self.simulation.raw)
        self.inspector.edited()
        self.inspector.short = self.inspector.doubled = True
        self.inspector.meddled |= not force
        self.inspector.look(self.simulation)

    # Evaluations.

    @rule(outcome=st.sampled_from(["Passed", "Passed", "Passed", "Failed", "Inconclusive", "Errored", None]))
    def evaluations_end(self, outcome: Outcome | None) -> None:
        """From now on."""
        self.simulation.laboratory.says = lambda _: outcome

    @rule()
    def the_evaluation_controller_works(self) -> None:
        self.simulation.evaluate()
        self.simulation.reconcile()

    @rule(name=st.sampled_from(["qa", "qa", "red", "ci"]), what=st.sampled_from([None, *SUITES]))
    def somebody_writes_a_suite(self, name: str, what: str | None) -> None:
        if what is None:
            self.simulation.laboratory.suites.pop(name, None)
        else:
            self.simulation.laboratory.write_suite(name, SUITES[what], self.simulation.now, **LABELS.get(name, {}))
        self.simulation.reconcile()

    @rule(name=st.sampled_from(["ci", "qa"]), index=st.integers(-2, 3), settles=st.booleans())
    def ci_submits_results(self, name: str, index: int, settles: bool) -> None:
        if self.names() and name in self.simulation.laboratory.suites:
            revision = self.simulation.revisions[self.names()[index % len(self.names())]]
            self.simulation.laboratory.submit(
                "bot", {"name": revision.name, "digest": revision.spec.digest}, name, self.simulation.now
            )
            if settles:
                self.everything_settles()

    @rule(asks=st.integers(-2, 3), counts=st.integers(-2, 3))
    def somebody_creates_a_run(self, asks: int, counts: int) -> None:
        """It may bear the name of one revision and the digest of another one."""
        if self.names() and (suite := self.simulation.laboratory.suites.get("qa")):
            names = self.names()
            digest = self.simulation.revisions[names[counts % len(names)]].spec.digest
            made = {
                "service": "bot",
                "revision": {"name": names[asks % len(names)], "digest": digest},
                "suite": {"name": "qa", "digest": suite.digest},
                "source": "Job",
            }
            name = f"by-hand-{len(self.simulation.laboratory.runs)}"
            if name not in self.simulation.laboratory.runs:
                self.simulation.laboratory.create({"metadata": {"name": name}, "spec": made}, self.simulation.now)

    @rule(index=st.integers(0, 9))
    def somebody_deletes_a_run(self, index: int) -> None:
        if runs := list(self.simulation.laboratory.runs):
            self.simulation.laboratory.delete(runs[index % len(runs)])

    @rule(hours=st.sampled_from([2, 400]))
    def evidence_ages(self, hours: int) -> None:
        self.simulation.now += dt.timedelta(hours=hours)
        self.inspector.short = True
        self.simulation.read()
        self.simulation.reconcile()

    # The cluster.

    @rule(
        who=st.sampled_from(PARTS),
        pods=st.sampled_from([1, 2, 100]),
    )
    def others_do_a_part_of_their_work(self, who: Controller, pods: int) -> None:
        self.simulation.tick(who, pods=pods)

    @rule(moves=st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from([1, 2, 100])), min_size=1, max_size=8))
    def everybody_works_slowly(self, moves: list[tuple[Controller, int]]) -> None:
        for who, pods in moves:
            self.simulation.tick(who, pods=pods)
            self.simulation.reconcile()

    @rule(index=st.integers(0, 5), sick=st.sampled_from([True, False, False]), crashes=st.booleans())
    def pods_fall_ill_or_recover(self, index: int, sick: bool, crashes: bool) -> None:
        if self.names():
            name = self.names()[index % len(self.names())]
            self.sick = (self.sick | {name}) if sick else (self.sick - {name})
            self.inspector.short |= sick
            if thing := self.simulation.objects.get((ChildKind.DEPLOYMENT, name)):
                for pod in thing.pods:
                    pod.crashes = sick and crashes

    @rule(index=st.integers(0, 5), monitor=st.sampled_from(["errors", "jailbreaks", "thumbs-down", "cost", "drift"]),
          state=st.sampled_from(STATES))  # fmt: skip
    def metrics_say(self, index: int, monitor: str, state: str | None) -> None:
        if self.names():
            self.said[self.names()[index % len(self.names())], monitor] = state

    @rule(state=st.sampled_from(["Failed", "Failed", "Failed", *STATES]), settles=st.booleans())
    def metrics_say_of_the_newest(self, state: str | None, settles: bool) -> None:
        name = self.simulation.status.candidate_revision or self.simulation.status.serving_revision
        for monitor in self.simulation.raw["monitors"]:
            self.said[name or "", monitor["name"]] = state
        self.simulation.read()
        self.simulation.reconcile()
        if settles:
            self.everything_settles()

    @rule(requests=st.sampled_from([0, 50, 1000]))
    def users_come_or_stay_away(self, requests: int) -> None:
        self.requests = requests

    @rule(names=st.sampled_from([frozenset({"default"}), frozenset({"default", "other"}), frozenset[str]()]))
    def providers_are_configured(self, names: frozenset[str]) -> None:
        self.simulation.providers = names

    @rule(name=st.sampled_from(["none", "none", *POLICIES]))
    def the_risk_office_writes_a_policy(self, name: str) -> None:
        self.simulation.policies = POLICIES.get(name, ())

    @rule(kind=st.sampled_from([None, None, *ChildKind]))
    def the_api_server_refuses(self, kind: ChildKind | None) -> None:
        self.simulation.refuses = lambda seen, _: "quota" if seen is kind else ""
        self.inspector.short |= kind is not None
        self.inspector.meddled |= kind is not None

    @rule(answers=st.booleans())
    def dry_runs_are_answered(self, answers: bool) -> None:
        self.simulation.can_try = answers

    # Time, and the operator.

    @rule()
    def the_operator_looks(self) -> None:
        self.simulation.reconcile()

    @rule()
    def metrics_are_read(self) -> None:
        self.simulation.read()
        self.simulation.reconcile()

    @rule(seconds=st.sampled_from([1, 15, 61, 130, 301, 700]))
    def time_passes(self, seconds: int) -> None:
        self.simulation.now += dt.timedelta(seconds=seconds)
        self.inspector.short |= seconds > 60
        self.simulation.read()
        self.simulation.reconcile()

    @rule()
    def what_was_due_comes(self) -> None:
        if self.simulation.wake_at is not None:
            self.inspector.short |= self.simulation.wake_at > self.simulation.now + dt.timedelta(seconds=60)
            self.simulation.now = max(self.simulation.now, self.simulation.wake_at)
            self.simulation.reconcile()

    @rule(seconds=st.sampled_from([1, 90]))
    def the_clock_is_put_back(self, seconds: int) -> None:
        self.simulation.now -= dt.timedelta(seconds=seconds)
        self.simulation.reconcile()

    @rule(writes=st.integers(0, 6))
    def the_operator_is_killed(self, writes: int) -> None:
        self.simulation.writes_left = writes
        with contextlib.suppress(Killed):
            self.simulation.reconcile()
        self.simulation.restart()

    @rule(writes=st.integers(0, 4))
    def somebody_is_faster(self, writes: int) -> None:
        self.simulation.conflict_in = writes
        self.simulation.reconcile()
        self.simulation.conflict_in = None

    @rule()
    def everything_settles(self) -> None:
        made = self.simulation.settle()
        self.inspector.at_rest()
        assert not made.dossiers
        assert not made.runs
        assert not made.rulings
        assert not [one for one in made.operations if not self.simulation.refusals]
        assert made.status == self.simulation.status
        assert not made.labels
        self.inspector.is_deterministic()

    @rule()
    def everything_goes_on_for_a_minute(self) -> None:
        for _ in range(4):
            self.simulation.now += dt.timedelta(seconds=16)
            self.simulation.read()
            self.everything_settles()

    # Hostile hands, and accidents.

    @rule(harm=st.sampled_from(["scale", "sidecar", "label", "apex"]), index=st.integers(-1, 5), pods=st.integers(0, 9))
    def somebody_meddles(self, harm: str, index: int, pods: int) -> None:
        thing = self.child(ChildKind.SERVICE if harm == "apex" else ChildKind.DEPLOYMENT, max(0, index))
        if thing is None:
            return
        match harm:
            case "scale":
                thing.raw["spec"]["replicas"] = pods
            case "sidecar":
                thing.raw["spec"]["template"]["spec"]["containers"].append({"name": "miner", "image": "miner:1"})
            case "label":
                thing.raw["metadata"]["labels"].pop(REVISION, None)
            case _:
                chosen = {} if index < 0 else {REVISION: self.names()[index % len(self.names())]}
                thing.raw["spec"]["selector"] = {SERVICE: "bot"} | chosen
        thing.version += 10_000
        self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

    @rule(kind=st.sampled_from(list(ChildKind)), index=st.integers(0, 5))
    def somebody_deletes_a_child(self, kind: ChildKind, index: int) -> None:
        if thing := self.child(kind, index):
            del self.simulation.objects[kind, thing.name]
            self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

    @rule()
    def somebody_wipes_the_status(self) -> None:
        self.simulation.status, self.simulation.unreadable = AIServiceStatus(), frozenset()
        self.inspector.look(self.simulation)

    @rule(index=st.integers(0, 5))
    def a_record_becomes_unreadable(self, index: int) -> None:
        """Not where the ledger's head is lost with it: then nobody can tell what the next entry follows."""
        head, entries = self.simulation.status.ledger, self.simulation.entries
        if head is not None and head.sequence == entries[-1].sequence:
            self.simulation.unreadable = frozenset({self.names()[index % len(self.names())]})
            self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

    @rule()
    def records_can_be_read_again(self) -> None:
        self.simulation.unreadable = frozenset()

    @rule()
    def garbage_is_collected(self) -> None:
        before = len(self.simulation.objects)
        self.simulation.collect_garbage(self.simulation.uid)
        if len(self.simulation.objects) < before:
            self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

    def child(self, kind: ChildKind, index: int) -> Any:
        found = [thing for (of, _), thing in sorted(self.simulation.objects.items()) if of is kind]
        return found[index % len(found)] if found else None

    # In the end.

    def teardown(self) -> None:
        """When all is well and nobody does anything any more, what is wanted serves, or what served before."""
        if hasattr(self, "simulation"):
            self.all_is_well()
            self.what_should_serve_serves()

    def all_is_well(self) -> None:
        simulation = self.simulation
        simulation.writes_left = simulation.conflict_in = None
        simulation.unreadable = simulation.unlabelled = frozenset()
        simulation.policies, simulation.providers = (), frozenset({"default", "other"})
        simulation.request, simulation.protected_since = "", simulation.now - dt.timedelta(days=30)
        self.the_api_server_refuses(None)
        simulation.can_try = True
        simulation.config_maps.setdefault(PROMPTS, {"data": {"system": "be kind"}})
        self.said, self.sick, self.requests = {}, set(), 1000
        for thing in simulation.objects.values():
            for pod in thing.pods:
                pod.crashes = False
        self.edit(lambda raw: raw["rollout"].update(paused=False, onNoEvidence={"then": "Hold"}))
        self.edit(_no_approvals)
        self.edit(lambda raw: raw.update(lifecycle={}, replicas=raw["replicas"] or 2))
        if "service" not in simulation.raw:
            self.edit(_replaced(gates=[]))
        simulation.laboratory.says = lambda _: "Passed"
        for name, suite in {"qa": JOB, "red": COMPARES, "ci": JOB}.items():  # an edit is a new beginning
            simulation.laboratory.write_suite(name, suite | {"minSamples": 7}, simulation.now, **LABELS.get(name, {}))
        self.edit(lambda raw: raw["rollout"].update(surge=raw["rollout"].get("surge") or 1))
        simulation.read()

    def what_should_serve_serves(self) -> None:
        simulation = self.simulation
        for _ in range(60):
            self.everything_settles()
            is_back = simulation.condition("Ready") == ("False", "RolledBack") and simulation.status.hold is None
            if is_back or simulation.condition("Ready") == ("True", "Promoted"):
                break
            self.nobody_stands_in_the_way()
            if any(one.reason == "NoDark" for one in simulation.status.blockers):  # what to do says the blocker
                del simulation.objects[ChildKind.SERVICE, simulation.name]
            simulation.now += dt.timedelta(seconds=40)
            simulation.read()
        status, replicas = simulation.status, simulation.raw["replicas"]
        desired, serving = status.desired_revision, status.serving_revision
        if simulation.verdict(desired) == "RolledBack":
            assert simulation.in_traffic == ({serving: replicas} if serving else {})
            available = simulation.condition("Available")
            assert available is not None
            assert available[0] == ("True" if serving else "False"), status
            return
        assert simulation.condition("Ready") == ("True", "Promoted"), status
        assert (serving, simulation.in_traffic) == (desired, {desired: replicas})


@pytest.mark.timeout(0)
def test_what_must_hold_holds_in_every_history() -> None:
    """By default the same histories each time, so that a change that breaks nothing is never blamed."""
    examples = os.environ.get("LEADSMAN_EXAMPLES")
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=int(examples or 40),
            derandomize=examples is None,
            stateful_step_count=40,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
