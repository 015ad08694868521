"""Which decisions count, for which attempt; and that each takes effect once, whatever happens in between."""

import contextlib
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from harness.simulation import SECOND, Killed, Simulation
from leadsman.planner.decisions.rulings import of_no_service
from unit.planner.decisions.test_approvals import STAGED, candidate, later, missing, waiting
from unit.planner.inspector import Inspector
from unit.planner.stories import bad, image


def staged() -> Simulation:
    """Version 2 waits for an approval before its second stage."""
    simulation = waiting(rollout=STAGED)
    simulation.run(120, step=10)
    assert missing(simulation) == ["half"]
    return simulation


def test_what_counts_is_said_in_the_status_and_written_once() -> None:
    simulation = staged()
    name = simulation.decide("Approve", "alice")
    simulation.settle()
    [act] = simulation.acts
    assert act.name == name
    assert act.status.attempt == 2
    assert act.status.slots == ("half",)
    assert act.status.observed_generation == 1
    [condition] = act.status.conditions
    assert (condition.type, condition.observed_generation) == ("Counted", 1)
    assert condition.message == "counts for attempt 2 and fills half"
    writes = simulation.writes
    simulation.reconcile()
    assert simulation.writes == writes


def test_a_decision_binds_to_its_revision() -> None:
    simulation = staged()
    first = simulation.status.serving_revision
    acts = [simulation.decide("Approve", "alice", revision=one) for one in (first, "bot-0123456789")]
    simulation.settle()
    assert [simulation.ruling(one) for one in acts] == [("False", "OtherRevision")] * 2
    assert missing(simulation) == ["half"]


def test_a_decision_binds_to_the_attempt_in_which_it_was_made() -> None:
    simulation = staged()
    second = candidate(simulation)
    counted = simulation.decide("Approve", "alice")
    simulation.settle()
    simulation.decide("Abort", "alice")
    later(simulation, seconds=2)
    between = simulation.decide("Approve", "bob", revision=second)
    later(simulation, seconds=2)
    simulation.decide("Retry", "alice", revision=second)
    simulation.run(200, step=10)
    assert candidate(simulation) == second
    assert simulation.ruling(between) == ("False", "OtherRevision")
    assert simulation.ruling(counted) == ("True", "Counted"), "for attempt 2: it says how it was"
    assert missing(simulation) == ["half"]

    simulation.decide("Approve", "alice")
    simulation.settle()
    assert missing(simulation) == []


@pytest.mark.parametrize("ago", [dt.timedelta(minutes=30), dt.timedelta(hours=20)])
def test_what_is_older_than_the_attempt_does_not_count(ago: dt.timedelta) -> None:
    simulation = staged()
    simulation.now -= ago
    old = simulation.decide("Approve", "alice")
    simulation.now += ago
    simulation.settle()
    assert simulation.ruling(old) == ("False", "OtherAttempt")


def test_a_record_whose_age_nobody_knows_is_nothing_to_decide_on() -> None:
    simulation = staged()
    name = candidate(simulation)
    simulation.revisions[name] = replace(simulation.revisions[name], created_at=None)
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    assert simulation.ruling(act) == ("False", "OtherAttempt")


@pytest.mark.parametrize(("since", "counts"), [(None, False), (-11, True), (-9, False), (5, False)])
def test_only_what_was_made_under_intact_policies_counts(since: float | None, counts: bool) -> None:
    simulation = staged()
    simulation.protected_since = simulation.now + since * SECOND if since is not None else None
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    assert simulation.ruling(act) == (("True", "Counted") if counts else ("False", "NotProtected"))
    assert (missing(simulation) == []) == counts

    simulation.protected_since = simulation.now - dt.timedelta(days=1)
    simulation.settle()
    assert simulation.ruling(act) == (("True", "Counted") if counts else ("False", "NotProtected"))


def test_what_counted_stays_counted_when_the_policies_go() -> None:
    simulation = waiting(rollout=STAGED)
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    simulation.protected_since = None
    simulation.run(100, step=10)
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.in_traffic[candidate(simulation)] == 2


