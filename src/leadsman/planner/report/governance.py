"""Each governance condition on its own: one function for each type, about the desired revision."""

from collections.abc import Iterator, Mapping
from typing import Final

from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.riskbudget import BudgetState
from leadsman.planner.budgets.effects import reckonings
from leadsman.planner.budgets.state import worst
from leadsman.planner.decisions.approvals import Need, needs
from leadsman.planner.decisions.force import BUDGET, ends_at, is_waived
from leadsman.planner.decisions.glass import breaking, unreviewed
from leadsman.planner.policies import monitors as effective
from leadsman.planner.policies import signatures
from leadsman.planner.policies.gates import asked_gates
from leadsman.planner.policies.objections import objections, warnings
from leadsman.planner.records.cast import BAKE, is_in
from leadsman.planner.report.said import Said, Value, in_words
from leadsman.planner.report.situation import Situation
from leadsman.planner.rollout import dates, health
from leadsman.planner.rollout.evidence import Finding
from leadsman.planner.rollout.obstacles import ledger_trouble
from leadsman.planner.world import ChildKind

_GATES: tuple[tuple[str, Value, Reason], ...] = (
    ("Failed", "False", Reason.GATE_FAILED),
    ("Inconclusive", "False", Reason.INCONCLUSIVE),
    ("Running", "Unknown", Reason.GATES_RUNNING),
    ("Pending", "Unknown", Reason.GATES_RUNNING),
    ("not asked, as it served before the gate was declared", "Unknown", Reason.NOT_APPLICABLE),
)
"""States of gates that are not open, the worst first."""
_WITHIN: Final[Mapping[BudgetState, Value]] = {"Healthy": "True", "AtRisk": "True", "Unknown": "Unknown"}
_NOT_TOLD: Final = frozenset({Reason.NOT_SUPPORTED.value, Reason.RESOLVING.value})
"""Of a policy: it is not known whether the service satisfies it."""


def available(situation: Situation) -> Said:
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


def policy(situation: Situation) -> Said:
    """Of the spec as it is, whether or not it serves already."""
    world = situation.world
    if not world.policies:
        return Said(Type.POLICY_COMPLIANT, "Unknown", Reason.NO_POLICY_MATCHES, "no GovernancePolicy matches")
    known = (one for one in situation.decision.blockers if one.type == "Policy")
    found = {one.name: one for one in (*objections(world), *known)}
    words = "; ".join((*(f"{one.name}: {one.message}" for one in found.values()), *warnings(world)))
    if denied := next((one for one in found.values() if one.reason not in _NOT_TOLD), None):
        return Said(Type.POLICY_COMPLIANT, "False", denied.reason, words)
    if found:
        return Said(Type.POLICY_COMPLIANT, "Unknown", next(iter(found.values())).reason, words)
    satisfied = f"satisfies {', '.join(one.name for one in world.policies)}"
    said = "; ".join((satisfied, *signatures.in_words(world), *((words,) if words else ())))
    return Said(Type.POLICY_COMPLIANT, "True", Reason.POLICY_SATISFIED, said)


def gates(situation: Situation) -> Said:
    """Of the desired revision, as they were recorded."""
    declared = asked_gates(situation.world)
    if not declared:
        return Said(Type.GATES_PASSED, "True", Reason.NOT_APPLICABLE, "no gates are declared")
    record = situation.desire.record
    known = {one.name: one for one in record.status.gates} if record is not None else {}
    unknown = _GATES[-1][0] if situation.is_desired_serving else "Pending"
    states = [(gate.name, known[gate.name].state if gate.name in known else unknown) for gate in declared]
    for state, value, reason in _GATES:
        if names := [name for name, found in states if found == state]:
            said = {name: known[name].message for name in names if name in known}
            words = "; ".join(f"{name}: {said.get(name) or state}" for name in names)
            return Said(Type.GATES_PASSED, value, reason, words)
    return Said(Type.GATES_PASSED, "True", Reason.GATES_OPEN, "; ".join(f"{name}: {state}" for name, state in states))


def approved(situation: Situation) -> Said:
    """Of the desired revision: all that it needs, whenever that is due."""
    found = approvals(situation)
    if not found:
        return Said(Type.APPROVED, "True", Reason.NOT_APPLICABLE, "no approval is asked for")
    missing = [f"{need.slot}: {len(need.by)} of {need.count}" for need in found if not need.is_filled]
    if situation.is_desired_serving and missing:
        message = f"it was let through before these were asked for: {'; '.join(missing)}"
        return Said(Type.APPROVED, "Unknown", Reason.NOT_APPLICABLE, message)
    if not missing:
        names = "; ".join(f"{need.slot}: {', '.join(act.name for act in need.by)}" for need in found)
        return Said(Type.APPROVED, "True", Reason.APPROVALS_COMPLETE, names)
    awaited = [one for one in situation.decision.blockers if one.type == "Approval"]
    words = "; ".join(map(in_words, awaited)) or f"will be asked for: {'; '.join(missing)}"
    return Said(Type.APPROVED, "False" if awaited else "Unknown", Reason.AWAITING_APPROVAL, words)


