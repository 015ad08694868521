"""What do an AIService's conditions say? One function for each type, and the summary that names the step it is at.

Reconciling and Stalled are there only while true, never both (kstatus): Reconciling while it moves by itself, Stalled
while nothing moves until a person acts. https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.records.cast import BAKE, ROLLBACK, is_in, stage_of
from leadsman.planner.report.situation import Situation
from leadsman.planner.rollout import health
from leadsman.planner.rollout.decide import is_stopped
from leadsman.planner.rollout.evidence import Finding
from leadsman.planner.world import ChildKind

Value = Literal["True", "False", "Unknown"]
BY_PEOPLE = frozenset({"Policy", "Gate", "Approval", "Budget", "Review", "Revision", "Service", "Template", "Record"})
"""Types of blockers that no waiting removes."""
_WAITS = frozenset({"Review", "Gate", "Approval", "Policy", "Budget"})
"""Of those, what is part of the way: somebody is asked, and nothing is wrong with the spec."""
_MESSAGE = 32768


@dataclass(frozen=True, slots=True)
class Said:
    """What a condition says, before it has a time."""

    type: Type
    status: Value
    reason: str
    message: str = ""


def conditions(situation: Situation) -> tuple[Condition, ...]:
    """All that apply. Those whose status is as it was keep their time."""
    before = {one.type: one for one in situation.world.service.status.conditions}
    moment = situation.now.replace(microsecond=0)
    made: list[Condition] = []
    for said in _all(situation):
        old = before.get(said.type)
        since = old.last_transition_time if old is not None and old.status == said.status else moment
        made.append(
            Condition(
                type=said.type,
                status=said.status,
                observed_generation=situation.world.service.generation,
                last_transition_time=since,
                reason=said.reason,
                message=said.message[:_MESSAGE],
            )
        )
    return tuple(made)


def _all(situation: Situation) -> Iterator[Said]:
    ready = _ready(situation)
    yield ready
    yield _available(situation)
    yield from (_policy(situation), _gates(situation), _approved(situation), _signals(situation), _budget(situation))
    yield from (_template(situation), _inputs(situation), _monitors(situation))
    yield from _moving(situation, ready)
    if rolled_back := _rolled_back(situation):
        yield rolled_back


def _ready(situation: Situation) -> Said:
    if stopped := _stopped(situation):
        return Said(Type.READY, "False", *stopped)
    if is_returning(situation):
        return _returning(situation)
    lead = situation.decision.blockers[0] if situation.decision.blockers else None
    if situation.is_desired_serving and lead is None:
        return _serving(situation)
    if lead is not None and _holds(lead):
        return Said(Type.READY, "False", lead.reason, _in_words(lead))
    if situation.cast.candidate is None or stage_of(situation.cast.candidate) is None:
        return Said(Type.READY, "Unknown", Reason.RESOLVING, _in_words(lead) if lead else "")
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
    why = lead.message if lead and candidate and lead.name == candidate.name else _in_words(lead) if lead else ""
    return Said(Type.READY, "Unknown", reason, f"{where}: {why}" if why else where)


def _serving(situation: Situation) -> Said:
    serving = situation.cast.serving
    name = serving.name if serving else ""
    if not situation.is_available:
        return Said(Type.READY, "False", Reason.MINIMUM_REPLICAS_UNAVAILABLE, _available(situation).message)
    signals = _signals(situation)
    if signals.status == "False":
        return Said(Type.READY, "False", signals.reason, signals.message)
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
    return Said(Type.STALLED, "True", lead.reason, _in_words(lead)) if lead and not is_returning(situation) else None


def _stalls(blocker: Blocker) -> bool:
    """Nothing will come of waiting, and nobody is asked: somebody has to correct something."""
    return blocker.reason == Reason.NOT_SUPPORTED.value or blocker.type in BY_PEOPLE - _WAITS


def _available(situation: Situation) -> Said:
    serving = situation.cast.serving
    if serving is None:
        return Said(Type.AVAILABLE, "False", Reason.MINIMUM_REPLICAS_UNAVAILABLE, "no revision serves yet")
    wanted = situation.capacity.replicas.get(serving.name, 0)
    message = f"{situation.ready_serving} of {wanted} pods of {serving.name} are ready"
    if situation.is_available:
        return Said(Type.AVAILABLE, "True", Reason.MINIMUM_REPLICAS_AVAILABLE, message)
    causes = "; ".join(health.causes(situation.world, serving.name))
    reason = Reason.MINIMUM_REPLICAS_UNAVAILABLE
    return Said(Type.AVAILABLE, "False", reason, f"{message}: {causes}" if causes else message)


def _policy(situation: Situation) -> Said:
    return _unsupported(situation, Type.POLICY_COMPLIANT, "Policy") or Said(
        Type.POLICY_COMPLIANT, "Unknown", Reason.NO_POLICY_MATCHES, "no GovernancePolicy matches"
    )


def _gates(situation: Situation) -> Said:
    if situation.world.service.spec.gates:
        names = ", ".join(gate.name for gate in situation.world.service.spec.gates)
        message = f"evaluations are not run yet by this version of Leadsman: {names}"
        return Said(Type.GATES_PASSED, "Unknown", Reason.NOT_SUPPORTED, message)
    return Said(Type.GATES_PASSED, "True", Reason.NOT_APPLICABLE, "no gates are declared")


def _approved(situation: Situation) -> Said:
    if any(stage.approval == "Required" for stage in situation.world.service.spec.rollout.stages):
        message = "approvals are not counted yet by this version of Leadsman"
        return Said(Type.APPROVED, "Unknown", Reason.NOT_SUPPORTED, message)
    return Said(Type.APPROVED, "True", Reason.NOT_APPLICABLE, "no approval is asked for")


def _budget(situation: Situation) -> Said:
    return _unsupported(situation, Type.WITHIN_RISK_BUDGET, "Budget") or (
        Said(Type.WITHIN_RISK_BUDGET, "True", Reason.NOT_APPLICABLE, "no risk budget is declared")
        if situation.world.service.spec.risk_budget is None and situation.world.service.spec.risk_budget_ref is None
        else Said(Type.WITHIN_RISK_BUDGET, "Unknown", Reason.NOT_SUPPORTED, "risk budgets are not measured yet")
    )


def _unsupported(situation: Situation, type_: Type, kind: str) -> Said | None:
    found = next((one for one in situation.decision.blockers if one.type == kind), None)
    return Said(type_, "Unknown", found.reason, found.message) if found else None


def _signals(situation: Situation) -> Said:
    found = [one for one in situation.findings if one.signal.state != "NotApplicable"]
    if bad := [one for one in found if one.signal.state == "Failed"]:
        return Said(Type.SIGNALS_HEALTHY, "False", Reason.SIGNAL_FAILED, _signal_words(bad))
    if crashing := _crashing(situation):
        return Said(Type.SIGNALS_HEALTHY, "False", Reason.WORKLOAD_FAILED, crashing)
    if not found:
        return Said(Type.SIGNALS_HEALTHY, "True", Reason.SIGNALS_PASSED, "workload health only: no monitor applies now")
    for state, reason in (("Invalid", Reason.MONITOR_INVALID), ("NoEvidence", Reason.NO_EVIDENCE)):
        if silent := [one for one in found if one.signal.state == state]:
            return Said(Type.SIGNALS_HEALTHY, "Unknown", reason, _signal_words(silent))
    if doubtful := [one for one in found if one.signal.state == "Inconclusive"]:
        return Said(Type.SIGNALS_HEALTHY, "Unknown", Reason.INCONCLUSIVE, _signal_words(doubtful))
    return Said(Type.SIGNALS_HEALTHY, "True", Reason.SIGNALS_PASSED, "every monitor passes")


def _crashing(situation: Situation) -> str | None:
    """Of a candidate, or in the bake. Later a container that was killed once runs again in its pod: see Available."""
    watched = situation.watched
    if watched is None or not (watched is situation.cast.candidate or is_in(watched, BAKE)):
        return None
    return health.failure(situation.world, watched.name)


def _template(situation: Situation) -> Said:
    lead = next((one for one in situation.decision.blockers if one.reason == Reason.POD_TEMPLATE_REFUSED.value), None)
    if lead is not None:
        return Said(Type.POD_TEMPLATE_VALID, "False", lead.reason, lead.message)
    name = situation.desire.name or ""
    if refused := situation.world.refusals.get((ChildKind.DEPLOYMENT, name)):
        return Said(Type.POD_TEMPLATE_VALID, "False", Reason.POD_TEMPLATE_REFUSED, refused)
    workload = situation.world.workloads.get(name)
    if workload is not None and workload.refusal:
        return Said(Type.POD_TEMPLATE_VALID, "False", Reason.PODS_REJECTED, workload.refusal)
    if situation.desire.record is None:
        return Said(Type.POD_TEMPLATE_VALID, "Unknown", Reason.RESOLVING)
    check = situation.world.template
    warnings = check.message if check is not None and check.digest == situation.desire.digest else ""
    return Said(Type.POD_TEMPLATE_VALID, "True", Reason.POD_TEMPLATE_ACCEPTED, warnings)


def _inputs(situation: Situation) -> Said:
    lead = next((one for one in situation.decision.blockers if one.type == "Input"), None)
    if lead is not None:
        return Said(Type.INPUTS_RESOLVED, "False", lead.reason, _in_words(lead))
    if not situation.world.service.spec.inputs:
        return Said(Type.INPUTS_RESOLVED, "True", Reason.NOT_APPLICABLE, "no inputs are declared")
    return Said(Type.INPUTS_RESOLVED, "True", Reason.INPUTS_PINNED)


def _monitors(situation: Situation) -> Said:
    invalid = [one for one in situation.findings if one.signal.state == "Invalid"]
    if invalid:
        return Said(Type.MONITORS_RESOLVABLE, "False", Reason.MONITOR_INVALID, _signal_words(invalid))
    if not situation.world.service.spec.monitors:
        return Said(Type.MONITORS_RESOLVABLE, "True", Reason.NOT_APPLICABLE, "no monitors are declared")
    message = "the provider and the series of each monitor are there"
    return Said(Type.MONITORS_RESOLVABLE, "True", Reason.MONITORS_RESOLVED, message)


def _rolled_back(situation: Situation) -> Said | None:
    record, serving = situation.desire.record, situation.cast.serving
    if record is None or record.status.verdict != "RolledBack":
        return None
    serves = f"{serving.name} serves" if serving else "nothing serves"
    reason = record.status.reason or Reason.ROLLED_BACK
    return Said(Type.ROLLED_BACK, "True", reason, f"{record.status.message}; {serves}")


def _holds(blocker: Blocker) -> bool:
    """Does it wait for a person, rather than for time, pods or evidence?"""
    return blocker.type in BY_PEOPLE | {"Pause", "Input", "Child"} or blocker.reason in {
        Reason.NO_REPLICAS,
        Reason.SHARE_UNREACHABLE,
    }


def _in_words(blocker: Blocker) -> str:
    return f"{blocker.name}: {blocker.message}"


def _signal_words(found: list[Finding]) -> str:
    return "; ".join(f"{one.monitor.name}: {one.signal.message}" for one in found)[:2048]
