"""Who has to approve, told as those who wait for it see it."""

import copy
import datetime as dt
from typing import Any

import pytest

from harness.laboratory import EXTERNAL
from harness.simulation import Simulation
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.governance import Policy
from unit.planner.stories import CANARY, bad, healthy, image, serving, spec

CHANGE = {"author": "erin"}
STAGED: dict[str, Any] = {
    **CANARY,
    "stages": [CANARY["stages"][0], {**CANARY["stages"][1], "approval": "Required"}],
}
OFFICER = {"name": "risk", "role": "risk-officer", "groups": ["ai-risk"]}
OWNER = {"name": "owner", "role": "owner"}


def policy(*requirements: dict[str, Any], name: str = "high-risk", **asked: Any) -> Policy:
    found = GovernancePolicySpec.from_dict({"approvals": {"requirements": list(requirements), **asked}})
    return Policy(name=name, spec=found, judged=True)


def waiting(*policies: Policy, **changes: Any) -> Simulation:
    """Version 2 is the candidate, and version 1 serves."""
    simulation, _ = serving()
    simulation.policies = policies
    written = copy.deepcopy({"change": CHANGE} | changes)
    simulation.edit(lambda raw: raw.update({key: value for key, value in written.items() if value is not None}))
    simulation.edit(image(2))
    simulation.run(30, step=10)
    return simulation


def missing(simulation: Simulation) -> list[str]:
    return [one.name for one in simulation.status.blockers if one.type == "Approval"]


def approvals(simulation: Simulation) -> str | None:
    return simulation.status.summary.approvals if simulation.status.summary else None


def candidate(simulation: Simulation) -> str:
    assert simulation.status.candidate_revision is not None
    return simulation.status.candidate_revision


def later(simulation: Simulation, **passed: float) -> None:
    simulation.now += dt.timedelta(**passed)
    simulation.read()
    simulation.settle()


# Stages.


def test_a_stage_waits_for_somebody_other_than_the_author() -> None:
    simulation = waiting(rollout=STAGED)
    simulation.run(200, step=10)
    assert simulation.in_traffic[candidate(simulation)] == 1
    assert simulation.condition("Ready") == ("False", "AwaitingApproval")
    assert simulation.condition("Approved") == ("False", "AwaitingApproval")
    assert simulation.condition("Stalled") is None
    assert missing(simulation) == ["half"]
    [blocker] = [one for one in simulation.status.blockers if one.type == "Approval"]
    assert "somebody other than erin" in blocker.message
    assert blocker.unblock == f"leadsman approve bot -n shop --revision {candidate(simulation)} --scope half"
    assert approvals(simulation) == "0/1"

    own = simulation.decide("Approve", "Erin")
    simulation.settle()
    assert simulation.ruling(own) == ("False", "OwnChange")
    assert missing(simulation) == ["half"]

    good = simulation.decide("Approve", "alice")
    simulation.settle()
    assert simulation.ruling(good) == ("True", "Counted")
    assert simulation.in_traffic[candidate(simulation)] == 2
    assert approvals(simulation) == "1/1"
    assert simulation.condition("Approved") == ("True", "ApprovalsComplete")
    [entry] = [one for one in simulation.entries if one.type == "decision.counted"]
    assert entry.actor is not None
    assert entry.actor.username == "alice"
    [counted] = simulation.revisions[candidate(simulation)].status.decisions
    assert (counted.name, counted.attempt, counted.slots) == (good, 2, ("half",))


def test_a_first_revision_needs_every_approval_before_traffic() -> None:
    simulation = healthy(spec(rollout=STAGED, change=CHANGE))
    simulation.run(60)
    assert simulation.in_traffic == {}
    assert not simulation.asked(candidate(simulation))
    assert missing(simulation) == ["half"]

    simulation.decide("Approve", "alice", scope=["half"])
    simulation.settle()
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


def test_an_approval_with_a_scope_is_for_these_stages_only() -> None:
    stages = [{**stage, "approval": "Required"} for stage in CANARY["stages"]]
    simulation = waiting(policy(OWNER, before="Promotion"), rollout={**CANARY, "stages": stages})
    simulation.decide("Approve", "alice", scope=["canary"], role="owner")
    simulation.run(300, step=10)
    assert missing(simulation) == ["half"]

    simulation.decide("Approve", "alice", scope=["half"], role="owner")
    simulation.run(300, step=10)
    assert missing(simulation) == ["high-risk/owner"]

    simulation.decide("Approve", "alice", role="owner")
    simulation.run(900, step=20)
    assert simulation.condition("Ready") == ("True", "Promoted")
    assert simulation.condition("Approved") == ("True", "ApprovalsComplete")


