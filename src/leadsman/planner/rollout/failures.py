"""Does it have to go back? What has gone wrong with a revision that takes, or is about to take, traffic."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.planner.budgets.effects import excess
from leadsman.planner.policies.limits import stages
from leadsman.planner.records.book import Record
from leadsman.planner.records.cast import BAKE, Cast, stage_of
from leadsman.planner.rollout import health
from leadsman.planner.rollout.clock import deadline, own_clock
from leadsman.planner.rollout.evidence import Finding, failed, findings
from leadsman.planner.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    reason: Reason
    message: str
    finding: Finding | None = None
    """The signal that failed."""


def failure(world: World, cast: Cast, record: Record, now: datetime) -> Failure | None:
    """Of a candidate, or of a serving revision in its bake.

    A first revision goes back to nothing, so only what never became ready does, and what does harm.
    """
    is_first = (cast.serving is None) if record is cast.candidate else (cast.previous is None)
    found = findings(world, cast, record, now)
    if is_first:
        return _harmful(found) or (_never_ready(world, record, now) if record is cast.candidate else None)
    return (
        signal_failure(found)
        or _workload(world, record)
        or _never_ready(world, record, now)
        or _silent(world, record, found, now)
        or _burning(world, record, now)
    )


def no_evidence_deadline(world: World, stage: StageRecord) -> datetime | None:
    """When silence has its consequence: so long after the hold."""
    over = hold_until(world, stage)
    patience = timedelta(seconds=world.service.spec.rollout.on_no_evidence.deadline_seconds)
    return over + patience if over is not None else None


def hold_until(world: World, stage: StageRecord) -> datetime | None:
    """By what spec and policies say now: it counts from the moment at which the weight was achieved."""
    if stage.achieved_at is None:
        return None
    declared = {one.name: one.hold_seconds for one in stages(world)}
    return stage.achieved_at + timedelta(seconds=declared.get(stage.name, 0))


def _harmful(found: tuple[Finding, ...]) -> Failure | None:
    worst = failed(found)
    return _of(worst) if worst is not None and worst.monitor.class_ == "Safety" else None


def signal_failure(found: tuple[Finding, ...]) -> Failure | None:
    """Of the monitors whose failure sends a revision back."""
    worst = failed(found)
    return _of(worst) if worst is not None else None


def _of(finding: Finding) -> Failure:
    reason = Reason.SAFETY_FAILED if finding.monitor.class_ == "Safety" else Reason.SIGNAL_FAILED
    return Failure(reason=reason, message=finding.signal.message, finding=finding)


def _workload(world: World, record: Record) -> Failure | None:
    cause = health.failure(world, record.name)
    return Failure(reason=Reason.WORKLOAD_FAILED, message=cause) if cause else None


def _never_ready(world: World, record: Record, now: datetime) -> Failure | None:
    until = deadline(own_clock(world, record))
    if until is None or now < until:
        return None
    workload = world.workloads.get(record.name)
    if workload is None or (workload.observed and workload.ready >= workload.replicas):
        return None
    causes = "; ".join(health.causes(world, record.name)) or "no cause is known"
    message = f"{workload.ready} of {workload.replicas} pods ready within the progress deadline: {causes}"
    return Failure(reason=Reason.PROGRESS_DEADLINE_EXCEEDED, message=message)


def _burning(world: World, record: Record, now: datetime) -> Failure | None:
    message = excess(world, record.name, now)
    return Failure(reason=Reason.FAST_BURN, message=message) if message else None


def _silent(world: World, record: Record, found: tuple[Finding, ...], now: datetime) -> Failure | None:
    stage = stage_of(record)
    if stage is None or stage.name == BAKE or world.service.spec.rollout.on_no_evidence.then != "Rollback":
        return None
    until = no_evidence_deadline(world, stage)
    silent = next((one for one in found if one.signal.state == "NoEvidence"), None)
    if until is None or now < until or silent is None:
        return None
    message = f"{silent.monitor.name}: {silent.signal.message}; onNoEvidence.deadlineSeconds are over"
    return Failure(reason=Reason.NO_EVIDENCE, message=message, finding=silent)
