"""What do an AIService's conditions say? One function for each type, and the summary that names the step it is at.

Reconciling and Stalled are there only while true, never both (kstatus): Reconciling while it moves by itself, Stalled
while nothing moves until a person acts. https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus
"""

from collections.abc import Iterator

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.decisions.force import hold, is_stopped
from leadsman.planner.records.cast import BAKE, ROLLBACK, is_in, stage_of
from leadsman.planner.report.access import access
from leadsman.planner.report.governance import (
    approved,
    available,
    broken_glass,
    budget,
    degraded,
    due,
    gates,
    inputs,
    monitors,
    policy,
    signals,
    template,
)
from leadsman.planner.report.said import Said, dated, in_words
from leadsman.planner.report.situation import Situation

BY_PEOPLE = frozenset(
    {"Policy", "Gate", "Approval", "Budget", "Incident", "Review", "Revision", "Service", "Template", "Record"}
)
"""Types of blockers that no waiting removes."""
_WAITS = frozenset({"Review", "Gate", "Approval", "Policy", "Budget", "Incident"})
"""Of those, what is part of the way: somebody is asked, and nothing is wrong with the spec."""
_STUCK = frozenset(
    {
        Reason.NOT_SUPPORTED.value,
        Reason.GATE_FAILED.value,
        Reason.INCONCLUSIVE.value,
        Reason.RUN_ERRORED.value,
        Reason.SUITE_MISSING.value,
        Reason.SUITE_UNREADABLE.value,
        Reason.NO_DARK.value,
        Reason.CONTAMINATED.value,
        Reason.POLICY_DENIED.value,
        Reason.COMPILE_ERROR.value,
        Reason.SPEC_UNREADABLE.value,
    }
)
"""Reasons of gates and the like of which nothing comes by waiting."""


def conditions(situation: Situation) -> tuple[Condition, ...]:
    """All that apply."""
    service = situation.world.service
    return tuple(dated(said, service.status.conditions, service.generation, situation.now) for said in _all(situation))


def _all(situation: Situation) -> Iterator[Said]:
    ready = _ready(situation)
    yield ready
    yield available(situation)
    yield from (policy(situation), gates(situation), approved(situation), signals(situation), budget(situation))
    yield from (template(situation), inputs(situation), monitors(situation), access(situation))
    yield from _moving(situation, ready)
    exceptions = (_rolled_back(situation), broken_glass(situation), degraded(situation))
    yield from (one for one in exceptions if one is not None)
    yield from due(situation)


def _ready(situation: Situation) -> Said:
    if stopped := _stopped(situation):
        return Said(Type.READY, "False", *stopped)
    if is_returning(situation):
        return _returning(situation)
    lead = situation.decision.blockers[0] if situation.decision.blockers else None
    if situation.is_desired_serving and lead is None:
        return _serving(situation)
    if lead is not None and _holds(lead):
        status = "Unknown" if lead.reason in {Reason.GATES_RUNNING.value, Reason.RESOLVING.value} else "False"
        return Said(Type.READY, status, lead.reason, in_words(lead))
    if situation.cast.candidate is None or stage_of(situation.cast.candidate) is None:
        return Said(Type.READY, "Unknown", Reason.RESOLVING, in_words(lead) if lead else "")
    return _rolling(situation, lead)


def _returning(situation: Situation) -> Said:
    serving = situation.cast.serving
    message = f"traffic goes back to {serving.name}" if serving else "pods are drained"
    if any(record.status.verdict == "RolledBack" for record in situation.cast.leaving):
        return Said(Type.READY, "False", Reason.ROLLED_BACK, message)
    return Said(Type.READY, "Unknown", Reason.ROLLING_OUT, message)


