"""What keeps weights from rising because somebody wants it so? Holds, signals and the way back go on."""

from datetime import datetime
from typing import Final

from leadsman.planner.decisions.force import pause
from leadsman.planner.records.book import Record
from leadsman.planner.world import World

PAUSE: Final = "Pause"
"""What the annotation leadsman.dev/request may ask for, for as long as it is there."""


def pausing(world: World, record: Record | None, now: datetime) -> tuple[str, str] | None:
    """What holds a candidate, and how to go on. None: nothing."""
    service = world.service
    if service.spec.rollout.paused:
        return "spec.rollout.paused", "set spec.rollout.paused to false"
    if service.request == PAUSE:
        return (
            "leadsman.dev/request",
            f"kubectl annotate aisvc {service.name} -n {service.namespace} leadsman.dev/request-",
        )
    decided = pause(world, record, now) if record is not None else None
    if decided is None:
        return None
    return f"{decided.name} by {decided.actor.username}"[
        :1024
    ], f"leadsman resume {service.name} -n {service.namespace}"
