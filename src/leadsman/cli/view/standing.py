"""How a service stands, in one word, read off its conditions as kstatus and `kubectl wait` read them."""

from enum import StrEnum
from typing import Final

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1 import AIService


class Standing(StrEnum):
    READY = "Ready"
    UNSEEN = "Unseen"
    """The operator has not looked at this generation of the spec."""
    DELETING = "Deleting"
    UNDER_WAY = "UnderWay"
    WAITING = "Waiting"
    """For people, evidence, or the end of a freeze."""
    FAILED = "Failed"
    """Stalled or rolled back: nothing moves before a person acts."""

    @property
    def exit_code(self) -> int:
        return _EXIT_CODES.get(self, NOT_THERE_YET)


NOT_THERE_YET: Final = 2
_EXIT_CODES: Final = {Standing.READY: 0, Standing.FAILED: 3}


class Goal(StrEnum):
    """What `status --until` waits for."""

    READY = "Ready"
    PROMOTED = "Promoted"
    ROLLED_BACK = "RolledBack"
    SETTLED = "Settled"


def find(service: AIService, type_: str) -> Condition | None:
    return next((one for one in service.status.conditions if one.type == type_), None)


def is_true(service: AIService, type_: str) -> bool:
    found = find(service, type_)
    return found is not None and found.status == "True"


def stand(service: AIService) -> Standing:
    """Bad news first: what cannot be read as good is not good."""
    if service.metadata.deletion_timestamp:
        return Standing.DELETING
    if not _seen(service):
        return Standing.UNSEEN
    if is_true(service, Type.STALLED) or is_true(service, Type.ROLLED_BACK):
        return Standing.FAILED
    if _ready(service):
        return Standing.READY
    return Standing.UNDER_WAY if is_true(service, Type.RECONCILING) else Standing.WAITING


def _seen(service: AIService) -> bool:
    return service.status.observed_generation >= (service.metadata.generation or 0)


def _ready(service: AIService) -> bool:
    """As `kubectl wait`: a condition of an older generation says nothing about this one."""
    ready = find(service, Type.READY)
    if ready is None or ready.status != "True":
        return False
    return (ready.observed_generation or service.status.observed_generation) >= (service.metadata.generation or 0)


def is_reached(service: AIService, goal: Goal) -> bool:
    standing = stand(service)
    match goal:
        case Goal.READY:
            return standing is Standing.READY
        case Goal.PROMOTED:
            return _promoted(service)
        case Goal.ROLLED_BACK:
            return standing is Standing.FAILED and is_true(service, Type.ROLLED_BACK)
        case Goal.SETTLED:
            return is_over(service) or standing is Standing.WAITING


def is_over(service: AIService) -> bool:
    """Is this rollout at an end, whatever that is? Until another digest or a decision nothing moves."""
    return _promoted(service) or (stand(service) is Standing.FAILED and not is_true(service, Type.RECONCILING))


def _promoted(service: AIService) -> bool:
    ready = find(service, Type.READY)
    return stand(service) is Standing.READY and ready is not None and ready.reason == str(Reason.PROMOTED)