def test_a_decision_without_an_actor_is_nobodys() -> None:
    simulation = staged()
    act = simulation.decide("Approve", "alice")
    [made] = simulation.acts
    simulation.acts = (replace(made, spec=made.spec.model_copy(update={"actor": None})),)
    simulation.settle()
    assert simulation.ruling(act) == ("False", "NotProtected")


def test_an_expired_approval_does_not_count() -> None:
    simulation = staged()
    soon = (simulation.now + 60 * SECOND).isoformat()
    act = simulation.decide("Approve", "alice", expiresAt=soon)
    simulation.now += 61 * SECOND
    simulation.settle()
    assert simulation.ruling(act) == ("False", "Expired")


def test_an_approval_that_expires_in_time_is_asked_for_again() -> None:
    simulation = waiting(rollout=STAGED)
    act = simulation.decide("Approve", "alice", expiresAt=(simulation.now + 20 * SECOND).isoformat())
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.wake_at is not None
    assert simulation.wake_at <= simulation.now + 20 * SECOND
    simulation.run(120, step=10)
    assert simulation.ruling(act) == ("False", "Expired")
    assert missing(simulation) == ["half"]


def test_one_takes_back_what_one_decided_before_it_was_made_use_of() -> None:
    simulation = waiting(rollout=STAGED)
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    others = simulation.decide("Revoke", "mallory", revokes=act)
    nothing = simulation.decide("Revoke", "alice", revokes="act-0")
    own = simulation.decide("Revoke", "alice", revokes=act)
    twice = simulation.decide("Revoke", "alice", revokes=act)
    simulation.run(200, step=10)

    assert simulation.ruling(others) == ("False", "OtherActor")
    assert simulation.ruling(nothing) == ("False", "OtherAttempt")
    assert simulation.ruling(own) == ("True", "Counted")
    assert simulation.ruling(twice) == ("False", "NotApplicable")
    assert simulation.ruling(act) == ("False", "Revoked")
    assert missing(simulation) == ["half"]

    simulation.acts = tuple(one for one in simulation.acts if one.name != own)
    simulation.run(60)
    assert missing(simulation) == ["half"], "a Revoke that was purged still holds"


def test_anothers_is_taken_back_by_who_says_so_where_the_api_server_looked_whether_he_may() -> None:
    simulation = waiting(rollout=STAGED)
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    anothers = simulation.decide("Revoke", "rita", revokes=act, whose="Another")
    simulation.run(200, step=10)

    assert simulation.ruling(anothers) == ("True", "Counted")
    assert simulation.ruling(act) == ("False", "Revoked")
    assert missing(simulation) == ["half"]


def test_an_approval_that_was_purged_is_asked_for_again() -> None:
    simulation = waiting(rollout=STAGED)
    simulation.decide("Approve", "alice")
    simulation.settle()
    simulation.acts = ()
    simulation.run(120, step=10)
    assert missing(simulation) == ["half"]


def test_a_decision_that_takes_the_name_of_another_is_another() -> None:
    simulation = staged()
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    simulation.now += SECOND
    simulation.decide("Reject", "bob")
    simulation.acts = (replace(simulation.acts[-1], name=act),)
    simulation.settle()
    assert simulation.condition("Ready") == ("False", "Rejected")


def test_a_reject_is_heard_though_a_flood_of_approvals_came_before() -> None:
    simulation = staged()
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    simulation.settle()
    later(simulation, seconds=2)
    flood = [simulation.decide("Approve", "mallory", scope=["canary"]) for _ in range(120)]
    simulation.settle()
    assert simulation.ruling(flood[0]) == ("True", "Counted")
    assert simulation.ruling(flood[-1]) == ("False", "TooMany")
    simulation.decide("Reject", "alice")
    simulation.settle()
    assert simulation.condition("Ready") == ("False", "Rejected")


def test_decisions_that_came_while_nobody_looked_count_in_their_order() -> None:
    """The operator was down; a Reject vetoes, whoever approved before or after."""
    simulation = staged()
    simulation.restart()
    acts = [simulation.decide(one, who) for one, who in (("Approve", "alice"), ("Reject", "bob"), ("Approve", "cid"))]
    simulation.settle()
    assert [simulation.ruling(one) for one in acts] == [
        ("True", "Counted"),
        ("True", "Counted"),
        ("False", "OtherRevision"),
    ]
    assert simulation.condition("Ready") == ("False", "Rejected")
    assert simulation.condition("Stalled") == ("True", "Rejected")
    assert simulation.in_traffic == {simulation.status.serving_revision: 4}


