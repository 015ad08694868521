"""One service with all that belongs to it: the data that `status -o json` prints and the tree is drawn from.

Times are absolute here; how long ago or how long still is the rendering's business.
"""

from typing import Final, Literal

from leadsman.api.meta import Condition, Model
from leadsman.api.reasons import ABNORMAL
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.v1alpha1 import AIRevision
from leadsman.api.v1alpha1.airevision_status import Attempt, GateResult, Reading
from leadsman.api.v1alpha1.aiservice_status import (
    Bake,
    Blocker,
    Progress,
    Quarantine,
    RevisionHold,
    Rollback,
    StageProgress,
    Summary,
    TrafficStatus,
)
from leadsman.cli.view.observed import Observed
from leadsman.cli.view.standing import Standing, find, stand
from leadsman.cli.view.workloads import DeploymentView, view_deployment

_NEUTRAL: Final = frozenset({Type.READY, Type.RECONCILING})
"""Ready is shown by itself; Reconciling says no more than that it goes on."""

Role = Literal["Serving", "Candidate", "Desired", "Previous", "Quarantined"]


class RevisionView(Model):
    name: str
    roles: tuple[Role, ...]
    number: int | None = None
    """Absent where its AIRevision is not there or may not be read."""
    model: str | None = None
    """Name and version."""
    verdict: str | None = None
    reason: str | None = None
    message: str = ""
    attempt: int | None = None
    gates: tuple[GateResult, ...] = ()
    deployment: DeploymentView | None = None


class Signals(Model):
    """Of the revision that is being judged: the candidate, else the one that was asked for, else what serves."""

    revision: str
    attempt: int | None = None
    readings: tuple[Reading, ...] = ()
    unread: tuple[str, ...] = ()
    """Monitors that are declared, and of which nothing was read in this attempt."""


class Overview(Model):
    namespace: str
    name: str
    generation: int
    observed_generation: int
    standing: Standing
    team: str
    accountable: str
    tier: str
    ready: Condition | None = None
    attempt: int | None = None
    stage: StageProgress | None = None
    traffic: TrafficStatus | None = None
    bake: Bake | None = None
    progress: Progress | None = None
    rollback: Rollback | None = None
    hold: RevisionHold | None = None
    replicas: int | None = None
    ready_replicas: int | None = None
    summary: Summary | None = None
    revisions: tuple[RevisionView, ...] = ()
    quarantine: tuple[Quarantine, ...] = ()
    signals: Signals | None = None
    conditions: tuple[Condition, ...] = ()
    """Those that are not as they should be. Ready stands by itself."""
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()


def overview(observed: Observed) -> Overview:
    service, status = observed.service, observed.service.status
    return Overview(
        namespace=service.metadata.namespace or "",
        name=service.metadata.name or "",
        generation=service.metadata.generation or 0,
        observed_generation=status.observed_generation,
        standing=stand(service),
        team=service.spec.owner.team,
        accountable=service.spec.owner.accountable,
        tier=service.spec.risk.tier,
        ready=find(service, Type.READY),
        attempt=status.attempt,
        stage=status.stage,
        traffic=status.traffic,
        bake=status.bake,
        progress=status.progress,
        rollback=status.rollback,
        hold=status.hold,
        replicas=status.replicas,
        ready_replicas=status.ready_replicas,
        summary=status.summary,
        revisions=tuple(_revision(observed, name, roles) for name, roles in _roles(observed).items()),
        quarantine=status.quarantine,
        signals=_signals(observed),
        conditions=tuple(one for one in status.conditions if _is_amiss(one)),
        blockers=status.blockers,
        notes=observed.notes,
    )


def _is_amiss(condition: Condition) -> bool:
    if condition.type in _NEUTRAL:
        return False
    return (condition.status == "True") == (condition.type in ABNORMAL)


def _roles(observed: Observed) -> dict[str, tuple[Role, ...]]:
    """The revisions that matter now. Earlier quarantined ones are in the history; they matter while they have pods."""
    status = observed.service.status
    quarantined = {one.revision for one in status.quarantine if one.revision}
    named: tuple[tuple[Role, str | None], ...] = (
        ("Serving", status.serving_revision),
        ("Candidate", status.candidate_revision),
        ("Desired", status.desired_revision),
        ("Previous", status.previous_revision),
    )
    found: dict[str, tuple[Role, ...]] = {}
    for role, name in named:
        if name:
            found[name] = (*found.get(name, ()), role)
    running = {name for name, pods in observed.pods.items() if pods and name in quarantined}
    for name in sorted(quarantined & (found.keys() | running)):
        found[name] = (*found.get(name, ()), "Quarantined")
    return {name: _distinct(roles) for name, roles in found.items()}


def _distinct(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """That what serves, or comes, is also what is asked for goes without saying."""
    return roles if roles == ("Desired",) or "Quarantined" in roles else tuple(r for r in roles if r != "Desired")


def _revision(observed: Observed, name: str, roles: tuple[Role, ...]) -> RevisionView:
    deployment = observed.deployments.get(name)
    view = RevisionView(
        name=name,
        roles=roles,
        deployment=view_deployment(deployment, observed.pods.get(name, ())) if deployment else None,
    )
    found = observed.revisions.get(name)
    if found is None:
        return view
    attempt = last_attempt(found)
    return view.model_copy(
        update={
            "number": found.spec.number,
            "model": f"{found.spec.model.name} {found.spec.model.version}",
            "verdict": found.status.verdict,
            "reason": found.status.reason,
            "message": found.status.message,
            "attempt": attempt.number if attempt else None,
            "gates": found.status.gates,
        }
    )


def last_attempt(revision: AIRevision) -> Attempt | None:
    return max(revision.status.attempts, key=lambda attempt: attempt.number, default=None)


def _signals(observed: Observed) -> Signals | None:
    status = observed.service.status
    name = status.candidate_revision or status.desired_revision or status.serving_revision
    revision = observed.revisions.get(name or "")
    if name is None or revision is None:
        return None
    attempt = last_attempt(revision)
    readings = attempt.readings if attempt else ()
    read = {reading.monitor for reading in readings}
    unread = tuple(one.name for one in observed.service.spec.monitors if one.name not in read)
    if not readings and not unread:
        return None
    return Signals(revision=name, attempt=attempt.number if attempt else None, readings=readings, unread=unread)
