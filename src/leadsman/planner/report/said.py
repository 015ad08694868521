"""What a condition says, before it has a time."""

from dataclasses import dataclass
from typing import Literal

from leadsman.api.reasons import ConditionType
from leadsman.api.v1alpha1.aiservice_status import Blocker

Value = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class Said:
    type: ConditionType
    status: Value
    reason: str
    message: str = ""


def in_words(blocker: Blocker) -> str:
    return f"{blocker.name}: {blocker.message}"
