"""Events about conditions and children: what people who watch events should hear of, once, when it changes."""

from collections.abc import Iterator
from typing import Final

from leadsman.api.meta import Condition
from leadsman.api.reasons import ABNORMAL, Reason
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner.plan import Event, Operation, Replace, target
from leadsman.planner.report.situation import Situation

_TOLD: Final = frozenset(
    {
        Type.POD_TEMPLATE_VALID,
        Type.INPUTS_RESOLVED,
        Type.MONITORS_RESOLVABLE,
        Type.SIGNALS_HEALTHY,
        Type.AVAILABLE,
        Type.STALLED,
        Type.REVIEW_DUE,
        Type.ASSESSMENT_DUE,
        Type.RETIREMENT_DUE,
        Type.EVIDENCE_DEGRADED,
        Type.BREAK_GLASS_ACTIVE,
    }
)


def transitions(situation: Situation, made: AIServiceStatus) -> Iterator[Event]:
    """What turned bad since the status was written last, and what is well again after it was bad."""
    before = {one.type: one for one in situation.world.service.status.conditions}
    uid = situation.world.service.uid
    for one in made.conditions:
        is_new = one.type == Type.AVAILABLE.value and one.type not in before  # its first pods are still to come
        if one.type in _TOLD and not is_new and _is_news(before.get(one.type), one) and not _is_told(situation, one):
            kind = "Warning" if _is_bad(one) else "Normal"
            key = f"{uid}/{one.type}/{one.reason}/{one.last_transition_time.isoformat()}"
            yield Event(type=kind, reason=one.reason, message=one.message or one.type, key=key)


def put_back(operation: Operation) -> Event | None:
    """Of an object that somebody else had changed. To be told once it is as it was."""
    if not isinstance(operation, Replace) or not operation.drift:
        return None
    kind, name = target(operation)
    message = f"{kind} {name} was changed by somebody else and is as it was again"
    return Event(
        type="Warning", reason="ChildPutBack", message=message, key=f"{kind}/{name}/{operation.resource_version}"
    )


def _is_news(before: Condition | None, now: Condition) -> bool:
    was_bad = before is not None and _is_bad(before)
    if _is_bad(now):
        return before is None or not was_bad or before.reason != now.reason
    return was_bad and now.status != "Unknown"


def _is_told(situation: Situation, one: Condition) -> bool:
    """By the event of a gate's verdict, which is why it stalls."""
    is_of_gate = one.type == Type.STALLED.value and one.reason in {Reason.GATE_FAILED.value, Reason.INCONCLUSIVE.value}
    return is_of_gate and any(event.reason in {"GateFailed", "GateInconclusive"} for event in situation.book.events)


def _is_bad(one: Condition) -> bool:
    return one.status == ("True" if one.type in ABNORMAL else "False")
