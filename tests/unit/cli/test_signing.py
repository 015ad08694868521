"""Decisions at the command line: what they are bound to, and what is refused before anything is written."""

import datetime as dt
from typing import Any, cast

import pytest

from harness.known import Known
from harness.moments import GOOD, MOMENTS, NEW
from harness.revisions import revision
from leadsman.api.v1alpha1 import AIService
from leadsman.cli.cluster import Cluster, Object
from leadsman.cli.errors import CommandFailed, NotAllowed, NotFound
from leadsman.cli.signing import Act, Grounds, bind, create, write
from leadsman.cli.view.observed import read

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
WHY = Grounds(reason="read the difference of the prompts")


def at(moment: str, *others: Object) -> tuple[Cluster, AIService]:
    """The service of `harness.moments` with its two revisions."""
    found = MOMENTS[moment]
    known = Known(found, revision(NEW, 12), revision(GOOD, 11), *others)
    return cast("Cluster", known), read(AIService, found)


def bound(moment: str, decision: Any, *others: Object, **names: Any) -> str | None:
    return bind(*at(moment, *others), Act(decision=decision, service="assistant", **names)).revision


@pytest.mark.parametrize("decision", ["Approve", "Reject", "Waive", "Promote", "Abort", "Retry"])
def test_a_decision_is_about_the_candidate(decision: str) -> None:
    assert bound("awaiting approval", decision) == NEW


@pytest.mark.parametrize("decision", ["Approve", "Reject", "Promote", "Abort"])
def test_without_a_candidate_there_is_nothing_to_decide(decision: str) -> None:
    with pytest.raises(CommandFailed, match="assistant has no candidate") as failed:
        bound("promoted", decision)
    assert failed.value.next_step.endswith("leadsman history assistant -n support")


def test_what_is_tried_again_is_what_the_spec_asks_for() -> None:
    assert bound("rolled back", "Retry") == NEW


@pytest.mark.parametrize("decision", ["Pause", "Resume"])
def test_a_pause_is_of_whatever_is_on_its_way_unless_a_revision_is_named(decision: str) -> None:
    assert bound("awaiting approval", decision) is None
    assert bound("awaiting approval", decision, revision=NEW) == NEW


def test_a_revision_that_is_named_has_to_be_there_and_to_be_the_services() -> None:
    others = revision("chat-0000000000", 3)
    others["spec"] = others["spec"] | {"service": {"name": "chat", "uid": "1"}}

    assert bound("promoted", "Rollback", revision=GOOD) == GOOD
    with pytest.raises(NotFound) as near:
        bound("promoted", "Rollback", revision=GOOD[:-1])
    assert near.value.next_step.startswith(f"did you mean {GOOD}")
    with pytest.raises(CommandFailed, match="is of service chat, not of assistant"):
        bound("promoted", "Rollback", others, revision="chat-0000000000")


def test_a_revocation_is_about_what_the_other_decision_was_about() -> None:
    spec = {"service": "assistant", "revision": GOOD, "decision": "Approve", "reason": "looked at it twice"}
    taken_back = {"kind": "AIDecision", "metadata": {"name": "assistant-x7k2p"}, "spec": spec}

    assert bound("awaiting approval", "Revoke", taken_back, revokes="assistant-x7k2p") == GOOD
    with pytest.raises(NotFound):
        bound("awaiting approval", "Revoke", revokes="assistant-x7k2p")


def test_what_was_said_is_what_is_written_and_nothing_else() -> None:
    act = Act(decision="Waive", service="assistant", revision=NEW, scope=("quality", "freeze"))
    grounds = Grounds(reason="the vendor is down", ticket="CHG-1", role="risk-officer", expires_in=8 * 3600)

    assert write(act, grounds, NOW).to_dict() == {
        "service": "assistant",
        "revision": NEW,
        "decision": "Waive",
        "scope": ["quality", "freeze"],
        "role": "risk-officer",
        "reason": "the vendor is down",
        "ticket": "CHG-1",
        "expiresAt": "2026-11-23T18:00:00Z",
    }
    plain = write(Act(decision="Pause", service="assistant"), WHY, NOW).to_dict()
    assert plain == {"service": "assistant", "decision": "Pause", "reason": WHY.reason}


@pytest.mark.parametrize(
    ("grounds", "field"),
    [(Grounds(reason="ok"), "reason"), (Grounds(reason=WHY.reason, role="Risk Officer"), "role")],
)
def test_what_no_decision_can_say_is_refused_before_it_is_sent(grounds: Grounds, field: str) -> None:
    with pytest.raises(CommandFailed, match=f"no decision can say so: {field}"):
        write(Act(decision="Approve", service="assistant", revision=NEW), grounds, NOW)


def test_whoever_may_not_is_told_how_to_see_who_may() -> None:
    cluster = Known()
    cluster.refusal = NotAllowed("bob lacks the verb approve", next_step="ask")
    spec = write(Act(decision="BreakGlass", service="assistant", revision=NEW, incident="inc-1"), WHY, NOW)
    with pytest.raises(NotAllowed, match="bob lacks the verb approve") as refused:
        create(cast("Cluster", cluster), spec, dry_run=False)
    assert refused.value.next_step == "see who may: leadsman who-can breakglass assistant -n support"
