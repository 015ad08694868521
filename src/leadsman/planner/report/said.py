"""What a condition says, before it has a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType
from leadsman.api.v1alpha1.aiservice_status import Blocker

_MESSAGE: Final = 32768
"""Characters that fit into a condition."""
Value = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class Said:
    type: ConditionType
    status: Value
    reason: str
    message: str = ""


def dated(said: Said, before: Iterable[Condition], generation: int, now: datetime) -> Condition:
    """As metav1.Condition. One whose status is as it was keeps its time.

    Args:
        said: what it says.
        before: as they were written last.
        generation: of the spec that it speaks of.
        now: the time.
    """
    old = next((one for one in before if one.type == said.type.value), None)
    since = old.last_transition_time if old is not None and old.status == said.status else now.replace(microsecond=0)
    return Condition(
        type=said.type,
        status=said.status,
        observed_generation=generation,
        last_transition_time=since,
        reason=said.reason,
        message=said.message[:_MESSAGE],
    )


def in_words(blocker: Blocker) -> str:
    return f"{blocker.name}: {blocker.message}"
