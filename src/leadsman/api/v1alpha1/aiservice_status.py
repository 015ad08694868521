"""What an AIService's status shows: what is so, beside what was asked for."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leadsman.api.markers import ATOMIC, Rule, keyed_by
from leadsman.api.meta import Model, Status
from leadsman.api.scalars import (
    CamelCase,
    Count,
    Digest,
    DnsLabel,
    Message,
    ObjectName,
    Seconds,
    Share,
    Text,
    Time,
    Weight,
)


class StageProgress(Model):
    """The stage that the candidate is in."""

    name: DnsLabel
    """The stage's name."""
    weight: Weight
    """Percent of traffic that this stage asks for."""
    started_at: Time | None = None
    """When the stage was entered."""
    hold_until: Time | None = None
    """When the hold is over. Appears once the weight is achieved."""
    deadline_at: Time | None = None
    """When missing evidence has its consequence (rollout.onNoEvidence)."""


class Bake(Model):
    """The time after a promotion in which the previous revision stays at hand."""

    started_at: Time
    """When the promotion was complete."""
    until: Time
    """When the bake is over."""


class Progress(Model):
    """How long the pods that were asked for may still take (rollout.progressDeadlineSeconds)."""

    deadline_at: Time | None = None
    """When they must be ready. Absent while the clock is paused: in a pause, a freeze, or waiting for an approval."""
    remaining_seconds: Seconds | None = None
    """What is left on the clock while it is paused. Absent while it runs."""

    validations = (
        Rule(
            "has(self.deadlineAt) != has(self.remainingSeconds)",
            "needs deadlineAt while the clock runs, or remainingSeconds while it is paused",
        ),
    )


class Rollback(Model):
    """The way back to a good revision: it first gets all its pods, for so long."""

    revision: ObjectName
    """The revision that traffic goes back to."""
    started_at: Time
    """When it began."""
    deadline_at: Time
    """When traffic goes back, even if not all pods are ready. A pause does not move it."""


class TrafficStatus(Model):
    """How traffic is shared right now."""

    mode: Literal["ReplicaRatio"] = "ReplicaRatio"
    """How traffic is shared."""
    candidate_percent: Weight
    """Percent of the pods in traffic that are the candidate's: what is so, not what was asked for."""
    verified: bool = False
    """Whether the EndpointSlices show it."""


class Quarantine(Model):
    """A digest that was rolled back and does not start again before a Retry decision."""

    digest: Digest
    """The revision's full digest."""
    revision: ObjectName | None = None
    """The AIRevision that failed."""
    reason: CamelCase
    """Why, as one word."""
    message: Message = ""
    """Why, with the numbers."""
    since: Time
    """When it was rolled back."""
    incident: ObjectName | None = None
    """The AIIncident that was opened for it."""


class Blocker(Model):
    """Something that the next step waits for, and what would unblock it."""

    type: CamelCase
    """What kind of thing blocks: Gate, Approval, Signal, Budget, Freeze, Incident, Policy, Pods …"""
    name: Text
    """Which one: the gate's, monitor's, slot's or freeze's name."""
    reason: CamelCase
    """Why, as one word."""
    message: Message = ""
    """Why, with the numbers."""
    unblock: Message = ""
    """What to do, as a command where there is one."""


class Summary(Model):
    """Ready-made text for columns and dashboards."""

    gates: Share | None = None
    """Gates passed or waived, of those declared: 1/2."""
    approvals: Share | None = None
    """Approval slots filled, of those required: 0/1."""
    signals: Share | None = None
    """Monitors that pass, of those watched: 3/3."""
    budget: Share | None = None
    """What is left of the risk budget, in its worst channel: 63%."""


class LedgerHead(Model):
    """The last entry of the service's ledger. The entries themselves are in the AIRevisions."""

    sequence: Count
    """Number of the last entry."""
    hash: Digest
    """Hash of the last entry, which carries the hash of the one before."""


class RevisionHold(Model):
    """A Rollback decision keeps this revision until the desired digest changes or a Resume decision."""

    revision: ObjectName
    """The revision that is held."""
    decision: ObjectName
    """The AIDecision that asked for it."""
    since: Time
    """Since when."""


class AIServiceStatus(Status):
    """What is so. Written by the operator only."""

    desired_revision: ObjectName | None = None
    """The revision that the spec asks for."""
    serving_revision: ObjectName | None = None
    """The revision that serves users."""
    candidate_revision: ObjectName | None = None
    """The revision on its way to serving. Absent when there is none."""
    previous_revision: ObjectName | None = None
    """The revision that served before, kept at hand during the bake."""
    attempt: Count | None = None
    """Number of the candidate's current attempt. Decisions count for the attempt in which they were made."""
    stage: StageProgress | None = None
    """The stage that the candidate is in. Absent outside stages."""
    bake: Bake | None = None
    """The bake after a promotion. Absent when it is over."""
    progress: Progress | None = None
    """How long the pods that were asked for may still take. Absent when all are ready."""
    rollback: Rollback | None = None
    """The rollback under way. Absent when there is none."""
    hold: RevisionHold | None = None
    """A Rollback decision that is in force."""
    traffic: TrafficStatus | None = None
    """How traffic is shared right now."""
    quarantine: Annotated[tuple[Quarantine, ...], keyed_by("digest"), Field(max_length=10)] = ()
    """The last ten digests that were rolled back. The record is the AIRevision's verdict."""
    evidence_hold: Annotated[tuple[ObjectName, ...], ATOMIC, Field(max_length=32)] = ()
    """Open incidents about revisions of this service. While there are any, deleting it needs the verb purge."""
    blockers: Annotated[tuple[Blocker, ...], ATOMIC, Field(max_length=32)] = ()
    """What the next step waits for, the most important first. At most 32."""
    summary: Summary | None = None
    """Ready-made text for columns and dashboards."""
    ledger: LedgerHead | None = None
    """Head of the service's ledger."""
    replicas: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] | None = None
    """Pods in traffic. Idle ones (dark, or kept for the bake) are not counted, so that no autoscaler sees them."""
    ready_replicas: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] | None = None
    """Pods in traffic that are ready."""
    selector: Annotated[str, StringConstraints(max_length=1024)] | None = None
    """Label selector of the pods in traffic, for autoscalers."""
