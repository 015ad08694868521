"""Breaking the glass: in an emergency one person lets a revision pass what people ask for, and another one reviews it.

It stands in for gates that may be waived, approvals, freezes, days that bind, and holds. Never for what pods and
signals say, nor for what policies forbid, nor for a quarantine. Until it was reviewed no other attempt takes traffic;
that follows from the dossiers, so that nobody gets around it by deleting the AIDecision.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.decisions.force import counted_acts
from leadsman.planner.governance import Act
from leadsman.planner.incidents.holding import CLOSE
from leadsman.planner.records.book import Record
from leadsman.planner.world import World

BREAK: Final = "BreakGlass"
REVIEW: Final = CLOSE
"""By naming the incident for which the glass was broken."""
REVIEWED_WITHIN: Final = timedelta(hours=48)


class Broken(NamedTuple):
    """A glass that nobody has reviewed."""

    record: Record
    decision: CountedDecision

    @property
    def review_by(self) -> datetime:
        return self.decision.at + REVIEWED_WITHIN


def breaking(world: World, record: Record, now: datetime) -> Act | None:
    """That is in force for the revision's last attempt."""
    return next(counted_acts(world, record, BREAK, now), None)


def unreviewed(records: Iterable[Record]) -> Iterator[Broken]:
    """In whichever attempt, oldest first. One that was taken back before it let anything pass is reviewed as well."""
    found = [Broken(record, one) for record in records for one in record.status.decisions if _waits(one)]
    return iter(sorted(found, key=lambda one: (one.decision.at, one.decision.name)))


def to_review(records: Iterable[Record], incident: str | None) -> Broken | None:
    """The one that was broken for this incident."""
    return next((one for one in unreviewed(records) if one.decision.incident == incident), None)


def _waits(one: CountedDecision) -> bool:
    return one.decision == BREAK and one.reviewed_by is None
