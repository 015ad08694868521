"""A spec that cannot be understood: nothing is changed, and the status says so."""

from datetime import datetime
from typing import Literal

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus


def unreadable_status(before: AIServiceStatus, *, generation: int, message: str, now: datetime) -> AIServiceStatus:
    """What was so stays so, for all that is known; only the summary changes.

    Args:
        before: the status as it is.
        generation: of the spec that cannot be understood.
        message: what is wrong with it.
        now: the time.
    """
    told = {one.type: one for one in before.conditions}
    told.pop(ConditionType.RECONCILING, None)
    values: tuple[tuple[str, Literal["True", "False"]], ...] = (
        (ConditionType.READY, "False"),
        (ConditionType.STALLED, "True"),
    )
    for type_, value in values:
        old = told.get(type_)
        told[type_] = Condition(
            type=type_,
            status=value,
            observed_generation=generation,
            last_transition_time=old.last_transition_time
            if old and old.status == value
            else now.replace(microsecond=0),
            reason=Reason.SPEC_UNREADABLE,
            message=message,
        )
    return before.model_copy(update={"observed_generation": generation, "conditions": tuple(told.values())})
