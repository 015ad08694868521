"""What does the AIService's status show? What is so, beside what was asked for."""

from typing import Any

from leadsman.api.v1alpha1.aiservice_status import (
    AIServiceStatus,
    Bake,
    Quarantine,
    RevisionHold,
    Rollback,
    StageProgress,
    Summary,
    TrafficStatus,
)
from leadsman.planner.budgets.effects import reckonings, remaining
from leadsman.planner.decisions.force import hold
from leadsman.planner.incidents.holding import still_open
from leadsman.planner.incidents.opening import incident_of
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.policies.monitors import monitors
from leadsman.planner.records.book import Record
from leadsman.planner.records.cast import BAKE, ROLLBACK, stage_of
from leadsman.planner.report.conditions import conditions
from leadsman.planner.report.governance import approvals
from leadsman.planner.report.situation import Situation
from leadsman.planner.rollout.attempts import bake_until
from leadsman.planner.rollout.capacity import is_achieved, way_back_deadline
from leadsman.planner.rollout.failures import hold_until, no_evidence_deadline
from leadsman.planner.rollout.traffic import Traffic

_QUARANTINED, _BLOCKERS = 10, 32
_HELD = 32


def status(situation: Situation) -> AIServiceStatus:
    parts = situation.cast
    current = parts.candidate or parts.serving
    fields: dict[str, Any] = {
        "observed_generation": situation.world.service.generation,
        "conditions": conditions(situation),
        "desired_revision": situation.desire.name,
        "serving_revision": parts.serving.name if parts.serving else None,
        "candidate_revision": parts.candidate.name if parts.candidate else None,
        "previous_revision": parts.previous.name if parts.previous else None,
        "attempt": current.latest.number if current else None,
        "stage": _stage(situation),
        "bake": _bake(situation),
        "progress": situation.progress,
        "rollback": _rollback(situation),
        "hold": _hold(situation),
        "traffic": _traffic(situation),
        "quarantine": _quarantine(situation),
        "evidence_hold": _evidence(situation),
        "blockers": situation.decision.blockers[:_BLOCKERS],
        "summary": _summary(situation),
        "ledger": situation.book.head if situation.book.head.sequence else None,
        **_scale(situation),
    }
    return AIServiceStatus(**{key: value for key, value in fields.items() if value is not None and value != ()})


def _stage(situation: Situation) -> StageProgress | None:
    candidate = situation.cast.candidate
    stage = stage_of(candidate) if candidate else None
    if stage is None:
        return None
    until = hold_until(situation.world, stage)
    late = no_evidence_deadline(situation.world, stage) if monitors(situation.world) else None
    times = {"hold_until": until, "deadline_at": late}
    known = {key: value for key, value in times.items() if value is not None}
    return StageProgress(name=stage.name, weight=stage.weight, started_at=stage.started_at, **known)


def _bake(situation: Situation) -> Bake | None:
    serving = situation.cast.serving
    stage = stage_of(serving) if serving else None
    if serving is None or stage is None or stage.name != BAKE:
        return None
    until = bake_until(serving, situation.world.service.spec.rollout.bake_seconds)
    return Bake(started_at=stage.started_at, until=until) if until else None


def _rollback(situation: Situation) -> Rollback | None:
    serving = situation.cast.serving
    leaver = next(iter(situation.cast.leaving), None)
    stage = stage_of(leaver) if leaver else None
    if leaver is None or stage is None or stage.name != ROLLBACK or serving is None:
        return None
    until = way_back_deadline(situation.world, leaver)
    return Rollback(revision=serving.name, started_at=stage.started_at, deadline_at=until)


def _hold(situation: Situation) -> RevisionHold | None:
    serving = situation.cast.serving
    held = hold(serving)
    if serving is None or held is None:
        return None
    return RevisionHold(revision=serving.name, decision=held.name, since=held.at)


def _traffic(situation: Situation) -> TrafficStatus | None:
    parts, traffic = situation.cast, Traffic(situation.world)
    if parts.serving is None and parts.candidate is None:
        return None
    guest = parts.candidate or next(iter(parts.leaving), None)
    percent = traffic.percent(guest.name) if guest else 0
    return TrafficStatus(candidate_percent=percent, verified=_is_verified(situation, traffic))


def _is_verified(situation: Situation, traffic: Traffic) -> bool:
    parts = situation.cast
    stage = stage_of(parts.candidate) if parts.candidate else None
    if stage is not None:
        return is_achieved(situation.world, parts, stage)
    if parts.serving is None:
        return False
    others = (name for name in situation.world.workloads if name != parts.serving.name)
    return traffic.selects(parts.serving.name) and not any(traffic.addresses(name) for name in others)


def _evidence(situation: Situation) -> tuple[str, ...]:
    """Open incidents that are about a revision."""
    found = still_open(situation.world, situation.book)
    return tuple(one.name for one in found if one.revision is not None)[:_HELD]


def _quarantine(situation: Situation) -> tuple[Quarantine, ...]:
    """From the revisions' records, which are the truth."""
    held = [record for record in situation.book.records.values() if record.status.verdict == "RolledBack"]
    held.sort(key=_since, reverse=True)
    return tuple(
        Quarantine(
            digest=record.spec.digest,
            revision=record.name,
            reason=record.status.reason or "RolledBack",
            message=record.status.message,
            since=record.latest.ended_at or situation.now,
            **_incident(record),
        )
        for record in held[:_QUARANTINED]
    )


def _incident(record: Record) -> dict[str, str]:
    name = incident_of(record, f"rollback/{record.latest.number}")
    return {"incident": name} if name is not None else {}


def _since(record: Record) -> float:
    ended = record.attempt.ended_at if record.attempt else None
    return ended.timestamp() if ended else 0


def _summary(situation: Situation) -> Summary | None:
    declared = asked_gates(situation.world)
    asked = approvals(situation)
    fields: dict[str, str] = {}
    if declared:
        record = situation.desire.record
        known = {one.name: one.state for one in record.status.gates} if record is not None else {}
        opened = sum(known.get(gate.name) in {"Passed", "Waived"} for gate in declared)
        fields["gates"] = f"{opened}/{len(declared)}"
    if asked:
        filled = sum(min(len(need.by), need.count) for need in asked)
        fields["approvals"] = f"{filled}/{sum(need.count for need in asked)}"
    found = [one for one in situation.findings if one.signal.state != "NotApplicable"]
    if found:
        fields["signals"] = f"{sum(one.signal.state == 'Passed' for one in found)}/{len(found)}"
    if (left := remaining(reckonings(situation.world, situation.now))) is not None:
        fields["budget"] = left
    return Summary(**fields) if fields else None


def _scale(situation: Situation) -> dict[str, Any]:
    """Of the pods in traffic, and no others: an autoscaler must not count idle ones."""
    traffic = Traffic(situation.world)
    routed = sorted(situation.capacity.routed) or ([situation.desire.name] if situation.desire.name else [])
    if not routed:
        return {}
    workloads = [found for name in routed if (found := situation.world.workloads.get(name))]
    selector = f"leadsman.dev/service={situation.world.service.name},leadsman.dev/revision in ({','.join(routed)})"
    return {
        "replicas": sum(workload.pods for workload in workloads),
        "ready_replicas": sum(traffic.ready(workload.name) for workload in workloads),
        "selector": selector,
    }
