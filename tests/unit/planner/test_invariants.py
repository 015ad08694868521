"""Thousands of histories: users, pods, metrics, crashes and hostile hands in any order, checked after every write.

`LEADSMAN_EXAMPLES=20000 pytest tests/unit/planner/test_invariants.py` searches for longer.
"""

import contextlib
import copy
import datetime as dt
import os
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from harness.simulation import Controller, Killed, Simulation
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner.labels import REVISION, SERVICE
from leadsman.planner.plan import Watch
from leadsman.planner.world import ChildKind, Signal
from unit.planner.inspector import Inspector
from unit.planner.stories import CANARY, ERRORS, image, says, spec

SAFETY: Final = ERRORS | {"name": "jailbreaks", "class": "Safety"}
COST: Final = {"name": "cost", "class": "Cost", "query": 'sum(cost{pod=~"{{ podRegex }}"})', "max": "5"}
BETTER: Final = {
    "name": "thumbs-down",
    "class": "Quality",
    "ratio": ERRORS["ratio"],
    "compare": {"toServing": "NotWorse"},
}
MONITORS: Final[list[list[dict[str, Any]]]] = [
    [ERRORS],
    [],
    [SAFETY],
    [ERRORS, BETTER],
    [BETTER],
    [COST, ERRORS | {"provider": "other"}],
]
STAGES: Final[list[list[dict[str, Any]]]] = [
    [{"name": "canary", "weight": 25, "holdSeconds": 60}, {"name": "half", "weight": 50, "holdSeconds": 120}],
    [{"name": "tiny", "weight": 1}],
    [{"name": "half", "weight": 50, "holdSeconds": 30}, {"name": "most", "weight": 90}],
    [{"name": f"step-{weight}", "weight": weight} for weight in range(10, 100, 10)],
]
COUNTED: Final = [{"name": "counted", "weight": 30, "minRequests": 100}]
STATES: Final = ["Passed", "Failed", "Inconclusive", "NoEvidence", "Invalid", "NotApplicable", None]
PROMPTS: Final = "prompts"


