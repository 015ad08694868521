"""Limits, gates and monitors: what holds where several policies match."""

from dataclasses import replace

from harness.laboratory import JOB, Laboratory
from harness.simulation import START
from leadsman.planner.policies.gates import AskedGate, asked_gates
from leadsman.planner.policies.limits import first_weight, stages
from leadsman.planner.policies.monitors import clashing, monitors
from leadsman.planner.world import World
from unit.planner.policies.given import policy, world
from unit.planner.stories import ERRORS

SAFETY = {"certified.example.com/topic": "safety"}


def test_limits_raise_what_stages_ask_for_and_never_lower_it() -> None:
    plain = world()
    assert stages(plain) is plain.service.spec.rollout.stages
    seen = world(policy("a", limits={"holdSecondsAtLeast": 90}), policy("b", limits={"minRequestsAtLeast": 500}))
    assert [(one.name, one.hold_seconds, one.min_requests) for one in stages(seen)] == [
        ("canary", 90, 500),
        ("half", 120, 500),
    ]


def test_the_smallest_first_weight_holds() -> None:
    assert first_weight(world()) is None
    seen = world(policy("a", limits={"firstWeightAtMost": 20}), policy("b", limits={"firstWeightAtMost": 10}))
    assert first_weight(seen) == ("b", 10)


def with_suites(seen: World, **labels: dict[str, str]) -> World:
    laboratory = Laboratory()
    for name, carried in labels.items():
        laboratory.write_suite(name, JOB, START, **carried)
    return replace(seen, suites=laboratory.suites)


def required(seen: World) -> AskedGate:
    return next(one for one in asked_gates(seen) if one.name.startswith("policy/"))


def test_a_required_gate_takes_the_services_own_suite_if_it_will_do() -> None:
    asked = policy(requiredGates=[{"name": "safety", "suiteLabels": SAFETY, "before": "50", "waivable": "Refused"}])
    own = [{"name": "mine", "suite": "zeal", "before": "half"}]
    seen = with_suites(world(asked, gates=own), zeal=SAFETY, abuse=SAFETY, other={})
    assert [one.name for one in asked_gates(seen)] == ["mine", "policy/house/safety"]
    found = required(seen)
    assert (found.suite, found.weight, found.is_waivable) == ("zeal", 50, False)
    assert next(iter(asked_gates(seen))).is_waivable


def test_else_the_first_by_name_that_carries_all_labels_and_else_none() -> None:
    asked = policy(requiredGates=[{"name": "safety", "suiteLabels": SAFETY | {"level": "2"}}])
    seen = with_suites(world(asked), beta=SAFETY | {"level": "2"}, alpha=SAFETY, gamma=SAFETY | {"level": "2"})
    assert (required(seen).suite, required(seen).weight) == ("beta", 0)
    assert required(with_suites(world(asked), alpha=SAFETY)).suite is None


def test_monitors_of_policies_come_beside_the_services_own_and_never_in_their_place() -> None:
    watch = {**ERRORS, "max": "0.01"}
    seen = world(policy("high-risk", monitors=[watch]), policy("eu.west", monitors=[watch]))
    names = [one.name for one in monitors(seen)]
    assert names[:2] == ["errors", "policy-high-risk-errors"]
    assert names[2].startswith("policy-eu-west-errors-")
    assert len(set(names)) == 3


def test_names_that_are_cut_stay_apart_and_are_names() -> None:
    long = "x" * 60
    seen = world(policy("a", monitors=[{**ERRORS, "name": long}]), policy("b", monitors=[{**ERRORS, "name": long}]))
    added = [one.name for one in monitors(seen)][1:]
    assert len(set(added)) == 2
    assert all(len(name) <= 63 and not name.endswith("-") for name in added)


def test_a_monitor_of_a_services_own_that_takes_such_a_name_is_found() -> None:
    asked = policy("a", monitors=[ERRORS])
    own = {**ERRORS, "name": "policy-a-errors", "max": "0.9"}
    seen = world(asked, monitors=[own])
    assert list(clashing(seen.service, asked)) == ["policy-a-errors"]
    assert [str(one.max) for one in monitors(seen)] == [ERRORS["max"]]
