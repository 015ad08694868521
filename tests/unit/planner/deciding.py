"""People decide anything at any time: rules of the histories in test_invariants."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from harness.simulation import Simulation
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.governance import Policy, Violation

PEOPLE: Final = {"erin": "devs", "alice": "devs,ai-risk", "bob": "ai-risk", "system:serviceaccount:ci:bot": ""}
DECISIONS: Final = [
    "Approve", "Approve", "Approve", "Reject", "Revoke", "Waive", "Retry", "Promote", "Pause", "Resume", "Abort",
    "Rollback", "BreakGlass", "CloseIncident",
]  # fmt: skip
OFFICER: Final = {"name": "risk", "role": "officer", "groups": ["ai-risk"]}
OWNER: Final = {"name": "owner", "role": "owner"}


def _asks(*requirements: dict[str, Any], name: str = "asks", **asked: Any) -> Policy:
    spec = GovernancePolicySpec.from_dict({"approvals": {"requirements": list(requirements), **asked}})
    return Policy(name=name, spec=spec, judged=True)


def _house(**asks: Any) -> Policy:
    return Policy(name="house", spec=GovernancePolicySpec.from_dict(asks), judged=True)


RULE: Final = {"name": "pinned", "expression": "has(object.spec.model.digest)", "message": "pin it"}
BROKEN: Final = {"rule": "pinned", "message": "pin it"}
POLICIES: Final[dict[str, tuple[Policy, ...]]] = {
    "unreadable": (Policy(name="unreadable", spec=None),),
    "an owner": (_asks(OWNER, ttlHours=1),),
    "two roles": (_asks(OFFICER, OWNER, before="Promotion"),),
    "two policies": (_asks(OFFICER | {"count": 2}, before="50"), _asks(OWNER, name="other")),
    "a freeze": (_house(freezes=[{"name": "now", "start": "2026-11-23T10:05:00", "end": "2026-11-23T10:20:00"}]),),
    "a rule": (replace(_house(rules=[RULE]), judged=False),),
    "a broken rule": (replace(_house(rules=[RULE]), violations=(Violation(**BROKEN, severity="Deny"),)),),
    "a warning": (replace(_house(rules=[RULE]), violations=(Violation(**BROKEN, severity="Warn"),)),),
    "a digest": (_house(provenance={"digest": "Required"}),),
    "bounds": (_house(limits={"firstWeightAtMost": 30, "holdSecondsAtLeast": 90}),),
    "a gate": (_house(requiredGates=[{"name": "safe", "suiteLabels": {"topic": "safety"}}]),),
    "back after all": (_house(afterPromotion={"onSignalFailure": "RollbackIfPreviousHeld"}),),
    "whoever": (_asks(OWNER, separationOfDuties="Optional", serviceAccounts="Allowed"),),
}


class Deciding(RuleBasedStateMachine):
    simulation: Simulation

    def names(self) -> list[str]:
        return sorted(self.simulation.revisions, key=lambda name: self.simulation.revisions[name].spec.number)

    @rule(
        decision=st.sampled_from(DECISIONS),
        who=st.sampled_from(sorted(PEOPLE)),
        role=st.sampled_from(["officer", "owner", None]),
        about=st.sampled_from([None, None, None, None, -1, 0]),
        bounds=st.tuples(
            st.sampled_from([None, None, 30, 4000]),
            st.sampled_from([[], [], ["half"], ["quality"], ["freeze"], ["policy/house/safe"]]),
        ),
    )
    def somebody_decides(
        self,
        decision: str,
        who: str,
        role: str | None,
        about: int | None,
        bounds: tuple[int | None, list[str]],
    ) -> None:
        """About the newest revision that is on its way, or any other."""
        lasts, scope = bounds
        names, candidate = self.names(), self.simulation.status.candidate_revision
        if not names:
            return
        spec: dict[str, Any] = {"revision": candidate or names[-1] if about is None else names[about]}
        if role is not None:
            spec["role"] = role
        if decision in {"Approve", "Waive"}:
            spec["scope"] = scope or (["quality"] if decision == "Waive" else [])
        if lasts is not None or decision == "Waive":
            spec["expiresAt"] = (self.simulation.now + dt.timedelta(seconds=lasts or 4000)).isoformat()
        if decision == "Revoke":
            spec["revokes"] = self.simulation.acts[-1].name if self.simulation.acts else "nothing"
        if decision in {"BreakGlass", "CloseIncident"}:
            spec["incident"] = "bot-1"
        self.simulation.decide(decision, who, PEOPLE[who], **spec)

    @rule(who=st.sampled_from(["alice", "bob"]), settles=st.booleans())
    def somebody_approves_all_there_is(self, who: str, settles: bool) -> None:
        for role in ("officer", "owner"):
            if self.simulation.status.candidate_revision is not None:
                self.simulation.decide("Approve", who, PEOPLE[who], role=role)
        if settles:
            self.simulation.settle()

    @rule(who=st.sampled_from(["alice", "bob", "erin"]), reviewer=st.sampled_from([None, "alice", "bob"]))
    def somebody_breaks_the_glass(self, who: str, reviewer: str | None) -> None:
        if self.simulation.status.candidate_revision is None:
            return
        self.simulation.decide("BreakGlass", who, PEOPLE[who], incident="bot-1")
        self.simulation.settle()
        if reviewer is not None:
            self.simulation.decide("CloseIncident", reviewer, PEOPLE[reviewer], incident="bot-1", revision=None)
            self.simulation.settle()

    @rule(index=st.integers(0, 9))
    def a_decision_is_purged(self, index: int) -> None:
        if acts := self.simulation.acts:
            self.simulation.acts = tuple(one for one in acts if one is not acts[index % len(acts)])

    @rule(since=st.sampled_from([None, 0, 5, 3600, 3600]))
    def admission_policies_come_and_go(self, since: int | None) -> None:
        now = self.simulation.now
        self.simulation.protected_since = now - dt.timedelta(seconds=since) if since is not None else None

    @rule(request=st.sampled_from(["", "", "Pause", "Resume", "Abort", "Dance"]))
    def somebody_annotates_the_service(self, request: str) -> None:
        self.simulation.request = request

    def nobody_stands_in_the_way(self) -> None:
        """What people hold, or have stopped, goes on."""
        simulation = self.simulation
        reason = (simulation.condition("Ready") or ("", ""))[1]
        if reason in {"Rejected", "Aborted"}:
            simulation.decide("Retry", "alice", revision=simulation.status.desired_revision)
        if reason == "Paused" or simulation.status.hold is not None:
            simulation.decide("Resume", "alice")
        if simulation.condition("ReviewDue") == ("True", "GlassUnreviewed"):
            for who in ("alice", "bob", "carol"):
                simulation.decide("CloseIncident", who, incident="bot-1", revision=None)
