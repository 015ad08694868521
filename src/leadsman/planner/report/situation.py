"""Where is the service, after the decisions? What conditions, status and children are derived from."""

from dataclasses import dataclass
from datetime import datetime

from leadsman.api.v1alpha1.aiservice_status import Progress
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import Cast, stage_of
from leadsman.planner.rollout.capacity import Capacity
from leadsman.planner.rollout.decide import Decision
from leadsman.planner.rollout.desire import Desire
from leadsman.planner.rollout.evidence import Finding
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    world: World
    book: Book
    desire: Desire
    decision: Decision
    cast: Cast
    capacity: Capacity
    progress: Progress | None
    findings: tuple[Finding, ...]
    """Of the watched revision."""

    @property
    def now(self) -> datetime:
        return self.book.now

    @property
    def watched(self) -> Record | None:
        """Whose signals matter most: the candidate's where it takes traffic, else the serving one's."""
        return watched(self.world, self.cast)

    @property
    def is_desired_serving(self) -> bool:
        return self.cast.serving is not None and self.desire.record is self.cast.serving

    @property
    def ready_serving(self) -> int:
        return Traffic(self.world).ready(self.cast.serving.name) if self.cast.serving else 0

    @property
    def is_available(self) -> bool:
        """Has the serving revision the pods that its present share of traffic needs?"""
        if self.cast.serving is None:
            return False
        wanted = self.capacity.replicas.get(self.cast.serving.name, 0)
        candidate = self.cast.candidate
        guests = (*self.cast.leaving, *((candidate,) if candidate is not None and stage_of(candidate) else ()))
        if guests:
            theirs = sum(Traffic(self.world).addresses(record.name) for record in guests)
            wanted = min(wanted, max(1, self.world.service.spec.replicas - theirs))
        return self.ready_serving >= wanted


def watched(world: World, cast: Cast) -> Record | None:
    candidate = cast.candidate
    if candidate is not None and stage_of(candidate) is not None and Traffic(world).selects(candidate.name):
        return candidate
    return cast.serving or candidate
