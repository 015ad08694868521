"""What is asked before each step: which one, of which candidate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import Cast, stage_of
from leadsman.planner.rollout.gates import GateStanding
from leadsman.planner.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage that could be entered next."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a check may look at."""

    world: World
    book: Book
    cast: Cast
    candidate: Record
    step: Step
    now: datetime
    gates: tuple[GateStanding, ...] = ()
    """Those that are due before the step."""

    @property
    def is_first(self) -> bool:
        return self.cast.serving is None

    @property
    def is_before_traffic(self) -> bool:
        return stage_of(self.candidate) is None


Check = Callable[[Question], Blocker | None]
