"""What do the monitors say, of which revision, and is it enough? Silence, doubt and old news are never a pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leadsman.api.v1alpha1.airevision_status import StageRecord
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.plan import Watch
from leadsman.planner.policies.limits import stages
from leadsman.planner.policies.monitors import monitors
from leadsman.planner.records.book import Record
from leadsman.planner.records.cast import Cast, stage_of
from leadsman.planner.rollout.traffic import Traffic
from leadsman.planner.signals import readings
from leadsman.planner.world import Signal, World

ROLLS_BACK = frozenset({"Health", "Quality", "Safety", "Latency"})
"""Classes whose failure sends a revision back. Drift asks for another evaluation, Cost for a person: both hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    monitor: Monitor
    signal: Signal


def findings(world: World, cast: Cast, record: Record, now: datetime) -> tuple[Finding, ...]:
    """One for each monitor, silent ones included."""
    compares = _versus(world, cast, record) is not None
    return tuple(
        Finding(monitor=monitor, signal=_current(world, record.name, monitor, now, compares=compares))
        for monitor in monitors(world)
    )


def failed(found: tuple[Finding, ...]) -> Finding | None:
    """The failed one that sends a revision back; Safety before others."""
    bad = [one for one in found if one.signal.state == "Failed" and one.monitor.class_ in ROLLS_BACK]
    return min(bad, key=lambda one: one.monitor.class_ != "Safety", default=None)


def open_questions(found: tuple[Finding, ...], stage: StageRecord) -> Iterator[Finding]:
    """Findings for which the stage cannot end: not passed, or from before its weight was achieved."""
    for one in found:
        if one.signal.state == "NotApplicable":
            continue
        is_old = stage.achieved_at is not None and one.signal.at < stage.achieved_at
        if one.signal.state == "Passed" and is_old:
            yield Finding(
                monitor=one.monitor, signal=_silent(one.monitor, one.signal.at, "no reading in this stage yet")
            )
        elif one.signal.state != "Passed":
            yield one


def requests(world: World, revision: str) -> int | None:
    """That the candidate answered since the weight was achieved: the smallest `total` of its ratio monitors."""
    counts = [
        signal.requests if (signal := world.signals.get((revision, monitor.name))) else None
        for monitor in monitors(world)
        if monitor.ratio is not None
    ]
    known = [count for count in counts if count is not None]
    return min(known) if counts and len(known) == len(counts) else None


def watches(world: World, cast: Cast) -> tuple[Watch, ...]:
    """What is to be read: of the candidate once it takes traffic, and of the serving revision."""
    traffic = Traffic(world)
    wanted: list[Watch] = []
    candidate, serving = cast.candidate, cast.serving
    in_stage = candidate is not None and stage_of(candidate) is not None and traffic.selects(candidate.name)
    if candidate is not None and in_stage:
        wanted += _watches(world, candidate, _versus(world, cast, candidate))
    if serving is not None and traffic.asked(serving.name):
        wanted += _watches(world, serving, None)
    return tuple(wanted)


def _watches(world: World, record: Record, versus: str | None) -> Iterator[Watch]:
    stage = stage_of(record)
    known = {reading.monitor: reading.evidence for reading in record.latest.readings}
    declared = {one.name: one for one in stages(world)}
    counted = stage is not None and stage.name in declared and declared[stage.name].min_requests is not None
    for monitor in monitors(world):
        if monitor.provider not in world.providers or (monitor.compare is not None and versus is None):
            continue
        yield Watch(
            revision=record.name,
            monitor=monitor,
            attempt=record.latest.number,
            versus=versus if monitor.compare is not None else None,
            since=stage.achieved_at if stage is not None else None,
            count_since=stage.achieved_at if stage is not None and counted and monitor.ratio is not None else None,
            evidence=known.get(monitor.name),
        )


def _versus(world: World, cast: Cast, record: Record) -> str | None:
    """The serving revision, where it takes traffic beside this one."""
    both = record is cast.candidate and Traffic(world).is_wide
    return cast.serving.name if both and cast.serving is not None else None


def _current(world: World, revision: str, monitor: Monitor, now: datetime, *, compares: bool) -> Signal:
    if monitor.provider not in world.providers:
        known = ", ".join(sorted(world.providers)) or "none"
        message = f"provider {monitor.provider} is not configured (configured: {known})"
        return Signal(monitor=monitor.name, state="Invalid", at=now, message=message)
    if monitor.compare is not None and not compares:
        message = "compares only while two revisions take traffic"
        return Signal(monitor=monitor.name, state="NotApplicable", at=now, message=message)
    signal = world.signals.get((revision, monitor.name))
    if signal is None or signal.state == "NotApplicable":  # from before it applied
        return _silent(monitor, now, "no reading yet")
    return readings.fresh(signal, monitor, now)


def _silent(monitor: Monitor, at: datetime, message: str) -> Signal:
    return Signal(monitor=monitor.name, state="NoEvidence", at=at, message=message)
