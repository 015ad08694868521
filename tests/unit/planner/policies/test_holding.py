"""Under each policy the rollout holds, what serves goes on, and the way back is open; without it all goes on."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from harness.laboratory import EXTERNAL
from harness.simulation import START, Simulation
from leadsman.planner.governance import Policy, Violation
from unit.planner.policies.given import held_by, policy, rolling_out
from unit.planner.stories import CANARY, ERRORS, bad, healthy, image, says, serving, spec

DENIED = Violation(rule="pinned", message="pin the model", severity="Deny")
RULE = {"name": "pinned", "expression": "has(object.spec.model.digest)", "message": "pin the model"}
NOW_FROZEN = {"name": "now", "start": "2026-11-01T00:00:00", "end": "2026-12-01T00:00:00"}
ENDS = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
SAFETY = {"topic": "safety"}
HOLDING: dict[str, tuple[Policy, tuple[str, str]]] = {
    "cannot be read": (Policy(name="house", spec=None, problem="spec.rules: no list"), ("Policy", "house")),
    "does not compile": (replace(policy(rules=[RULE]), problem="rule pinned: no such field"), ("Policy", "house")),
    "not judged yet": (replace(policy(rules=[RULE]), judged=False), ("Policy", "house/rules")),
    "violated": (replace(policy(rules=[RULE]), violations=(DENIED,)), ("Policy", "house/pinned")),
    "no digest": (policy(provenance={"digest": "Required"}), ("Policy", "house/provenance.digest")),
    "a signature": (policy(provenance={"signature": "Required"}), ("Policy", "house/provenance.signature")),
    "not pinned": (policy(unpinned="Refuse"), ("Policy", "house/unpinned")),
    "no budget": (policy(riskBudget="Required"), ("Policy", "house/riskBudget")),
    "too much at first": (policy(limits={"firstWeightAtMost": 10}), ("Policy", "house/limits.firstWeightAtMost")),
    "a freeze": (policy(freezes=[NOW_FROZEN]), ("Freeze", "house/now")),
    "a gate": (policy(requiredGates=[{"name": "safety", "suiteLabels": SAFETY}]), ("Gate", "policy/house/safety")),
}


@pytest.mark.parametrize(("asked", "blocker"), HOLDING.values(), ids=HOLDING)
def test_it_holds_what_moves_and_not_what_serves(asked: Policy, blocker: tuple[str, str]) -> None:
    simulation = rolling_out(asked)
    first = simulation.status.serving_revision
    simulation.run(600, step=60)
    assert held_by(simulation) == [blocker]
    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Available") == ("True", "MinimumReplicasAvailable")
    assert simulation.condition("Reconciling") in {None, ("True", "Resolving")}
    (lead, *_) = simulation.status.blockers
    assert lead.unblock
    simulation.policies = ()
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.status.serving_revision != first


@pytest.mark.parametrize(("asked", "blocker"), HOLDING.values(), ids=HOLDING)
def test_a_first_revision_is_held_as_well(asked: Policy, blocker: tuple[str, str]) -> None:
    simulation = healthy()
    simulation.policies = (asked,)
    simulation.settle()
    simulation.run(100, step=20)
    if blocker[1] == "house/limits.firstWeightAtMost":  # there is nothing that it could share traffic with
        assert simulation.status.serving_revision is not None
        return
    assert simulation.status.serving_revision is None
    assert simulation.in_traffic == {}
    assert not sum(map(simulation.pods, simulation.revisions))


@pytest.mark.parametrize("asked", [asked for asked, _ in HOLDING.values()], ids=HOLDING)
def test_the_way_back_is_open_under_every_policy(asked: Policy) -> None:
    simulation = rolling_out()
    first = simulation.status.serving_revision
    assert simulation.in_traffic[simulation.status.candidate_revision or ""] == 1
    simulation.policies = (asked,)
    simulation.settle()
    simulation.says = bad(lambda: simulation.status.candidate_revision)
    simulation.run(60, step=10)
    assert simulation.in_traffic == {first: 4}
    assert simulation.condition("Ready") == ("False", "RolledBack")


def test_an_abort_passes_through_a_freeze() -> None:
    simulation = rolling_out()
    candidate = simulation.status.candidate_revision
    simulation.policies = (policy(freezes=[NOW_FROZEN]),)
    simulation.run(300, step=30)
    assert simulation.in_traffic[candidate or ""] == 1
    simulation.decide("Abort", "alice")
    simulation.run(60, step=10)
    assert simulation.verdict(candidate) == "Aborted"
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


def test_a_freeze_ends_by_itself_and_no_deadline_passed_in_it() -> None:
    simulation = rolling_out(policy(freezes=[NOW_FROZEN]))
    assert simulation.condition("Ready") == ("False", "ChangeFreeze")
    assert simulation.condition("Stalled") is None
    wakes = simulation.reconcile().wake_at
    assert wakes is not None
    assert wakes <= ENDS
    simulation.now = ENDS
    simulation.settle()
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")


def test_a_freeze_that_begins_while_pods_start_costs_them_no_deadline() -> None:
    simulation, _ = serving()
    simulation.pod_gets_ready = lambda _: False
    simulation.edit(image(2))
    simulation.run(40, step=10)
    candidate = simulation.status.candidate_revision
    simulation.policies = (policy(freezes=[NOW_FROZEN]),)
    simulation.run(3600, step=60)
    assert simulation.verdict(candidate) == "RollingOut"
    simulation.policies = ()
    simulation.run(900, step=60)
    assert simulation.verdict(candidate) == "RolledBack"


def test_an_officer_lifts_a_freeze_for_one_revision() -> None:
    simulation = rolling_out(policy(freezes=[NOW_FROZEN]))
    (blocker,) = simulation.status.blockers
    candidate = simulation.status.candidate_revision
    assert blocker.unblock.endswith(f"leadsman waive bot -n shop --revision {candidate} --scope freeze")
    act = simulation.decide("Waive", "alice", scope=["freeze"], expiresAt="2026-11-24T00:00:00Z")
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    simulation.run(900, step=50)
    assert simulation.status.serving_revision == candidate
    simulation.edit(image(3))
    simulation.run(60, step=10)
    assert held_by(simulation) == [("Freeze", "house/now")]


def test_there_is_no_freeze_to_lift() -> None:
    simulation = rolling_out()
    act = simulation.decide("Waive", "alice", scope=["freeze"], expiresAt="2026-11-24T00:00:00Z")
    simulation.settle()
    assert simulation.ruling(act) == ("False", "NotWaivable")


def required(simulation: Simulation, **labels: str) -> None:
    simulation.laboratory.write_suite("ci", EXTERNAL, simulation.now, **labels)


def test_a_required_gate_that_may_not_be_waived_is_not() -> None:
    asked = policy(requiredGates=[{"name": "safety", "suiteLabels": SAFETY, "waivable": "Refused"}])
    simulation = rolling_out(asked)
    (blocker,) = simulation.status.blockers
    assert (blocker.reason, blocker.name) == ("SuiteMissing", "policy/house/safety")
    assert "kubectl label evalsuite NAME topic=safety" in blocker.unblock
    required(simulation, topic="safety")
    simulation.settle()
    act = simulation.decide("Waive", "alice", scope=["policy/house/safety"], expiresAt="2026-11-24T00:00:00Z")
    simulation.settle()
    assert simulation.ruling(act) == ("False", "NotWaivable")
    assert held_by(simulation) == [("Gate", "policy/house/safety")]
    assert simulation.status.summary is not None
    assert simulation.status.summary.gates == "0/1"


def test_a_required_gate_is_waived_or_passed_under_its_full_name() -> None:
    asked = policy(requiredGates=[{"name": "safety", "suiteLabels": SAFETY}])
    simulation = rolling_out(asked)
    required(simulation, topic="safety")
    simulation.settle()
    act = simulation.decide("Waive", "alice", scope=["policy/house/safety"], expiresAt="2026-11-24T00:00:00Z")
    simulation.run(900, step=50)
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.condition("Ready") == ("True", "Promoted")


def test_limits_hold_a_stage_for_longer_than_it_says() -> None:
    simulation = rolling_out(policy(limits={"holdSecondsAtLeast": 400}))
    simulation.run(360, step=20)
    assert simulation.in_traffic[simulation.status.candidate_revision or ""] == 1
    simulation.run(120, step=20)
    assert simulation.in_traffic[simulation.status.candidate_revision or ""] == 2


def test_a_first_share_that_pods_cannot_give_is_refused_with_how_many_would() -> None:
    ten = {**CANARY, "stages": [{"name": "canary", "weight": 10}]}
    simulation = rolling_out(policy(limits={"firstWeightAtMost": 10}), rollout=ten)
    (blocker,) = simulation.status.blockers
    assert (blocker.reason, blocker.unblock) == ("ShareUnreachable", "set spec.replicas to 9 or more")
    simulation.edit(lambda raw: raw.update(replicas=9))
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")


@pytest.mark.parametrize("strategy", ["BlueGreen", "AllAtOnce"])
def test_strategies_that_begin_with_everything_are_refused_where_a_first_weight_is_bounded(strategy: str) -> None:
    simulation = rolling_out(policy(limits={"firstWeightAtMost": 50}), rollout={"strategy": strategy})
    assert held_by(simulation) == [("Policy", "house/limits.firstWeightAtMost")]


def test_a_monitor_of_a_policy_rolls_back() -> None:
    added = {**ERRORS, "name": "toxic", "class": "Safety"}
    simulation = rolling_out(policy(monitors=[added]), monitors=[])
    assert simulation.status.summary is not None
    assert simulation.status.summary.signals == "1/1"
    simulation.says = bad(lambda: simulation.status.candidate_revision)
    simulation.run(60, step=10)
    assert simulation.condition("Ready") == ("False", "RolledBack")
    (decided,) = [one for one in simulation.entries if one.type == "rollback.decided"]
    assert decided.facts["monitor"] == "policy-house-toxic"


def test_a_new_policy_judges_what_serves_and_stops_nothing() -> None:
    simulation = rolling_out()
    simulation.run(900, step=50)
    asked, _ = HOLDING["violated"]
    simulation.policies = (asked,)
    simulation.settle()
    assert simulation.condition("PolicyCompliant") == ("False", "PolicyDenied")
    assert simulation.condition("Ready") == ("True", "Promoted")
    simulation.policies = (replace(asked, violations=(replace(DENIED, severity="Warn"),)),)
    simulation.settle()
    assert simulation.condition("PolicyCompliant") == ("True", "PolicySatisfied")
    message = next(one.message for one in simulation.status.conditions if one.type == "PolicyCompliant")
    assert message == "satisfies house; house/pinned (warns): pin the model"


RETURNS = policy(afterPromotion={"onSignalFailure": "RollbackIfPreviousHeld"})


def promoted(*policies: Policy, **changes: Any) -> tuple[Simulation, str, str]:
    """Version 2 serves, its bake is over, and version 1 is still there."""
    simulation = rolling_out(**changes)
    first = simulation.status.serving_revision
    simulation.run(1200, step=50)
    second = simulation.status.serving_revision
    assert first is not None
    assert second not in {None, first}
    assert simulation.status.bake is None
    simulation.policies = policies
    return simulation, first, second or ""


def test_after_the_bake_a_failed_signal_goes_back_where_a_policy_asks_for_it() -> None:
    simulation, first, second = promoted(RETURNS)
    simulation.says = bad(lambda: second)
    simulation.run(120, step=10)
    assert simulation.in_traffic == {first: 4}
    assert simulation.verdict(second) == "RolledBack"
    assert simulation.condition("Ready") == ("False", "RolledBack")
    assert simulation.verdict(first) == "Serving"
    simulation.run(600, step=50)
    assert simulation.in_traffic == {first: 4}


def test_it_goes_back_though_a_later_candidate_failed_that_never_served() -> None:
    simulation, first, second = promoted(RETURNS)
    simulation.edit(image(3))
    simulation.run(40, step=10)
    third = simulation.status.candidate_revision
    simulation.says = bad(lambda: third)
    simulation.run(200, step=10)
    assert simulation.verdict(third) == "RolledBack"
    assert simulation.in_traffic == {second: 4}
    simulation.says = bad(lambda: second)
    simulation.run(300, step=10)
    assert simulation.in_traffic == {first: 4}


def test_it_goes_back_one_step_and_no_further() -> None:
    simulation = rolling_out()
    simulation.run(1200, step=50)
    simulation.edit(image(3))
    simulation.run(1200, step=50)
    third = simulation.status.serving_revision
    simulation.policies = (RETURNS,)
    simulation.says = says("Failed")  # whatever serves: what all of them depend on is broken
    simulation.run(600, step=20)
    verdicts = [one.status.verdict for one in simulation.revisions.values()]
    assert simulation.verdict(third) == "RolledBack"
    assert verdicts.count("RolledBack") == 1
    assert verdicts.count("Serving") == 1


def test_and_stays_where_nobody_asks_for_it() -> None:
    simulation, _, second = promoted(policy())
    simulation.says = bad(lambda: second)
    simulation.run(120, step=10)
    assert simulation.in_traffic == {second: 4}
    assert simulation.condition("Ready") == ("False", "SignalFailed")


def test_and_stays_where_there_is_nothing_to_go_back_to() -> None:
    simulation = rolling_out(rollout={**CANARY, "historyLimit": 1})
    for version in (3, 4):
        simulation.run(1200, step=50)
        simulation.edit(image(version))
    simulation.run(1200, step=50)
    for name in [name for _, name in simulation.objects if name != simulation.status.serving_revision]:
        simulation.objects = {key: one for key, one in simulation.objects.items() if key[1] != name or key[1] == "bot"}
    simulation.policies = (RETURNS,)
    last = simulation.status.serving_revision
    simulation.says = bad(lambda: last)
    simulation.run(120, step=10)
    assert simulation.in_traffic == {last: 4}


def test_the_start_of_these_stories_lies_in_the_freeze() -> None:
    assert dt.datetime.fromisoformat(NOW_FROZEN["start"]).replace(tzinfo=dt.UTC) < START < ENDS


def test_a_service_that_complies_says_with_which() -> None:
    simulation = healthy(spec())
    simulation.policies = (policy("a"), policy("b"))
    simulation.settle()
    assert simulation.condition("PolicyCompliant") == ("True", "PolicySatisfied")
