"""Who serves, if its record cannot be read? As much of it as keeps its pods and its traffic where they are.

A record is unreadable after a downgrade of the operator, or when somebody tampered with it. What it says is unknown, so
nothing moves forward; but what serves goes on serving, and what failed goes back to it.
"""

from leadsman.api.v1alpha1.airevision import AIRevisionSpec, RevisedService
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt
from leadsman.planner.labels import REVISION
from leadsman.planner.world import Revision, World


def unreadable(world: World) -> tuple[str, ...]:
    """Names of the revisions whose record cannot be read."""
    return tuple(text.partition(":")[0] for text in world.unreadable)


def stand_in(world: World) -> Revision | None:
    """In place of the serving revision's record. It is never written."""
    name = _serving(world)
    if name is None:
        return None
    service = world.service
    attempt = Attempt(
        number=_number(world), started_at=service.created_at, ended_at=service.created_at, outcome="Promoted"
    )
    spec = AIRevisionSpec(
        service=RevisedService(name=service.name, uid=service.uid),
        number=1 + max((one.spec.number for one in world.revisions), default=0),
        digest="sha256:" + "0" * 64,
        template={},
        model=service.spec.model,
    )
    status = AIRevisionStatus(verdict="Serving", attempts=(attempt,))
    return Revision(name=name, uid="", resource_version="", spec=spec, status=status)


def _serving(world: World) -> str | None:
    """By the service's status; where that was lost, by what the apex selects."""
    names = unreadable(world)
    if world.service.status.serving_revision in names:
        return world.service.status.serving_revision
    selected = world.apex.selector.get(REVISION) if world.apex is not None else None
    is_lost = world.service.status.serving_revision is None
    return selected if is_lost and selected in names else None


def _number(world: World) -> int:
    """After all attempts that have ended, and before one that goes on: should that succeed, it serves."""
    ended = [
        attempt.number for one in world.revisions for attempt in one.status.attempts if attempt.outcome is not None
    ]
    return max(ended, default=1)