class Histories(RuleBasedStateMachine):
    """Each rule is something that somebody may do at any time."""

    @initialize(
        strategy=st.sampled_from(["Canary", "Canary", "BlueGreen", "AllAtOnce"]),
        replicas=st.sampled_from([4, 1, 2, 9, 0]),
        has_service=st.sampled_from([True, True, True, False]),
        monitors=st.sampled_from(MONITORS),
    )
    def begin(self, strategy: str, replicas: int, has_service: bool, monitors: list[dict[str, Any]]) -> None:
        rollout = CANARY if strategy == "Canary" else {"strategy": strategy, "bakeSeconds": 300}
        raw = spec(replicas=replicas, rollout=rollout, monitors=monitors)
        if not has_service:
            del raw["service"]
        self.simulation = Simulation(raw)
        self.inspector = Inspector(self.simulation)
        self.said: dict[tuple[str, str], str | None] = {}
        self.requests = 1000
        self.sick: set[str] = set()
        self.simulation.says = self.say
        self.simulation.pod_gets_ready = lambda revision: revision not in self.sick

    def say(self, watch: Watch) -> Signal | None:
        state = self.said.get((watch.revision, watch.monitor.name), "Passed")
        made = says(state or "", message=f"{watch.monitor.name} {state}")(watch) if state else None
        return made and dt_replace(made, self.requests)

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

    @rule(replicas=st.sampled_from([0, 1, 2, 3, 4, 7, 9]))
    def scales(self, replicas: int) -> None:
        self.edit(lambda raw: raw.update(replicas=replicas))

    @rule(surge=st.integers(0, 2))
    def wants_another_surge(self, surge: int) -> None:
        self.edit(lambda raw: raw["rollout"].update(surge=surge))

    @rule(strategy=st.sampled_from(["Canary", "BlueGreen", "AllAtOnce"]), stages=st.sampled_from([*STAGES, COUNTED]))
    def wants_another_strategy(self, strategy: str, stages: list[dict[str, Any]]) -> None:
        def change(raw: dict[str, Any]) -> None:
            raw["rollout"].pop("stages", None)
            raw["rollout"]["strategy"] = strategy
            if strategy == "Canary":
                raw["rollout"]["stages"] = stages

        self.edit(change)

    @rule(monitors=st.sampled_from(MONITORS))
    def wants_other_monitors(self, monitors: list[dict[str, Any]]) -> None:
        self.edit(lambda raw: raw.update(monitors=monitors))

    @rule(paused=st.booleans())
    def pauses(self, paused: bool) -> None:
        self.edit(lambda raw: raw["rollout"].update(paused=paused))

    @rule(
        change=st.sampled_from(
            [
                {"previous": "Cold"},
                {"previous": "Warm"},
                {"bakeSeconds": 0},
                {"bakeSeconds": 300},
                {"historyLimit": 1},
                {"onNoEvidence": {"deadlineSeconds": 60, "then": "Rollback"}},
                {"progressDeadlineSeconds": 60},
            ]
        )
    )
    def is_more_or_less_patient(self, change: dict[str, Any]) -> None:
        self.edit(lambda raw: raw["rollout"].update(change))

    @rule(minute=st.integers(0, 2))
    def restarts_the_pods(self, minute: int) -> None:
        self.edit(lambda raw: raw.update(restartedAt=f"2026-11-23T10:0{minute}:00Z"))

    @rule(named=st.booleans())
    def names_an_input(self, named: bool) -> None:
        self.edit(lambda raw: raw.update(inputs=[{"configMap": PROMPTS}] if named else []))

    @rule(text=st.sampled_from(["be kind", "be brief", None]), labelled=st.sampled_from([True, True, False]))
    def writes_a_prompt(self, text: str | None, labelled: bool) -> None:
        self.simulation.config_maps.pop(PROMPTS, None)
        if text is not None:
            self.simulation.config_maps[PROMPTS] = {"data": {"system": text}}
        self.simulation.unlabelled = frozenset() if labelled else frozenset({PROMPTS})
        self.simulation.changed_at = self.simulation.now

    @rule(gated=st.booleans())
    def asks_for_a_gate(self, gated: bool) -> None:
        self.edit(lambda raw: raw.update(gates=[{"name": "quality", "suite": "qa"}] if gated else []))

    @rule(day=st.sampled_from(["2026-11-22", "2026-12-22"]))
    def promises_a_review(self, day: str) -> None:
        self.edit(lambda raw: raw.update(lifecycle={"reviewBy": day}))

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

    # The cluster.

    @rule(
        who=st.sampled_from([*Controller, Controller.ALL, Controller.DEPLOYMENTS | Controller.KUBELET]),
        pods=st.sampled_from([1, 2, 100]),
    )
    def others_do_a_part_of_their_work(self, who: Controller, pods: int) -> None:
        self.simulation.tick(who, pods=pods)

    @rule(index=st.integers(0, 5), sick=st.sampled_from([True, False, False]), crashes=st.booleans())
    def pods_fall_ill_or_recover(self, index: int, sick: bool, crashes: bool) -> None:
        if self.names():
            name = self.names()[index % len(self.names())]
            self.sick = (self.sick | {name}) if sick else (self.sick - {name})
            self.inspector.short |= sick
            if thing := self.simulation.objects.get((ChildKind.DEPLOYMENT, name)):
                for pod in thing.pods:
                    pod.crashes = sick and crashes

    @rule(index=st.integers(0, 5), monitor=st.sampled_from(["errors", "jailbreaks", "thumbs-down", "cost"]),
          state=st.sampled_from(STATES))  # fmt: skip
    def metrics_say(self, index: int, monitor: str, state: str | None) -> None:
        if self.names():
            self.said[self.names()[index % len(self.names())], monitor] = state

    @rule(state=st.sampled_from(STATES))
    def metrics_say_of_the_candidate(self, state: str | None) -> None:
        name = self.simulation.status.candidate_revision or self.simulation.status.serving_revision
        for monitor in self.simulation.raw["monitors"]:
            self.said[name or "", monitor["name"]] = state

    @rule(requests=st.sampled_from([0, 50, 1000]))
    def users_come_or_stay_away(self, requests: int) -> None:
        self.requests = requests

    @rule(names=st.sampled_from([frozenset({"default"}), frozenset({"default", "other"}), frozenset[str]()]))
    def providers_are_configured(self, names: frozenset[str]) -> None:
        self.simulation.providers = names

    @rule(names=st.sampled_from([(), (), ("high-risk",)]))
    def the_risk_office_writes_a_policy(self, names: tuple[str, ...]) -> None:
        self.simulation.policies = names

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

    @rule(index=st.integers(0, 5), replicas=st.integers(0, 9))
    def somebody_scales_a_deployment(self, index: int, replicas: int) -> None:
        if thing := self.child(ChildKind.DEPLOYMENT, index):
            thing.raw["spec"]["replicas"] = replicas
            self.meddle(thing)

    @rule(kind=st.sampled_from(list(ChildKind)), index=st.integers(0, 5))
    def somebody_deletes_a_child(self, kind: ChildKind, index: int) -> None:
        if thing := self.child(kind, index):
            del self.simulation.objects[kind, thing.name]
            self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

    @rule(index=st.integers(0, 5))
    def somebody_adds_a_sidecar(self, index: int) -> None:
        if thing := self.child(ChildKind.DEPLOYMENT, index):
            thing.raw["spec"]["template"]["spec"]["containers"].append({"name": "miner", "image": "miner:1"})
            self.meddle(thing)

    @rule(index=st.integers(0, 5))
    def somebody_takes_a_label(self, index: int) -> None:
        if thing := self.child(ChildKind.DEPLOYMENT, index):
            thing.raw["metadata"]["labels"].pop(REVISION, None)
            self.meddle(thing)

    @rule(index=st.integers(-1, 5))
    def somebody_points_the_apex_elsewhere(self, index: int) -> None:
        if thing := self.simulation.objects.get((ChildKind.SERVICE, "bot")):
            names = self.names()
            chosen = {} if index < 0 or not names else {REVISION: names[index % len(names)]}
            thing.raw["spec"]["selector"] = {SERVICE: "bot"} | chosen
            self.meddle(thing)

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

    def meddle(self, thing: Any) -> None:
        thing.version += 10_000
        self.inspector.meddled = self.inspector.short = self.inspector.doubled = True

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
        simulation.refuses, simulation.can_try = lambda _kind, _name: "", True
        simulation.config_maps.setdefault(PROMPTS, {"data": {"system": "be kind"}})
        self.said, self.sick, self.requests = {}, set(), 1000
        for thing in simulation.objects.values():
            for pod in thing.pods:
                pod.crashes = False
        self.edit(lambda raw: raw["rollout"].update(paused=False, onNoEvidence={"then": "Hold"}))
        self.edit(lambda raw: raw.update(gates=[], lifecycle={}, replicas=raw["replicas"] or 2))
        self.edit(lambda raw: raw["rollout"].update(surge=raw["rollout"].get("surge") or 1))
        simulation.read()

    def what_should_serve_serves(self) -> None:
        simulation = self.simulation
        for _ in range(60):
            self.everything_settles()
            if simulation.condition("Ready") in {("True", "Promoted"), ("False", "RolledBack")}:
                break
            simulation.now += dt.timedelta(seconds=40)
            simulation.read()
        status, replicas = simulation.status, simulation.raw["replicas"]
        desired, serving = status.desired_revision, status.serving_revision
        if simulation.verdict(desired) == "RolledBack":
            assert simulation.in_traffic == ({serving: replicas} if serving else {})
            assert (
                simulation.condition("Available")
                == ("True" if serving else "False",) + simulation.condition("Available")[1:]
            )
            return
        assert simulation.condition("Ready") == ("True", "Promoted"), status
        assert (serving, simulation.in_traffic) == (desired, {desired: replicas})


def dt_replace(signal: Signal, requests: int) -> Signal:
    return Signal(monitor=signal.monitor, state=signal.state, at=signal.at, requests=requests, message=signal.message)


@pytest.mark.timeout(0)
def test_what_must_hold_holds_in_every_history() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=int(os.environ.get("LEADSMAN_EXAMPLES", "40")),
            stateful_step_count=30,
            deadline=None,
            print_blob=False,
            report_multiple_bugs=False,
            phases=[p for p in Phase if p.name in os.environ.get("PHASES", "explicit reuse generate shrink").split()],
            suppress_health_check=list(HealthCheck),
        ),
    )
