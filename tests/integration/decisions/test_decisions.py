"""People decide, the API server says who they are, and the operator counts: what goes on, and what does not."""

import datetime as dt
import json
from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.guards import decision
from harness.ledgers import ledger
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, canary, condition_of, is_held_by, is_promoted, says
from harness.services import ai_service
from harness.waiting import eventually
from integration.admission.people import ALICE, CAROL, ERIN, MALLORY, PETRA, WANDA
from integration.decisions.conftest import until_decisions_count
from leadsman.controller import clock

pytestmark = pytest.mark.integration

APPROVED = canary({"name": "some", "weight": 50, "approval": "Required"})


def waiting(space: Space, **spec: Any) -> str:
    """A revision of `chat` that waits for an approval; erin wrote it."""
    space.apply(ai_service("chat", "1", rollout=APPROVED, change={"author": "erin"}, **spec))
    seen = space.wait("AIService", "chat", is_held_by("AwaitingApproval"))
    return seen["status"]["candidateRevision"]


def decide(space: Space, who: tuple[str, ...], what: str, name: str, **spec: Any) -> Any:
    made = decision(what, name=name, **spec)
    made["spec"] = {key: value for key, value in made["spec"].items() if value is not None}
    return space.kubectl(*who, "create", "-f", "-", stdin=json.dumps(made), check=False)


def ruled(space: Space, name: str) -> tuple[str, str]:
    """What became of it, once the operator has said so."""
    seen = space.wait("AIDecision", name, lambda seen: bool(seen.get("status", {}).get("conditions")))
    (found,) = seen["status"]["conditions"]
    assert found["observedGeneration"] == seen["status"]["observedGeneration"] == seen["metadata"]["generation"]
    return found["status"], found["reason"]


def takes_no_traffic(space: Space) -> None:
    """Nobody approved it, so nothing of it runs."""
    seen = space.get("aiservice", "chat")
    assert "servingRevision" not in seen["status"]
    assert seen["status"]["summary"]["approvals"] == "0/1"
    assert all(not one["spec"]["replicas"] for one in space.list("deployments"))


def test_somebody_approves_and_it_goes_on(operator: OperatorProcess, own: Space) -> None:
    revision = waiting(own)
    seen = own.get("aiservice", "chat")
    assert condition_of(seen, "Ready")["reason"] == condition_of(seen, "Approved")["reason"] == "AwaitingApproval"
    assert seen["status"]["summary"]["approvals"] == "0/1"
    takes_no_traffic(own)

    done = decide(own, ALICE, "Approve", "yes", revision=revision, actor={"username": "bob"})
    assert done.returncode == 0, done.stderr
    seen = own.wait("AIService", "chat", is_promoted)
    assert seen["status"]["summary"]["approvals"] == "1/1"
    assert condition_of(seen, "Approved")["reason"] == "ApprovalsComplete"
    assert ruled(own, "yes") == ("True", "Counted")
    assert own.get("aidecision", "yes")["status"]["slots"] == ["some"]
    (counted,) = own.get("airevision", revision)["status"]["decisions"]
    assert counted["actor"]["username"] == "alice"
    (entry,) = [one for one in ledger(own, "chat") if one.type == "decision.counted"]
    assert entry.actor is not None
    assert entry.actor.username == "alice"
    assert operator.metric("leadsman_api_requests_total", code="403") == 0


def test_an_approval_that_was_admitted_while_the_operator_was_down_counts_when_it_is_back(
    operator: OperatorProcess, own: Space
) -> None:
    revision = waiting(own)
    operator.kill()
    assert decide(own, ALICE, "Approve", "yes", revision=revision).returncode == 0
    operator.start()
    own.wait("AIService", "chat", is_promoted)
    assert ruled(own, "yes") == ("True", "Counted")