def test_no_deadline_runs_while_somebody_is_waited_for() -> None:
    simulation = waiting(rollout=STAGED | {"progressDeadlineSeconds": 60})
    simulation.run(120, step=10)
    assert missing(simulation) == ["half"]
    simulation.pod_gets_ready = lambda _: False
    for thing in simulation.objects.values():
        for pod in thing.pods:
            pod.ready = thing.name != candidate(simulation)
    later(simulation, hours=3)
    later(simulation, hours=3)

    assert simulation.verdict(candidate(simulation)) == "RollingOut"
    assert simulation.status.progress is not None
    assert simulation.status.progress.remaining_seconds == 60


def test_what_fails_goes_back_whatever_was_approved_or_is_awaited() -> None:
    simulation = waiting(rollout=STAGED)
    simulation.run(120, step=10)
    second = candidate(simulation)
    simulation.says = bad(lambda: second)
    later(simulation, seconds=10)
    assert simulation.verdict(second) == "RolledBack"


# Policies.


def test_a_policy_names_its_slots_and_who_may_fill_them() -> None:
    simulation = waiting(policy(OFFICER | {"count": 2}, OWNER))
    assert missing(simulation) == ["high-risk/risk", "high-risk/owner"]
    assert approvals(simulation) == "0/3"
    first = simulation.status.blockers[0]
    assert "0 of 2 approved; a risk-officer of ai-risk other than erin" in first.message
    assert first.unblock.endswith("--role risk-officer")

    wrong_group = simulation.decide("Approve", "zoe", "devs,ai-risk-readers", role="risk-officer")
    wrong_role = simulation.decide("Approve", "yan", "ai-risk", role="auditor")
    simulation.decide("Approve", "alice", "devs,ai-risk", role="risk-officer")
    simulation.settle()
    assert simulation.ruling(wrong_group) == simulation.ruling(wrong_role) == ("True", "Counted")
    assert approvals(simulation) == "1/3"

    twice = simulation.decide("Approve", "alice", "ai-risk", role="risk-officer")
    other = simulation.decide("Approve", "alice", "ai-risk", role="owner")
    simulation.settle()
    assert approvals(simulation) == "1/3", "one person fills one slot of a policy"
    assert simulation.in_traffic.keys() == {simulation.status.serving_revision}
    slots = {one.name: one.slots for one in simulation.revisions[candidate(simulation)].status.decisions}
    assert [len(slots[name]) for name in (twice, other)] in ([0, 0], [0, 1], [1, 0])

    simulation.decide("Approve", "bob", "ai-risk", role="risk-officer")
    simulation.decide("Approve", "cid", role="owner")
    simulation.settle()
    assert approvals(simulation) == "3/3"
    assert candidate(simulation) in simulation.in_traffic


def test_people_are_matched_so_that_no_slot_stays_empty_that_could_be_filled() -> None:
    simulation = waiting(policy(OFFICER, OWNER))
    simulation.decide("Approve", "alice", "ai-risk", role="risk-officer")
    simulation.decide("Approve", "alice", "ai-risk", role="owner")
    simulation.decide("Approve", "bob", "ai-risk", role="risk-officer")
    simulation.settle()
    assert missing(simulation) == []
    assert candidate(simulation) in simulation.in_traffic


def test_one_person_may_sign_for_two_policies() -> None:
    simulation = waiting(policy(OWNER), policy(OWNER, name="other"))
    act = simulation.decide("Approve", "alice", role="owner")
    simulation.settle()
    assert approvals(simulation) == "2/2"
    assert simulation.acts[-1].name == act
    assert simulation.acts[-1].status.slots == ("high-risk/owner", "other/owner")


@pytest.mark.parametrize(("before", "reached"), [("Traffic", 0), ("50", 1), ("Promotion", 2)])
def test_a_policy_says_before_what(before: str, reached: int) -> None:
    simulation = waiting(policy(OWNER, before=before))
    simulation.run(600, step=20)
    assert simulation.in_traffic.get(candidate(simulation), 0) == reached
    assert missing(simulation) == ["high-risk/owner"]


