"""What each decision does, told as whoever makes it sees it."""

import datetime as dt

import pytest

from harness.laboratory import EXTERNAL, JOB
from harness.simulation import SECOND, Simulation
from unit.planner.decisions.test_approvals import STAGED, candidate, later, missing, waiting
from unit.planner.stories import CANARY, bad, image, says, serving, spec

QUALITY = {"name": "quality", "suite": "qa"}


def gated(outcome: str | None) -> Simulation:
    """Version 2 is evaluated."""
    simulation, _ = serving()
    simulation.laboratory.write_suite("qa", JOB, simulation.now)
    simulation.laboratory.says = lambda _: outcome  # pyright: ignore[reportAttributeAccessIssue]
    simulation.edit(lambda raw: raw.update(gates=[QUALITY]))
    simulation.edit(image(2))
    simulation.run(20, step=10)
    return simulation


def until(simulation: Simulation, **after: float) -> str:
    return (simulation.now + dt.timedelta(**after)).isoformat()


def rolled_back() -> tuple[Simulation, str]:
    simulation = waiting()
    second = candidate(simulation)
    simulation.says = bad(lambda: second)
    later(simulation, seconds=10)
    assert simulation.verdict(second) == "RolledBack"
    simulation.says = says("Passed")
    later(simulation, seconds=60)
    return simulation, second


# Reject and Abort.


