"""How an AIService moves from one revision to the next."""

from typing import Annotated, Literal

from pydantic import Field

from leadsman.api.markers import Rule, keyed_by
from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel, Seconds

Strategy = Literal["Canary", "BlueGreen", "AllAtOnce"]


class Stage(Model):
    """Move to the weight, hold, and leave only on evidence."""

    name: Annotated[
        DnsLabel,
        Rule(
            "!(self in ['promotion', 'bake', 'rollback'])",
            "promotion, bake and rollback are what comes after the stages: choose another name",
        ),
    ]
    """Unique among the stages. Gates and approvals refer to it."""
    weight: Annotated[int, Field(ge=1, le=99, strict=True)]
    """Percent of traffic for the candidate, 1 to 99, higher in each stage. Promotion to 100 comes after the last."""
    hold_seconds: Seconds = 0
    """Seconds to stay once the weight is achieved, at most 30 days. Default 0."""
    min_requests: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | None = None
    """Requests that the candidate must have answered in this stage before it ends. Counted by the ratio monitors."""
    approval: Literal["Required", "NotRequired"] = "NotRequired"
    """Required: a person other than the change's author must approve before this stage. Default NotRequired."""


class Traffic(Model):
    """How traffic is shared between two revisions."""

    mode: Literal["ReplicaRatio"] = "ReplicaRatio"
    """ReplicaRatio: by the number of pods, so the share is as fine as the replicas allow. Default ReplicaRatio."""


class OnNoEvidence(Model):
    """What happens when the monitors stay silent."""

    deadline_seconds: Annotated[int, Field(ge=60, le=604_800, strict=True)] = 1800
    """Seconds to wait for evidence beyond the hold, 60 to a week. Default 1800."""
    then: Literal["Hold", "Rollback"] = "Hold"
    """Hold keeps the weight and shows a blocker; Rollback sends traffic back. Default Hold."""


class Rollout(Model):
    """The strategy, its stages, and its patience."""

    strategy: Strategy = "BlueGreen"
    """Canary: stage by stage. BlueGreen: all pods dark, gates and approvals, one switch. AllAtOnce: the same without
    waiting in the dark. Default BlueGreen."""
    stages: Annotated[
        tuple[Stage, ...],
        keyed_by("name"),
        Field(max_length=10),
        Rule(
            "self.map(s, s.weight).isSorted() && self.all(a, self.exists_one(b, b.weight == a.weight))",
            "weights must rise from stage to stage, such as 10, 25, 50",
        ),
    ] = ()
    """For Canary: one to ten stages, in order, with weights that rise."""
    traffic: Traffic = Traffic()
    """How traffic is shared while two revisions serve."""
    progress_deadline_seconds: Annotated[int, Field(ge=10, le=86_400, strict=True)] = 600
    """Seconds that pods which were asked for may take to get ready, 10 to a day. Does not run in a pause, a freeze,
    or while waiting for an approval. Default 600."""
    surge: Annotated[int, Field(ge=0, le=100, strict=True)] = 1
    """Pods beyond replicas while two revisions run. 0 where no spare accelerator exists: old capacity goes before new
    comes. Default 1."""
    history_limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 10
    """Earlier revisions whose Deployments are kept at zero, to go back to. 1 to 100. Default 10."""
    bake_seconds: Annotated[int, Field(ge=0, le=604_800, strict=True)] = 3600
    """Seconds after promotion during which signals still roll back and the previous revision stays at hand, at most a
    week. Default 3600."""
    previous: Literal["Warm", "Cold"] = "Warm"
    """What stays of the previous revision during the bake: Warm keeps its pods, Cold only its Deployment at zero, for
    scarce accelerators. Default Warm."""
    on_no_evidence: OnNoEvidence = OnNoEvidence()
    """What happens when no monitor yields evidence."""
    paused: bool = False
    """Stops weights from rising. Signals keep watching and rollback keeps working. Default false."""

    validations = (
        Rule(
            "self.strategy != 'Canary' || (has(self.stages) && size(self.stages) > 0)",
            "strategy Canary needs stages: write at least one, such as {name: canary, weight: 10, holdSeconds: 600}",
        ),
        Rule(
            "self.strategy == 'Canary' || !has(self.stages) || size(self.stages) == 0",
            "two strategies: stages belong to Canary; write strategy: Canary, or leave stages out",
        ),
        Rule(
            "self.strategy != 'BlueGreen' || self.surge > 0",
            "surge: 0 leaves no room for BlueGreen, which runs both revisions in full: use Canary or AllAtOnce",
        ),
    )
