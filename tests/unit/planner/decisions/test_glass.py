"""In an emergency: what one person may pass, what nobody may, and who looks at it afterwards."""

import datetime as dt
from typing import Any

import pytest

from harness.laboratory import EXTERNAL
from harness.simulation import Simulation
from leadsman.planner.decisions.counted import ROOM
from unit.planner.decisions.test_approvals import STAGED, candidate, later
from unit.planner.policies.given import policy
from unit.planner.stories import bad, image, serving

GATE = {"name": "quality", "suite": "ci"}
FROZEN = {"name": "now", "start": "2026-11-01T00:00:00", "end": "2026-12-01T00:00:00"}


def held(*policies: Any, **changes: Any) -> Simulation:
    """Version 2, by erin, waits for results, for an approval and for the end of a freeze; version 1 serves."""
    simulation, _ = serving()
    simulation.laboratory.write_suite("ci", EXTERNAL, simulation.now)
    simulation.policies = (policy("house", freezes=[FROZEN]), *policies)
    asked = {"change": {"author": "erin"}, "rollout": STAGED, "gates": [GATE], **changes}
    simulation.edit(lambda raw: raw.update(asked))
    simulation.edit(image(2))
    simulation.run(30, step=10)
    return simulation


def breaks(simulation: Simulation, who: str = "carol", **spec: Any) -> str:
    act = simulation.decide("BreakGlass", who, incident="inc-1", **spec)
    simulation.settle()
    return act


def reviews(simulation: Simulation, who: str, incident: str = "inc-1") -> tuple[str, str] | None:
    act = simulation.decide("CloseIncident", who, incident=incident, revision=None)
    simulation.settle()
    return simulation.ruling(act)


def message(simulation: Simulation, type_: str) -> str:
    return next(one.message for one in simulation.status.conditions if one.type == type_)


def test_it_passes_gates_approvals_freezes_and_holds_and_says_so() -> None:
    simulation = held()
    assert {one.type for one in simulation.status.blockers} == {"Gate", "Freeze"}
    second = candidate(simulation)
    act = breaks(simulation)
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.condition("BreakGlassActive") == ("True", "BreakGlass")
    assert message(simulation, "BreakGlassActive").startswith("carol broke the glass for inc-1, until ")
    simulation.run(60, step=10)  # far less than the stages hold
    assert simulation.status.serving_revision == second
    assert simulation.condition("Ready") == ("True", "Baking")
    entered = [one for one in simulation.entries if one.type in {"stage.entered", "promotion.decided"}][-3:]
    assert {one.facts["because"] for one in entered} == {f"the glass is broken ({act}, inc-1)"}
    [waived] = [one for one in simulation.entries if one.type == "gate.waived"]
    assert waived.facts["decision"] == act
    [counted] = [one for one in simulation.entries if one.type == "decision.counted"]
    assert counted.facts["incident"] == "inc-1"
    assert [one.type for one in simulation.events if one.reason == "DecisionCounted"] == ["Warning"]


def test_it_passes_no_policy_that_forbids_no_gate_that_nobody_may_waive_and_no_pause() -> None:
    asked = policy("safe", requiredGates=[{"name": "s", "suiteLabels": {"topic": "safety"}, "waivable": "Refused"}])
    simulation = held(asked, policy("pinned", provenance={"digest": "Required"}))
    simulation.request = "Pause"
    breaks(simulation)
    simulation.run(60, step=10)
    held_by = [(one.type, one.name) for one in simulation.status.blockers]
    assert held_by == [
        ("Policy", "pinned/provenance.digest"),
        ("Gate", "policy/safe/s"),
        ("Pause", "leadsman.dev/request"),
    ]
    assert len(simulation.in_traffic) == 1


def test_what_pods_and_signals_say_still_sends_it_back() -> None:
    simulation = held()
    second = candidate(simulation)
    simulation.says = bad(lambda: second)
    breaks(simulation)
    simulation.run(60, step=10)
    assert simulation.verdict(second) == "RolledBack"
    again = breaks(simulation, revision=second)
    assert simulation.ruling(again) == ("False", "OtherRevision")
    assert len(simulation.in_traffic) == 1