def approvals(situation: Situation) -> tuple[Need, ...]:
    """Of the desired revision. While nothing else serves, all of them are due before traffic."""
    record = situation.desire.record
    if record is None or record.attempt is None or not record.is_readable:
        return ()
    return needs(situation.world, record, situation.now, is_first=situation.cast.serving is None)


def degraded(situation: Situation) -> Said | None:
    """Of who decides only where it matters: people have to approve, or have decided something."""
    world = situation.world
    if (found := ledger_trouble(world)) is not None:
        return Said(Type.EVIDENCE_DEGRADED, "True", found.reason, found.message)
    if world.protected_since is not None or not (world.acts or approvals(situation)):
        return None
    message = f"decisions that are made now are void, since nobody can tell who makes them: {world.unprotected}"
    return Said(Type.EVIDENCE_DEGRADED, "True", Reason.ADMISSION_MISSING, message)


def budget(situation: Situation) -> Said:
    """Of the worst, with a word on each."""
    found = reckonings(situation.world, situation.now)
    if not found:
        return Said(Type.WITHIN_RISK_BUDGET, "True", Reason.NOT_APPLICABLE, "the service draws on no risk budget")
    state = worst(one.state for one in found)
    reason = next(one.reason for one in found if one.state == state)
    words = "; ".join(f"{one.name} is {one.state}: {one.message}" for one in found)
    candidate = situation.cast.candidate
    if candidate is not None and is_waived(situation.world, candidate, BUDGET, situation.now):
        words = f"waived for {candidate.name}; {words}"
    return Said(Type.WITHIN_RISK_BUDGET, _WITHIN.get(state, "False"), reason, words)


def signals(situation: Situation) -> Said:
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


def broken_glass(situation: Situation) -> Said | None:
    """While it is in force for what the spec asks for."""
    record = situation.desire.record
    if record is None or record.attempt is None:
        return None
    act = breaking(situation.world, record, situation.now)
    if act is None or act.spec.actor is None:
        return None
    message = f"{act.spec.actor.username} broke the glass for {act.spec.incident}, until {ends_at(act):%H:%M} UTC"
    return Said(Type.BREAK_GLASS_ACTIVE, "True", Reason.BREAK_GLASS, f"{message}: {act.spec.reason}")


def due(situation: Situation) -> Iterator[Said]:
    """Days that come near, or are past. A broken glass is reviewed before anything else."""
    broken = next(unreviewed(situation.cast.records), None)
    if broken is not None:
        one = broken.decision
        who = f"{one.actor.username} broke the glass for {one.incident} ({one.name})"
        message = f"{who}: somebody else reviews that by {broken.review_by:%Y-%m-%d %H:%M} UTC"
        yield Said(Type.REVIEW_DUE, "True", Reason.GLASS_UNREVIEWED, message)
    for day in dates.days(situation.world.service.spec):
        if broken is not None and day.condition == Type.REVIEW_DUE:
            continue
        if day.is_past(situation.now):
            yield Said(day.condition, "True", day.overdue, f"{day.late}, and no revision moves forward")
        elif day.is_near(situation.now):
            yield Said(day.condition, "True", Reason.DUE_SOON, f"{day.soon}: then no revision moves forward any more")


def template(situation: Situation) -> Said:
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


def inputs(situation: Situation) -> Said:
    lead = next((one for one in situation.decision.blockers if one.type == "Input"), None)
    if lead is not None:
        return Said(Type.INPUTS_RESOLVED, "False", lead.reason, in_words(lead))
    if not situation.world.service.spec.inputs:
        return Said(Type.INPUTS_RESOLVED, "True", Reason.NOT_APPLICABLE, "no inputs are declared")
    return Said(Type.INPUTS_RESOLVED, "True", Reason.INPUTS_PINNED)


def monitors(situation: Situation) -> Said:
    invalid = [one for one in situation.findings if one.signal.state == "Invalid"]
    if invalid:
        return Said(Type.MONITORS_RESOLVABLE, "False", Reason.MONITOR_INVALID, _signal_words(invalid))
    if not effective.monitors(situation.world):
        return Said(Type.MONITORS_RESOLVABLE, "True", Reason.NOT_APPLICABLE, "no monitors are declared")
    message = "the provider and the series of each monitor are there"
    return Said(Type.MONITORS_RESOLVABLE, "True", Reason.MONITORS_RESOLVED, message)


def _signal_words(found: list[Finding]) -> str:
    return "; ".join(f"{one.monitor.name}: {one.signal.message}" for one in found)[:2048]