def test_an_approval_lapses_and_may_be_given_again() -> None:
    simulation = waiting(policy(OWNER, before="Promotion", ttlHours=1))
    act = simulation.decide("Approve", "alice", role="owner")
    simulation.settle()
    assert approvals(simulation) == "1/1"
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    simulation.settle()
    act = simulation.decide("Approve", "alice", role="owner")
    later(simulation, seconds=1)
    act = simulation.decide("Approve", "alice", role="owner")
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.wake_at is not None

    later(simulation, hours=1, seconds=1)
    assert simulation.ruling(act) == ("False", "Expired")
    assert missing(simulation) == ["high-risk/owner"] or simulation.status.blockers[0].type == "Pause"
    assert approvals(simulation) == "0/1"

    simulation.decide("Approve", "bob", role="owner")
    simulation.settle()
    assert approvals(simulation) == "1/1"


def test_where_duties_are_separated_somebody_has_to_say_who_made_the_change() -> None:
    simulation = waiting(policy(OWNER), change=None)
    simulation.decide("Approve", "alice", role="owner")
    simulation.settle()
    assert missing(simulation) == ["high-risk/owner"]
    [blocker] = simulation.status.blockers
    assert blocker.unblock == "write spec.change.author"

    simulation.edit(lambda raw: raw.update(change={"author": "alice"}))
    simulation.settle()
    assert approvals(simulation) == "0/1"
    simulation.decide("Approve", "bob", role="owner")
    simulation.settle()
    assert candidate(simulation) in simulation.in_traffic


def test_the_author_may_approve_where_a_policy_says_so() -> None:
    simulation = waiting(policy(OWNER, separationOfDuties="Optional"))
    act = simulation.decide("Approve", "erin", role="owner")
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert candidate(simulation) in simulation.in_traffic


def test_nobody_approves_on_his_own_evidence() -> None:
    simulation, _ = serving(spec(change=CHANGE))
    simulation.policies = (policy(OWNER),)
    simulation.laboratory.write_suite("ci", EXTERNAL, simulation.now)
    simulation.edit(lambda raw: raw.update(gates=[{"name": "ci", "suite": "ci"}]))
    simulation.edit(image(2))
    simulation.settle()
    revision = simulation.revisions[candidate(simulation)]
    reference = {"name": revision.name, "digest": revision.spec.digest}
    simulation.laboratory.submit("bot", reference, "ci", simulation.now, submittedBy={"username": "finn"})
    simulation.decide("Approve", "finn", role="owner")
    simulation.settle()
    assert missing(simulation) == ["high-risk/owner"]

    simulation.decide("Approve", "alice", role="owner")
    simulation.settle()
    assert candidate(simulation) in simulation.in_traffic


@pytest.mark.parametrize(("accounts", "counted"), [("Refused", "ServiceAccount"), ("Allowed", "Counted")])
def test_service_accounts_sign_only_where_a_policy_lets_them(accounts: str, counted: str) -> None:
    simulation = waiting(policy(OWNER, serviceAccounts=accounts))
    act = simulation.decide("Approve", "system:serviceaccount:ci:deployer", role="owner")
    simulation.settle()
    assert simulation.ruling(act) == (("True" if accounts == "Allowed" else "False"), counted)
    assert (candidate(simulation) in simulation.in_traffic) == (accounts == "Allowed")


# Terms.


def test_approvals_bind_to_the_terms() -> None:
    simulation = waiting(rollout=STAGED)
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")

    later(simulation, seconds=1)
    before = simulation.raw["monitors"]
    simulation.edit(lambda raw: raw.update(monitors=[]))
    simulation.run(300, step=10)
    assert simulation.ruling(act) == ("False", "ApprovalStale")
    assert missing(simulation) == ["half"]
    assert f"the terms have changed since {act}" in simulation.status.blockers[0].message

    simulation.edit(lambda raw: raw.update(monitors=before))
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert missing(simulation) == []


def test_an_approval_from_before_terms_that_nobody_saw_change_does_not_count() -> None:
    """The operator was down meanwhile."""
    simulation = waiting(rollout=STAGED)
    simulation.now += dt.timedelta(seconds=5)
    act = simulation.decide("Approve", "alice")
    simulation.now += dt.timedelta(seconds=5)
    simulation.edit(lambda raw: raw.update(monitors=[]))
    simulation.restart()
    simulation.now += dt.timedelta(seconds=5)
    simulation.run(300, step=10)
    assert simulation.ruling(act) == ("False", "ApprovalStale")
    assert missing(simulation) == ["half"]

    simulation.decide("Approve", "alice")
    simulation.settle()
    assert missing(simulation) == []