def test_it_lasts_four_hours_at_most() -> None:
    simulation = held()
    simulation.request = "Pause"
    long = breaks(simulation, expiresAt=(simulation.now + dt.timedelta(hours=5)).isoformat())
    assert simulation.ruling(long) == ("False", "TooLong")
    act = breaks(simulation)
    later(simulation, hours=3, minutes=59)
    assert simulation.condition("BreakGlassActive") is not None
    wakes = simulation.reconcile().wake_at
    assert wakes is not None
    assert wakes <= simulation.now + dt.timedelta(minutes=1)
    later(simulation, minutes=1)
    assert simulation.ruling(act) == ("False", "Expired")
    assert simulation.condition("BreakGlassActive") is None
    simulation.request = ""
    simulation.run(60, step=10)
    assert len(simulation.in_traffic) == 1
    assert ("Gate", "quality") in {(one.type, one.name) for one in simulation.status.blockers}


def promoted() -> Simulation:
    """By a broken glass; nothing is asked of later revisions."""
    simulation = held()
    breaks(simulation)
    simulation.policies = ()
    simulation.run(800, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")
    simulation.edit(lambda raw: raw.update(gates=[], rollout=STAGED | {"stages": STAGED["stages"][:1]}))
    return simulation


def next_is_held(simulation: Simulation, version: int = 3) -> None:
    simulation.edit(image(version))
    simulation.run(60, step=10)
    assert ("Review", "GlassUnreviewed") in {(one.type, one.reason) for one in simulation.status.blockers}
    assert len(simulation.in_traffic) == 1


def test_the_next_revision_waits_until_somebody_else_has_reviewed_it() -> None:
    simulation = promoted()
    assert simulation.condition("ReviewDue") == ("True", "GlassUnreviewed")
    next_is_held(simulation)
    [blocker] = [one for one in simulation.status.blockers if one.type == "Review"]
    assert blocker.unblock == "leadsman close-incident bot -n shop --incident inc-1"
    assert reviews(simulation, "carol") == ("False", "OwnChange")
    assert reviews(simulation, "erin") == ("False", "OwnChange")
    assert reviews(simulation, "alice", "inc-2") == ("False", "NotApplicable")
    assert reviews(simulation, "system:serviceaccount:ci:bot") == ("False", "ServiceAccount")
    next_is_held(simulation, 4)
    later(simulation, hours=49)
    [blocker] = [one for one in simulation.status.blockers if one.type == "Review"]
    assert blocker.message.endswith("it is overdue")
    assert reviews(simulation, "alice") == ("True", "Counted")
    assert simulation.condition("ReviewDue") is None
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")


@pytest.mark.parametrize("how", ["deletes the decision", "makes the service anew", "restarts the operator"])
def test_nobody_gets_around_the_review(how: str) -> None:
    simulation = promoted()
    if how == "deletes the decision":
        simulation.acts = ()
    elif how == "makes the service anew":
        simulation.delete()
        simulation.now += dt.timedelta(seconds=1)
        simulation.create(simulation.raw)
        simulation.run(400, step=50)
    else:
        simulation.restart()
    next_is_held(simulation)


def test_no_flood_of_decisions_washes_it_away() -> None:
    simulation = held()
    simulation.request = "Pause"
    second = candidate(simulation)
    act = breaks(simulation)
    simulation.decide("Abort", "carol")
    simulation.settle()
    simulation.now += dt.timedelta(seconds=1)
    simulation.decide("Retry", "carol", revision=second)
    simulation.settle()
    for _ in range(ROOM + 5):
        simulation.decide("Pause", "carol", revision=second)
    simulation.settle()
    counted = simulation.revisions[second].status.decisions
    assert len(counted) == ROOM
    assert counted[0].name == act
    assert [one.name for one in simulation.status.blockers if one.type == "Review"] == [act]


def test_one_at_a_time() -> None:
    simulation = held()
    simulation.request = "Pause"
    breaks(simulation)
    again = simulation.decide("BreakGlass", "dave", incident="inc-2")
    simulation.settle()
    assert simulation.ruling(again) == ("False", "GlassUnreviewed")


def test_it_is_void_where_nobody_can_tell_who_did_it() -> None:
    simulation = held()
    simulation.protected_since = None
    act = breaks(simulation)
    assert simulation.ruling(act) == ("False", "NotProtected")
    assert len(simulation.in_traffic) == 1


def test_who_broke_it_may_mend_it_and_it_is_reviewed_all_the_same() -> None:
    simulation = held()
    simulation.request = "Pause"
    act = breaks(simulation)
    simulation.now += dt.timedelta(seconds=1)
    simulation.decide("Revoke", "carol", revokes=act)
    simulation.request = ""
    simulation.run(60, step=10)
    assert simulation.ruling(act) == ("False", "Revoked")
    assert simulation.condition("BreakGlassActive") is None
    assert len(simulation.in_traffic) == 1
    assert simulation.condition("ReviewDue") == ("True", "GlassUnreviewed")
