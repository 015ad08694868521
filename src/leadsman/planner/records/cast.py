"""Who is who? The parts that revisions play follow from their dossiers alone, so that no restart forgets them."""

from dataclasses import dataclass
from typing import Final

from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.planner.records.book import Book, Record

PROMOTION: Final = "promotion"
BAKE: Final = "bake"
ROLLBACK: Final = "rollback"
"""Stages that no user declares: the last step up, the watch after it, and the way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    serving: Record | None
    """That came to serve last, and was not taken back."""
    candidate: Record | None
    """In an attempt that has not ended."""
    previous: Record | None
    """That served before, at hand until the bake is over."""
    leaving: tuple[Record, ...]
    """Whose pods have to go, and their traffic before: rolled back, or replaced by another candidate."""
    records: tuple[Record, ...] = ()
    """All that there are."""

    @property
    def bakes(self) -> bool:
        return self.serving is not None and is_in(self.serving, BAKE)


def cast(book: Book) -> Cast:
    """By the numbers of attempts, not by times: a clock may be put back."""
    records = book.records.values()
    served = sorted((record for record in records if record.has_served), key=order)
    serving = served[-1] if served else None
    candidates = sorted((record for record in records if record.is_candidate), key=order)
    return Cast(
        serving=serving,
        candidate=candidates[-1] if candidates else None,
        previous=served[-2] if serving and is_in(serving, BAKE) and len(served) > 1 else None,
        leaving=tuple(record for record in records if is_in(record, ROLLBACK)),
        records=tuple(records),
    )


def stage_of(record: Record) -> StageRecord | None:
    """The stage that it is in."""
    stages = record.attempt.stages if record.attempt else ()
    return stages[-1] if stages and stages[-1].ended_at is None else None


def current_stage(record: Record) -> StageRecord:
    """The same, of a record that is in one."""
    return record.latest.stages[-1]


def is_in(record: Record, name: str) -> bool:
    stage = stage_of(record)
    return stage is not None and stage.name == name


def order(record: Record) -> tuple[int, int]:
    """Of attempts, over all revisions of the service."""
    return record.latest.number, record.spec.number