def test_what_does_not_count_says_why_and_lets_nothing_through(operator: OperatorProcess, own: Space) -> None:
    revision = waiting(own)
    own.apply(ai_service("chat", "1", rollout=APPROVED, change={"author": "carol"}))
    tried: list[tuple[tuple[str, ...], str, dict[str, Any], str]] = [
        (ALICE, "other", {"revision": "chat-0123456789"}, "OtherRevision"),
        (CAROL, "own", {"revision": revision}, "OwnChange"),
        (ALICE, "nobody", {"revision": revision, "service": "ghost"}, "UnknownService"),
        (ALICE, "nothing", {"revision": revision, "decision": "Retry"}, "NotApplicable"),
    ]
    for who, name, spec, reason in tried:
        assert decide(own, who, spec.pop("decision", "Approve"), name, **spec).returncode == 0
        assert ruled(own, name) == ("False", reason)
    for who in (ERIN, MALLORY):
        assert "lacks the verb approve" in decide(own, who, "Approve", "no", revision=revision).stderr
    operator.kill()
    soon = (clock.now() + dt.timedelta(seconds=4)).isoformat(timespec="seconds")
    assert decide(own, ALICE, "Approve", "late", revision=revision, expiresAt=soon).returncode == 0
    eventually(lambda: clock.now() > dt.datetime.fromisoformat(soon))
    operator.start()
    assert ruled(own, "late") == ("False", "Expired")
    takes_no_traffic(own)


def test_an_approval_is_taken_back_by_who_gave_it(operator: OperatorProcess, own: Space) -> None:
    paused = {**APPROVED, "paused": True}
    own.apply(ai_service("chat", "1", rollout=paused, change={"author": "erin"}))
    revision = own.wait("AIService", "chat", is_held_by("AwaitingApproval"))["status"]["candidateRevision"]
    decide(own, ALICE, "Approve", "yes", revision=revision)
    assert ruled(own, "yes") == ("True", "Counted")
    decide(own, CAROL, "Revoke", "not-yours", revision=revision, revokes="yes")
    assert ruled(own, "not-yours") == ("False", "OtherActor")
    decide(own, ALICE, "Revoke", "sorry", revision=revision, revokes="yes")
    assert ruled(own, "sorry") == ("True", "Counted")
    own.wait("AIDecision", "yes", lambda seen: condition_of(seen, "Counted")["reason"] == "Revoked")
    own.wait("AIService", "chat", is_held_by("AwaitingApproval"))
    takes_no_traffic(own)


def test_anothers_approval_is_taken_back_by_who_has_the_verb_for_it(operator: OperatorProcess, own: Space) -> None:
    paused = {**APPROVED, "paused": True}
    own.apply(ai_service("chat", "1", rollout=paused, change={"author": "erin"}))
    revision = own.wait("AIService", "chat", is_held_by("AwaitingApproval"))["status"]["candidateRevision"]
    decide(own, ALICE, "Approve", "yes", revision=revision)
    assert ruled(own, "yes") == ("True", "Counted")
    about: dict[str, Any] = {"revision": revision, "revokes": "yes", "whose": "Another"}
    assert "carol lacks the verb revoke-any" in decide(own, CAROL, "Revoke", "no", **about).stderr
    decide(own, WANDA, "Revoke", "stop", **about)
    assert ruled(own, "stop") == ("True", "Counted")
    own.wait("AIDecision", "yes", lambda seen: condition_of(seen, "Counted")["reason"] == "Revoked")
    own.wait("AIService", "chat", is_held_by("AwaitingApproval"))
    takes_no_traffic(own)


def test_a_change_of_the_terms_makes_an_approval_stale(operator: OperatorProcess, own: Space) -> None:
    own.apply(ai_service("chat", "1", rollout={**APPROVED, "paused": True}))
    revision = own.wait("AIService", "chat", is_held_by("AwaitingApproval"))["status"]["candidateRevision"]
    decide(own, ALICE, "Approve", "yes", revision=revision)
    assert ruled(own, "yes") == ("True", "Counted")
    own.apply(ai_service("chat", "1", rollout=APPROVED))
    own.wait("AIDecision", "yes", lambda seen: condition_of(seen, "Counted")["reason"] == "ApprovalStale")
    own.wait("AIService", "chat", is_held_by("AwaitingApproval"))
    takes_no_traffic(own)