def _rolling(situation: Situation, lead: Blocker | None) -> Said:
    candidate = situation.cast.candidate
    stage = stage_of(candidate) if candidate else None
    where = f"{candidate.name if candidate else ''} in stage {stage.name} ({stage.weight} %)" if stage else ""
    waits = lead is not None and lead.type == "Signal"
    reason = Reason.AWAITING_EVIDENCE if waits else Reason.ROLLING_OUT
    why = lead.message if lead and candidate and lead.name == candidate.name else in_words(lead) if lead else ""
    return Said(Type.READY, "Unknown", reason, f"{where}: {why}" if why else where)


def _serving(situation: Situation) -> Said:
    serving = situation.cast.serving
    name = serving.name if serving else ""
    if not situation.is_available:
        return Said(Type.READY, "False", Reason.MINIMUM_REPLICAS_UNAVAILABLE, available(situation).message)
    watched = signals(situation)
    if watched.status == "False":
        return Said(Type.READY, "False", watched.reason, watched.message)
    if serving is not None and is_in(serving, BAKE):
        return Said(Type.READY, "True", Reason.BAKING, f"{name} serves everyone and is watched until the bake is over")
    return Said(Type.READY, "True", Reason.PROMOTED, f"{name} serves everyone")


def _stopped(situation: Situation) -> tuple[str, str] | None:
    """Nothing moves until a person acts: reason and message of Ready."""
    record = situation.desire.record
    if record is None or not is_stopped(record) or is_returning(situation):
        return None
    reason = {"RolledBack": Reason.ROLLED_BACK, "Rejected": Reason.REJECTED}
    serving = situation.cast.serving
    serves = f"{serving.name} serves" if serving else "nothing serves"
    return reason.get(record.status.verdict or "", Reason.ABORTED), f"{record.status.message}; {serves}"


def is_returning(situation: Situation) -> bool:
    """Is there still a revision whose traffic has to leave, and no candidate that comes after it?"""
    if situation.cast.candidate is not None:
        return False
    return any(is_in(record, ROLLBACK) for record in situation.cast.leaving)


def _moving(situation: Situation, ready: Said) -> Iterator[Said]:
    if stalled := _stalled(situation):
        yield stalled
    elif ready.status == "Unknown" or is_returning(situation):
        yield Said(Type.RECONCILING, "True", ready.reason, ready.message)


def _stalled(situation: Situation) -> Said | None:
    stopped = _stopped(situation)
    if stopped is not None:
        reason, message = stopped
        word = Reason.REVISION_QUARANTINED if reason == Reason.ROLLED_BACK.value else reason
        return Said(Type.STALLED, "True", word, message)
    lead = next((one for one in situation.decision.blockers if _stalls(one)), None)
    return Said(Type.STALLED, "True", lead.reason, in_words(lead)) if lead and not is_returning(situation) else None


def _stalls(blocker: Blocker) -> bool:
    """Nothing will come of waiting, and nobody is asked: somebody has to correct something."""
    return blocker.type in BY_PEOPLE - _WAITS or (blocker.type in _WAITS and blocker.reason in _STUCK)


def _rolled_back(situation: Situation) -> Said | None:
    record, serving = situation.desire.record, situation.cast.serving
    if (held := hold(serving)) is not None and serving is not None:
        message = f"{held.actor.username} went back to {serving.name} ({held.name})"
        return Said(Type.ROLLED_BACK, "True", Reason.ROLLED_BACK, message)
    if record is None or record.status.verdict != "RolledBack":
        return None
    serves = f"{serving.name} serves" if serving else "nothing serves"
    reason = record.status.reason or Reason.ROLLED_BACK
    return Said(Type.ROLLED_BACK, "True", reason, f"{record.status.message}; {serves}")


def _holds(blocker: Blocker) -> bool:
    """Does it wait for a person, rather than for time, pods or evidence?"""
    return blocker.type in BY_PEOPLE | {"Pause", "Freeze", "Input", "Child", "Ledger"} or blocker.reason in {
        Reason.NO_REPLICAS,
        Reason.SHARE_UNREACHABLE,
    }
