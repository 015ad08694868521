"""How long may pods that were asked for still take? A clock that stands still in a pause, and outlives a restart."""

from datetime import datetime, timedelta

from leadsman.api.v1alpha1.aiservice_status import Progress
from leadsman.planner.records.book import Record
from leadsman.planner.world import World


def own_clock(world: World, record: Record) -> Progress | None:
    """The clock as it was written last, if it is of this attempt."""
    status = world.service.status
    is_own = record.attempt is not None and status.attempt == record.attempt.number
    return status.progress if is_own else None


def deadline(progress: Progress | None) -> datetime | None:
    return progress.deadline_at if progress else None


def progress_clock(
    before: Progress | None, *, waits: bool, stands_still: bool, seconds: int, now: datetime
) -> Progress | None:
    """The clock as it goes on.

    Args:
        before: the clock as it was written last.
        waits: are there pods that were asked for and are not ready?
        stands_still: in a pause, a freeze, or while waiting for a person.
        seconds: what a new clock starts with.
        now: the time.
    """
    if not waits:
        return None
    if before is None:
        before = Progress(remaining_seconds=seconds)
    if stands_still:
        if before.deadline_at is None:
            return before
        return Progress(remaining_seconds=min(seconds, _left(before.deadline_at, now)))
    if before.deadline_at is not None:
        return before
    return Progress(deadline_at=now + timedelta(seconds=before.remaining_seconds or 0))


def _left(until: datetime, now: datetime) -> int:
    return max(0, round((until - now).total_seconds()))