def test_a_reject_ends_it_and_a_retry_begins_again(operator: OperatorProcess, own: Space) -> None:
    revision = waiting(own)
    decide(own, ALICE, "Reject", "no", revision=revision)
    own.wait("AIService", "chat", says("Stalled", "Rejected"))
    assert ruled(own, "no") == ("True", "Counted")
    decide(own, CAROL, "Approve", "too-late", revision=revision)
    assert ruled(own, "too-late") == ("False", "OtherRevision")

    decide(own, ALICE, "Retry", "again", revision=revision)
    own.wait("AIService", "chat", is_held_by("AwaitingApproval"))
    assert ruled(own, "again") == ("True", "Counted")
    decide(own, CAROL, "Approve", "yes", revision=revision)
    own.wait("AIService", "chat", is_promoted)


def test_a_pause_an_abort_and_the_annotation(operator: OperatorProcess, own: Space) -> None:
    own.apply(ai_service("chat", "1", rollout=AT_ONCE))
    own.wait("AIService", "chat", is_promoted)
    own.kubectl("annotate", "aiservice", "chat", "leadsman.dev/request=Pause")
    held = canary({"name": "some", "weight": 50})
    own.apply(ai_service("chat", "2", rollout=held))
    seen = own.wait("AIService", "chat", is_held_by("Paused"))
    second = seen["status"]["candidateRevision"]
    decide(own, ALICE, "Pause", "wait", revision=None)
    assert ruled(own, "wait") == ("True", "Counted")
    own.kubectl("annotate", "aiservice", "chat", "leadsman.dev/request-")

    def is_held_by_alice(seen: Object) -> bool:
        return [one["name"] for one in seen["status"].get("blockers", [])] == ["wait by alice"]

    own.wait("AIService", "chat", is_held_by_alice)
    decide(own, ALICE, "Abort", "stop", revision=second)
    own.wait("AIService", "chat", says("Stalled", "Aborted"))


def test_a_decision_that_was_purged_takes_its_approval_along(operator: OperatorProcess, own: Space) -> None:
    own.apply(ai_service("chat", "1", rollout={**APPROVED, "paused": True}))
    revision = own.wait("AIService", "chat", is_held_by("AwaitingApproval"))["status"]["candidateRevision"]
    decide(own, ALICE, "Approve", "yes", revision=revision)
    assert ruled(own, "yes") == ("True", "Counted")
    assert "lacks the verb purge" in own.kubectl(*MALLORY, "delete", "aidecision", "yes", check=False).stderr
    own.kubectl(*PETRA, "delete", "aidecision", "yes")
    own.wait("AIService", "chat", is_held_by("AwaitingApproval"))


def test_what_is_decided_while_the_policies_are_not_intact_is_void(operator: OperatorProcess, own: Space) -> None:
    """The last one of this file: for ten seconds afterwards nothing counts."""
    revision = waiting(own)
    binding = ("mutatingadmissionpolicybinding", "actor.aidecisions.leadsman.dev")
    kept = json.loads(own.cluster.kubectl("get", *binding, "-o", "json").stdout)
    guard = ("validatingadmissionpolicybinding", "aidecisions.leadsman.dev")
    checked = json.loads(own.cluster.kubectl("get", *guard, "-o", "json").stdout)
    try:
        own.cluster.kubectl("delete", *binding)
        own.cluster.kubectl("delete", *guard)
        seen = own.wait("AIService", "chat", says("EvidenceDegraded", "AdmissionMissing"))
        assert "is not there" in condition_of(seen, "EvidenceDegraded")["message"]
        operator.kill()  # it might be quick enough to look before the next line
        forged: Any = None
        while forged is None or forged.returncode:  # until each policy's end is known to the API server
            forged = decide(own, WANDA, "Approve", "forged", revision=revision, actor={"username": "alice"})
    finally:
        for one in (kept, checked):
            metadata = {key: one["metadata"][key] for key in ("name", "labels")}
            made = {**one, "metadata": metadata}
            own.cluster.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(made))
    until_decisions_count(own.cluster)
    operator.start()
    assert ruled(own, "forged") == ("False", "NotProtected")
    takes_no_traffic(own)
    own.wait("AIService", "chat", lambda seen: not says("EvidenceDegraded", "AdmissionMissing")(seen))
    decide(own, ALICE, "Approve", "yes", revision=revision)
    own.wait("AIService", "chat", is_promoted)
