"""What a monitor says of a revision: one reading after the other, folded into a Signal.

    nothing was measured     NoEvidence     the provider is down, slow or answers in part; no series; NaN
    it cannot be measured    Invalid        the query is refused, or yields several series; no such metric
    measured, not enough     Inconclusive   too few events, or not yet often enough over the limit
    measured                 Passed, Failed

What was not measured neither speaks for a revision nor against it: readings over the limit are counted on behind it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from leadsman.api.decimals import decimal, shown, shown_beside
from leadsman.api.v1alpha1.airevision_status import Evidence, Reading, ReadingState
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.plan import Watch
from leadsman.planner.signals import comparing
from leadsman.planner.signals.comparing import Comparing
from leadsman.planner.signals.counters import Tally, consistent, is_count
from leadsman.planner.signals.queries import PodCounts, Sample
from leadsman.planner.world import Signal

STALE_AFTER: Final = 3
"""Intervals."""
_MESSAGE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a ratio's query found, by pod."""

    candidate: Mapping[str, PodCounts]
    serving: Mapping[str, PodCounts] = field(default_factory=dict[str, PodCounts])
    requests: int | None = None
    """Events since `Watch.count_since`. None: nobody asked, or there is no answer; then the last count stands."""
    partial: str = ""
    """Why something may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a monitor's own query found."""

    samples: tuple[Sample, ...]
    partial: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """There is no answer, and there may be one later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """There will be no answer until somebody corrects the monitor or the provider."""

    reason: str


Observation = Counted | Answered | Unavailable | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that the readings of one monitor, in one attempt of a revision, have come to."""

    monitor: Monitor
    attempt: int
    versus: str | None = None
    count_since: datetime | None = None
    failures: int = 0
    """Readings over the limit in a row."""
    comparing: Comparing | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What one reading says."""

    state: ReadingState
    message: str
    value: float | None = None
    serving: float | None = None
    samples: int | None = None


def continued(state: State | None, watch: Watch) -> State:
    """The state to go on with. Another attempt, definition or serving revision begins with fresh evidence."""
    if state is None or state.attempt != watch.attempt:
        return _begun(watch, watch.evidence)
    if (state.monitor, state.versus) != (watch.monitor, watch.versus):
        return _begun(watch, None)  # what was kept answers another question
    if state.count_since == watch.count_since:
        return state
    signal = replace(state.signal, requests=None) if state.signal else None
    return replace(state, count_since=watch.count_since, signal=signal)


def _begun(watch: Watch, kept: Evidence | None) -> State:
    compare = watch.monitor.compare
    return State(
        monitor=watch.monitor,
        attempt=watch.attempt,
        versus=watch.versus,
        count_since=watch.count_since,
        comparing=comparing.begin(compare, kept) if compare and watch.versus else None,
    )


def after(state: State, seen: Observation, now: datetime) -> State:
    """With one more reading."""
    match seen:
        case Unavailable(reason):
            return _said(state, _Finding(state="NoEvidence", message=reason), now)
        case Refused(reason):
            return _said(state, _Finding(state="Invalid", message=reason), now)
        case Counted(partial=partial) | Answered(partial=partial) if partial:
            return _said(state, _Finding(state="NoEvidence", message=f"the answer is not complete: {partial}"), now)
        case Answered(samples=samples):
            return _limited(state, _one_number(samples), now)
        case Counted() if state.monitor.compare:
            return _with_requests(_compared(state, seen, now), seen)
        case Counted():
            return _with_requests(_limited(state, _share(state.monitor, seen.candidate), now), seen)


def fresh(signal: Signal, monitor: Monitor, now: datetime) -> Signal:
    """The signal, or what is left of it once it is old news."""
    if signal.state == "NotApplicable" or now - signal.at <= timedelta(seconds=STALE_AFTER * monitor.interval_seconds):
        return signal
    message = f"no reading since {signal.at:%H:%M:%S} UTC, {STALE_AFTER} intervals of {monitor.interval_seconds} s"
    return replace(signal, state="NoEvidence", message=message, value=None, serving=None, samples=None)


def to_reading(signal: Signal) -> Reading:
    """As the dossier keeps it."""
    return Reading(
        monitor=signal.monitor,
        state=signal.state,
        value=decimal(signal.value),
        serving=decimal(signal.serving),
        limit=decimal(signal.limit),
        samples=signal.samples,
        at=signal.at,
        message=signal.message if len(signal.message) <= _MESSAGE else signal.message[: _MESSAGE - 1] + "…",
        evidence=comparing.to_evidence(signal.evidence) if signal.evidence else None,
    )


def unheard_of(metric: str, provider: str) -> Refused:
    return Refused(
        f"no series and no metadata named {metric} in provider {provider}: check the name; a counter that only appears "
        "with its first event should start at 0"
    )


def _one_number(samples: tuple[Sample, ...]) -> _Finding:
    if not samples:
        return _Finding(state="NoEvidence", message="the query finds nothing")
    first, *others = samples
    if others:
        what = _differing(samples)
        return _Finding(
            state="Invalid", message=f"the query yields {len(samples)} series{what}; sum or aggregate them away"
        )
    if not math.isfinite(first.value):
        return _Finding(state="NoEvidence", message=f"the query yields {shown(first.value)}")
    return _Finding(state="Passed", message="", value=first.value)


def _differing(samples: tuple[Sample, ...]) -> str:
    names = {name for sample in samples for name in sample.labels}
    differing = sorted(name for name in names if len({sample.labels.get(name) for sample in samples}) > 1)
    return f" that differ in {', '.join(differing)}" if differing else ""


def _share(monitor: Monitor, pods: Mapping[str, PodCounts]) -> _Finding:
    totals = [one.total_increase for one in pods.values() if one.total_increase is not None]
    bads = [one.bad_increase for one in pods.values() if one.bad_increase is not None]
    if not totals:
        return _Finding(state="NoEvidence", message=_silent(monitor, "the revision"))
    if not all(is_count(value) for value in (*totals, *bads)):
        odd = next(value for value in (*totals, *bads) if not is_count(value))
        return _Finding(state="NoEvidence", message=f"a counter yields {shown(odd)}")
    tally = consistent(Tally(math.fsum(bads), math.fsum(totals)))
    if tally is None:
        return _Finding(state="Invalid", message=_inconsistent(math.fsum(bads), math.fsum(totals)))
    n = math.floor(tally.total)
    if tally.share is None or tally.total < monitor.min_samples:
        return _Finding(state="Inconclusive", message=f"n={n} of {monitor.min_samples}", value=tally.share, samples=n)
    return _Finding(state="Passed", message=f", n={n}", value=tally.share, samples=n)


def _limited(state: State, found: _Finding, now: datetime) -> State:
    """A value that was measured, held against the limit."""
    monitor = state.monitor
    limit = monitor.max or monitor.min
    if found.state != "Passed" or found.value is None or limit is None:
        return _said(state, found, now)
    is_over = found.value > float(limit) if monitor.max else found.value < float(limit)
    sign = {(True, True): ">", (True, False): "<=", (False, True): "<", (False, False): ">="}[
        bool(monitor.max), is_over
    ]
    message = f"{monitor.name} {shown_beside(found.value, limit)} {sign} {limit}{found.message}"
    if not is_over:
        return _said(replace(state, failures=0), replace(found, message=message), now)
    state = replace(state, failures=state.failures + 1)
    if state.failures >= monitor.consecutive:
        return _said(state, replace(found, state="Failed", message=message), now)
    beyond = f"{state.failures} of {monitor.consecutive} readings {'over' if monitor.max else 'under'} the limit"
    return _said(state, replace(found, state="Inconclusive", message=f"{beyond}: {message}"), now)


def _with_requests(state: State, seen: Counted) -> State:
    if seen.requests is None or state.signal is None:
        return state
    return replace(state, signal=replace(state.signal, requests=seen.requests))


def _compared(state: State, seen: Counted, now: datetime) -> State:
    compare = state.monitor.compare
    if compare is None or state.comparing is None:
        return _said(state, _Finding(state="NotApplicable", message="no other revision takes traffic"), now)
    for pods, whose in ((seen.candidate, "the candidate"), (seen.serving, "the serving revision")):
        if problem := _uncounted(state.monitor, pods, whose):
            return _said(state, problem, now)
    so_far = comparing.after(state.comparing, seen.candidate, seen.serving)
    if so_far is None:
        message = "more bad events than events: bad has to count a part of what total counts"
        return _said(state, _Finding(state="Invalid", message=message), now)
    verdict, message = comparing.verdict(so_far, state.monitor.name, compare, state.monitor.min_samples)
    ours, theirs = so_far.candidate.counted, so_far.serving.counted
    finding = _Finding(
        state=verdict,
        message=message,
        value=ours.share,
        serving=theirs.share,
        samples=math.floor(ours.total),
    )
    return _said(replace(state, comparing=so_far), finding, now)


def _uncounted(monitor: Monitor, pods: Mapping[str, PodCounts], whose: str) -> _Finding | None:
    """Why nothing of these pods can be counted."""
    values = [value for one in pods.values() for value in (one.bad, one.total) if value is not None]
    if not any(one.total is not None for one in pods.values()):
        return _Finding(state="NoEvidence", message=_silent(monitor, whose))
    odd = next((value for value in values if not is_count(value)), None)
    return None if odd is None else _Finding(state="NoEvidence", message=f"a counter of {whose} yields {shown(odd)}")


def _silent(monitor: Monitor, whose: str) -> str:
    total = monitor.ratio.total if monitor.ratio else ""
    return f"no series of {total} for the pods of {whose}"


def _inconsistent(bad: float, total: float) -> str:
    return f"{shown(bad)} bad of {shown(total)} events: bad has to count a part of what total counts"


def _said(state: State, found: _Finding, now: datetime) -> State:
    monitor, kept = state.monitor, state.comparing
    limit = monitor.compare.ratio_at_most if monitor.compare else monitor.max or monitor.min
    signal = Signal(
        monitor=monitor.name,
        state=found.state,
        at=now,
        value=found.value,
        serving=found.serving,
        limit=float(limit) if limit else None,
        samples=found.samples,
        requests=state.signal.requests if state.signal else None,
        message=found.message,
        evidence=kept.evidence if kept else None,
    )
    return replace(state, signal=signal)
