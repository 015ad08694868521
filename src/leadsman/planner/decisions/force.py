"""What is in force now, of what was counted? All of it follows from the dossiers, so that no restart forgets it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import CountedDecision
from leadsman.planner.decisions.counted import entry, of_attempt
from leadsman.planner.governance import Act
from leadsman.planner.records.book import Record
from leadsman.planner.world import World

GLASS_LASTS: Final = timedelta(hours=4)
WAIVER_LASTS: Final = timedelta(days=7)
FREEZE: Final = "freeze"
BUDGET: Final = "budget"
INCIDENT: Final = "incident/"
"""As scopes of a Waive; the last one begins one."""
_LONGEST: Final = {"BreakGlass": GLASS_LASTS, "Waive": WAIVER_LASTS}
_STOPPED: Final = frozenset({"RolledBack", "Rejected"})


def is_stopped(record: Record) -> bool:
    """Does its digest not start again by itself? Not before somebody decides to retry it."""
    latest = record.attempt
    aborted = record.status.verdict == "Aborted" and latest is not None and latest.reason == Reason.ABORTED.value
    return (aborted or record.status.verdict in _STOPPED) and next(of_attempt(record, "Retry"), None) is None


def evidence_since(record: Record) -> datetime | None:
    """From when on evaluations count, where a Retry asks for fresh ones."""
    if len(record.status.attempts) < 2:
        return None
    before, latest = record.status.attempts[-2:]
    retried = (one.decision == "Retry" and one.attempt == before.number for one in record.status.decisions)
    return latest.started_at if any(retried) else None


def pause(world: World, record: Record, now: datetime) -> CountedDecision | None:
    """That holds it. None: there was none, or it is over."""
    said = [one for one in of_attempt(record, "Pause", "Resume") if not _has_expired(world, record, one, now)]
    return said[-1] if said and said[-1].decision == "Pause" else None


def hold(record: Record | None) -> CountedDecision | None:
    """The Rollback that keeps the serving revision, whatever the spec asks for. None: there was none, or it is over."""
    if record is None:
        return None
    return next((one for one in of_attempt(record, "Rollback") if one.instead_of is not None), None)


def is_hurried(world: World, record: Record, now: datetime) -> bool:
    """Does a Promote skip holds and minRequests?"""
    return any(not _has_expired(world, record, one, now) for one in of_attempt(record, "Promote"))


def waiver(world: World, record: Record, what: str, now: datetime) -> Act | None:
    """That stands in for a gate, or lifts what else is in its scope. What cannot be looked up waives nothing."""
    found = (act for act in counted_acts(world, record, "Waive", now) if what in act.spec.scope)
    return next(found, None)


def is_waived(world: World, record: Record, what: str, now: datetime) -> bool:
    return waiver(world, record, what, now) is not None


def counted_acts(world: World, record: Record, decision: str, now: datetime) -> Iterator[Act]:
    """Of its last attempt: neither taken back nor expired."""
    names = {one.name for one in of_attempt(record, decision)}
    for act in world.acts:
        if act.name in names and act.spec.decision == decision and not is_over(act, now):
            one = entry(record, act)
            if one is not None and one.revoked_by is None and one.attempt == record.latest.number:
                yield act


def ends_at(act: Act) -> datetime | None:
    """None: when its attempt does."""
    until, longest = act.spec.expires_at, _LONGEST.get(act.spec.decision)
    if longest is None:
        return until
    return min(until or act.created_at + longest, act.created_at + longest)


def is_over(act: Act, now: datetime) -> bool:
    until = ends_at(act)
    return until is not None and now >= until


def _has_expired(world: World, record: Record, one: CountedDecision, now: datetime) -> bool:
    """Where the AIDecision is gone, so is the time at which it would have expired: it stays in force."""
    return any(entry(record, act) is one and is_over(act, now) for act in world.acts if act.name == one.name)
