"""Which readings are worth writing down? Those that a decision was made on, changes of state, and one a minute."""

from datetime import timedelta
from typing import Final

from leadsman.api.v1alpha1.airevision_status import Reading
from leadsman.planner.records.book import Book, Record
from leadsman.planner.rollout.evidence import Finding
from leadsman.planner.signals import readings

EVERY: Final = timedelta(seconds=60)
"""A comparison goes on from here after a restart, so no more than a minute of evidence is lost."""


def archive(book: Book, record: Record, found: tuple[Finding, ...], *, decided: bool) -> None:
    """Into the record's last attempt. What ceases to apply, as a comparison does at the end, keeps its last word.

    Args:
        book: of the service.
        record: whose signals these are.
        found: one for each monitor.
        decided: was something decided on them just now?
    """
    now = tuple(readings.to_reading(one.signal) for one in found if one.signal.state != "NotApplicable")
    before = record.latest.readings
    names = {one.monitor for one in now}
    all_ = (*now, *(one for one in before if one.monitor not in names))[:64]
    if now and (decided or _states(all_) != _states(before) or _newest(now) >= _newest(before) + EVERY.total_seconds()):
        book.amend_attempt(record, readings=all_)


def _states(found: tuple[Reading, ...]) -> dict[str, str]:
    return {one.monitor: one.state for one in found}


def _newest(found: tuple[Reading, ...]) -> float:
    return max((one.at.timestamp() for one in found), default=0)