@pytest.mark.parametrize(("decision", "reason"), [("Reject", "Rejected"), ("Abort", "Aborted")])
def test_it_ends_and_does_not_start_again_by_itself(decision: str, reason: str) -> None:
    simulation = waiting()
    first, second = simulation.status.serving_revision, candidate(simulation)
    act = simulation.decide(decision, "alice")
    simulation.settle()
    later(simulation, seconds=60)

    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic == {first: 4}
    assert simulation.pods(second) == 0
    assert simulation.verdict(second) == reason
    assert simulation.condition("Ready") == ("False", reason)
    assert simulation.condition("Stalled") == ("True", reason)
    assert not simulation.status.quarantine
    said = simulation.revisions[second].status.message
    assert f"by alice ({act}): looked at it with care" in said

    simulation.restart()
    simulation.edit(lambda raw: raw.update(replicas=4))
    simulation.run(600, step=60)
    assert simulation.in_traffic == {first: 4}
    simulation.edit(image(3))
    simulation.run(900, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")


# Retry.


def test_a_quarantine_lasts_until_somebody_decides_to_retry() -> None:
    simulation, second = rolled_back()
    act = simulation.decide("Retry", "alice", revision=second)
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert candidate(simulation) == second
    assert not simulation.status.quarantine
    later(simulation, seconds=10)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    simulation.run(900, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")


def test_a_retry_is_for_one_attempt() -> None:
    simulation, second = rolled_back()
    simulation.decide("Retry", "alice", revision=second)
    simulation.settle()
    simulation.says = bad(lambda: second)
    later(simulation, seconds=10)
    later(simulation, seconds=60)
    assert simulation.verdict(second) == "RolledBack"
    simulation.restart()
    simulation.run(300, step=20)
    assert simulation.status.candidate_revision is None
    assert simulation.condition("Stalled") == ("True", "RevisionQuarantined")


def test_a_retry_asks_for_fresh_evidence() -> None:
    simulation = gated("Passed")
    second = candidate(simulation)
    assert simulation.in_traffic[second] == 1
    simulation.decide("Abort", "alice")
    later(simulation, seconds=30)
    simulation.laboratory.says = lambda _: None
    simulation.decide("Retry", "alice", revision=second)
    later(simulation, seconds=10)
    assert second not in simulation.in_traffic
    assert len(simulation.laboratory.runs) == 2
    simulation.laboratory.says = lambda _: "Passed"
    simulation.settle()
    assert second in simulation.in_traffic


def test_there_is_nothing_to_retry_where_nothing_was_stopped() -> None:
    simulation = waiting()
    acts = [
        simulation.decide("Retry", "alice"),
        simulation.decide("Retry", "alice", revision=simulation.status.serving_revision),
    ]
    simulation.settle()
    assert [simulation.ruling(act) for act in acts] == [("False", "NotApplicable")] * 2


def test_what_was_retried_while_something_else_is_wanted_starts_once_it_is_wanted_again() -> None:
    simulation, second = rolled_back()
    simulation.edit(image(3))
    simulation.run(900, step=20)
    simulation.decide("Retry", "alice", revision=second)
    simulation.settle()
    assert simulation.condition("Ready") == ("True", "Promoted")
    simulation.edit(image(2))
    simulation.settle()
    assert candidate(simulation) == second


# Pause, Resume, and the annotation.


def test_a_pause_holds_until_it_is_lifted() -> None:
    simulation = waiting()
    act = simulation.decide("Pause", "alice", revision=None)
    simulation.run(600, step=20)
    assert simulation.status.stage is not None
    assert simulation.status.stage.name == "canary"
    assert simulation.condition("Ready") == ("False", "Paused")
    [blocker] = [one for one in simulation.status.blockers if one.type == "Pause"]
    assert blocker.name == f"{act} by alice"
    assert blocker.unblock == "leadsman resume bot -n shop"

    lifted = simulation.decide("Resume", "bob")
    nothing = simulation.decide("Resume", "bob")
    simulation.settle()
    assert simulation.ruling(lifted) == ("True", "Counted")
    assert simulation.ruling(nothing) == ("False", "NotApplicable")
    assert simulation.in_traffic[candidate(simulation)] == 2


def test_a_pause_may_end_by_itself() -> None:
    simulation = waiting()
    act = simulation.decide("Pause", "alice", expiresAt=until(simulation, seconds=120))
    simulation.run(100, step=10)
    assert simulation.in_traffic[candidate(simulation)] == 1
    simulation.run(40, step=10)
    assert simulation.ruling(act) == ("False", "Expired")
    assert simulation.in_traffic[candidate(simulation)] == 2


def test_the_annotation_pauses_for_as_long_as_it_is_there() -> None:
    simulation = waiting()
    simulation.request = "Pause"
    simulation.run(300, step=20)
    assert simulation.condition("Ready") == ("False", "Paused")
    assert simulation.in_traffic[candidate(simulation)] == 1
    simulation.request = "Resume"
    simulation.settle()
    assert simulation.in_traffic[candidate(simulation)] == 2


def test_the_annotation_lifts_no_pause_that_somebody_decided() -> None:
    simulation = waiting()
    simulation.decide("Pause", "alice")
    simulation.settle()
    simulation.request = "Resume"
    simulation.run(300, step=20)
    assert simulation.condition("Ready") == ("False", "Paused")


def test_the_annotation_aborts_once() -> None:
    simulation = waiting()
    second = candidate(simulation)
    simulation.request = "Abort"
    simulation.settle()
    assert simulation.condition("Stalled") == ("True", "Aborted")

    simulation.restart()
    later(simulation, seconds=60)
    simulation.edit(image(3))
    simulation.run(30, step=10)
    third = candidate(simulation)
    assert third != second
    assert third in simulation.in_traffic, "an annotation that was left there ends no later attempt"

    simulation.request = ""
    simulation.settle()
    simulation.request = "Abort"
    simulation.settle()
    assert simulation.verdict(third) == "Aborted"


# Promote.


def test_a_promote_skips_holds_and_requests_and_nothing_else() -> None:
    stages = [{**CANARY["stages"][0], "minRequests": 10**6}, {**CANARY["stages"][1], "approval": "Required"}]
    simulation = waiting(rollout={**CANARY, "stages": stages})
    second = candidate(simulation)
    act = simulation.decide("Promote", "alice")
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic[second] == 1
    assert missing(simulation) == ["half"]
    simulation.decide("Approve", "alice")
    simulation.says = says("Inconclusive")
    later(simulation, seconds=10)
    assert simulation.in_traffic[second] == 1, "evidence is not skipped"
    simulation.says = says("Passed")
    simulation.run(30, step=10)
    assert simulation.in_traffic == {second: 4}


# Waive.


def test_a_waiver_stands_in_for_a_gate_while_it_lasts() -> None:
    simulation = gated("Failed")
    second = candidate(simulation)
    assert simulation.condition("Stalled") == ("True", "GateFailed")
    act = simulation.decide("Waive", "alice", scope=["quality"], expiresAt=until(simulation, hours=1))
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic[second] == 1
    [gate] = simulation.revisions[second].status.gates
    assert (gate.state, gate.run) == ("Waived", act)
    assert simulation.condition("GatesPassed") == ("True", "GatesOpen")
    assert simulation.status.summary is not None
    assert simulation.status.summary.gates == "1/1"
    assert [one.type for one in simulation.entries if one.type.startswith("gate.")] == ["gate.failed", "gate.waived"]

    simulation.decide("Pause", "bob")
    simulation.settle()
    later(simulation, hours=1, seconds=1)
    assert simulation.ruling(act) == ("False", "Expired")
    [gate] = simulation.revisions[second].status.gates
    assert gate.state == "Failed"
    assert simulation.in_traffic[second] == 1


def test_what_is_waived_is_not_evaluated() -> None:
    simulation = gated(None)
    second = candidate(simulation)
    simulation.decide("Waive", "alice", scope=["quality"], expiresAt=until(simulation, days=1))
    simulation.run(900, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.status.serving_revision == second


def test_a_waiver_may_be_taken_back() -> None:
    simulation = gated(None)
    act = simulation.decide("Waive", "alice", scope=["quality"], expiresAt=until(simulation, days=1))
    simulation.settle()
    assert simulation.in_traffic[candidate(simulation)] == 1
    simulation.decide("Revoke", "alice", revokes=act)
    simulation.run(600, step=20)
    assert simulation.in_traffic[candidate(simulation)] == 1
    assert [one.name for one in simulation.status.blockers if one.type == "Gate"] == ["quality"]


@pytest.mark.parametrize(
    ("scope", "reason"), [("safety", "NotWaivable"), ("budget", "NotWaivable"), ("incident/chat-1", "NotWaivable")]
)
def test_what_there_is_not_nobody_waives(scope: str, reason: str) -> None:
    simulation = gated("Failed")
    act = simulation.decide("Waive", "alice", scope=["quality", scope], expiresAt=until(simulation, days=1))
    simulation.settle()
    assert simulation.ruling(act) == ("False", reason)
    assert candidate(simulation) not in simulation.in_traffic


def test_a_waiver_is_of_one_attempt() -> None:
    simulation = gated("Failed")
    second = candidate(simulation)
    simulation.decide("Waive", "alice", scope=["quality"], expiresAt=until(simulation, days=1))
    simulation.settle()
    simulation.decide("Abort", "alice")
    later(simulation, seconds=30)
    simulation.decide("Retry", "alice", revision=second)
    later(simulation, seconds=30)
    assert second not in simulation.in_traffic
    assert simulation.condition("Stalled") == ("True", "GateFailed")


def test_an_external_gate_may_be_waived_before_anybody_submits() -> None:
    simulation, _ = serving(spec())
    simulation.laboratory.write_suite("ci", EXTERNAL, simulation.now)
    simulation.edit(lambda raw: raw.update(gates=[{"name": "ci", "suite": "ci"}], rollout=STAGED))
    simulation.edit(image(2))
    simulation.run(20, step=10)
    assert candidate(simulation) not in simulation.in_traffic
    simulation.now += SECOND
    simulation.decide("Waive", "alice", scope=["ci"], expiresAt=until(simulation, days=1))
    simulation.settle()
    assert candidate(simulation) in simulation.in_traffic
