"""What may be looked at to tell whether an act counts, and the answer where it does not."""

from dataclasses import dataclass
from datetime import datetime

from leadsman.api.reasons import Reason
from leadsman.planner.governance import Act
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import Cast
from leadsman.planner.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an act does not count."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What a check may look at."""

    world: World
    book: Book
    cast: Cast
    act: Act
    record: Record | None
    """The revision that it is about. None: there is no such one."""

    @property
    def now(self) -> datetime:
        return self.book.now

    @property
    def about(self) -> Record:
        """The same, once that was checked."""
        if self.record is None:
            raise ValueError(f"{self.act.name} is about no revision")
        return self.record