@pytest.mark.parametrize("decision", ["Approve", "Reject", "Abort", "Promote", "Pause"])
@pytest.mark.parametrize("writes", range(6))
def test_a_crash_after_any_write_neither_loses_nor_repeats_a_decision(decision: str, writes: int) -> None:
    simulation = waiting(rollout=STAGED)
    Inspector(simulation)
    second = candidate(simulation)
    act = simulation.decide(decision, "alice")
    simulation.writes_left = writes
    with contextlib.suppress(Killed):
        simulation.reconcile()
    simulation.restart()
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    entries = [one for one in simulation.revisions[second].status.ledger.entries if one.type == "decision.counted"]  # pyright: ignore[reportOptionalMemberAccess]
    assert len(entries) == 1
    assert [one.name for one in simulation.revisions[second].status.decisions] == [act]


def test_the_status_of_a_decision_is_told_from_the_dossier() -> None:
    """A restore without the statuses of AIDecisions, or a status that somebody wrote."""
    simulation = staged()
    act = simulation.decide("Approve", "alice")
    simulation.settle()
    [told] = simulation.acts
    simulation.acts = (replace(told, status=type(told.status)()),)
    simulation.settle()
    assert simulation.acts == (told,)

    forged = simulation.decide("Approve", "bob", revision=simulation.status.serving_revision)
    simulation.acts = (told, replace(simulation.acts[-1], status=told.status))
    simulation.settle()
    assert simulation.ruling(act) == ("True", "Counted")
    assert simulation.ruling(forged) == ("False", "OtherRevision")


def test_decisions_do_not_survive_their_service() -> None:
    simulation = staged()
    simulation.decide("Approve", "alice")
    simulation.delete()
    simulation.now += SECOND
    simulation.create(simulation.raw)
    simulation.run(200, step=10)
    assert missing(simulation) == ["half"]


def test_a_decision_about_no_service_says_so_once() -> None:
    simulation = staged()
    simulation.decide("Approve", "alice")
    [ruling] = of_no_service(simulation.acts, simulation.now)
    assert ruling.status.conditions[0].reason == "UnknownService"
    told = (replace(simulation.acts[0], status=ruling.status),)
    assert not list(of_no_service(told, simulation.now))


def test_closing_an_incident_that_is_not_there_says_so_and_does_nothing() -> None:
    simulation = staged()
    before = simulation.revisions
    act = simulation.decide("CloseIncident", "alice", incident="chat-1")
    simulation.settle()
    assert simulation.ruling(act) == ("False", "NotApplicable")
    assert simulation.revisions == before


def edits(raw: dict[str, Any]) -> None:
    image(3)(raw)


def test_another_digest_leaves_the_approvals_of_the_old_one_behind() -> None:
    simulation = waiting(rollout=STAGED)
    simulation.decide("Approve", "alice")
    simulation.settle()
    simulation.now += SECOND
    simulation.edit(edits)
    simulation.run(200, step=10)
    assert missing(simulation) == ["half"]


def test_a_rollback_waits_for_nobody() -> None:
    simulation = staged()
    second = candidate(simulation)
    simulation.says = bad(lambda: second)
    simulation.decide("Pause", "alice")
    simulation.read()
    simulation.settle()
    assert simulation.verdict(second) == "RolledBack"


def test_it_is_said_where_decisions_are_void() -> None:
    simulation = staged()
    assert simulation.condition("EvidenceDegraded") is None
    simulation.protected_since = None
    simulation.settle()
    simulation.settle()
    assert simulation.condition("EvidenceDegraded") == ("True", "AdmissionMissing")
    told = [one for one in simulation.events if one.reason == "AdmissionMissing"]
    assert [one.type for one in told] == ["Warning"]

    simulation.protected_since = simulation.now
    simulation.settle()
    assert simulation.condition("EvidenceDegraded") is None


def test_where_nobody_has_to_decide_it_does_not_matter() -> None:
    simulation = waiting()
    simulation.protected_since = None
    simulation.settle()
    assert simulation.condition("EvidenceDegraded") is None
