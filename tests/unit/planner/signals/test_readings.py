"""What readings say, one after the other. What was not measured is never a pass."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.plan import Watch
from leadsman.planner.signals.queries import PodCounts
from leadsman.planner.signals.readings import (
    Answered,
    Counted,
    Observation,
    Refused,
    State,
    Unavailable,
    after,
    continued,
    fresh,
    to_reading,
    unheard_of,
)
from leadsman.planner.world import Signal

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    labels: Mapping[str, str]
    value: float


def errors(**more: Any) -> Monitor:
    ratio = {"bad": "bad_total", "total": "all_total"}
    return Monitor.from_dict(
        {"name": "errors", "class": "Health", "ratio": ratio, "max": "0.02", "minSamples": 100, **more}
    )


def latency(**more: Any) -> Monitor:
    limit = {} if "min" in more else {"max": "2.5"}
    query = 'latency{pod=~"{{ podRegex }}"}'
    return Monitor.from_dict({"name": "p95", "class": "Latency", "query": query, **limit, **more})


def watch(monitor: Monitor, **more: Any) -> Watch:
    return replace(Watch(revision="chat-0123456789", monitor=monitor, attempt=1), **more)


def readings(monitor: Monitor, *seen: Observation) -> list[Signal]:
    state, said = continued(None, watch(monitor)), list[Signal]()
    for index, one in enumerate(seen):
        state = after(state, one, NOW + timedelta(seconds=15 * index))
        assert state.signal is not None
        said.append(state.signal)
    return said


def window(bad: float | None, total: float | None) -> Counted:
    return Counted(candidate={"a": PodCounts(bad_increase=bad, total_increase=total)})


def number(*values: float) -> Answered:
    return Answered(samples=tuple(Sample({"le": str(index), "job": "x"}, value) for index, value in enumerate(values)))


PASSES, FAILS = window(1, 1000), window(81, 1000)


@pytest.mark.parametrize(
    ("monitor", "seen", "state", "message"),
    [
        (errors(), [window(12, 1240)], "Passed", "errors 0.009677 <= 0.02, n=1240"),
        (errors(), [window(None, 1240)], "Passed", "errors 0 <= 0.02, n=1240"),
        (errors(), [window(2, 100)], "Passed", "errors 0.02 <= 0.02, n=100"),
        (errors(), [FAILS], "Inconclusive", "1 of 2 readings over the limit: errors 0.081 > 0.02, n=1000"),
        (errors(), [FAILS, FAILS], "Failed", "errors 0.081 > 0.02, n=1000"),
        (errors(consecutive=1), [window(1, 3)], "Inconclusive", "n=3 of 100"),
        (errors(consecutive=1), [FAILS], "Failed", "errors 0.081 > 0.02, n=1000"),
        (errors(consecutive=1), [window(20001, 1000000)], "Failed", "errors 0.020001 > 0.02, n=1000000"),
        (errors(consecutive=1), [window(1004, 1000)], "Failed", "errors 1 > 0.02, n=1000"),
        (errors(), [FAILS, PASSES, FAILS], "Inconclusive", "1 of 2 readings over the limit: errors 0.081"),
        (errors(), [FAILS, Unavailable("down"), FAILS], "Failed", "errors 0.081 > 0.02, n=1000"),
        (errors(), [FAILS, window(0, 3), FAILS], "Failed", "errors 0.081 > 0.02, n=1000"),
        (errors(), [FAILS, FAILS, PASSES], "Passed", "errors 0.001 <= 0.02, n=1000"),
        (errors(minSamples=1), [window(0, 0)], "Inconclusive", "n=0 of 1"),
        (errors(), [Counted(candidate={})], "NoEvidence", "no series of all_total for the pods of the revision"),
        (errors(), [window(3, None)], "NoEvidence", "no series of all_total for the pods of the revision"),
        (errors(), [window(math.nan, 1000)], "NoEvidence", "a counter yields NaN"),
        (errors(), [window(0, math.inf)], "NoEvidence", "a counter yields +Inf"),
        (errors(), [window(-1, 1000)], "NoEvidence", "a counter yields -1"),
        (errors(), [window(5000, 1000)], "Invalid", "5000 bad of 1000 events: bad has to count a part of what total"),
        (errors(), [replace(PASSES, partial="a store is down")], "NoEvidence", "not complete: a store is down"),
        (errors(), [Unavailable("provider default: no answer in time")], "NoEvidence", "no answer in time"),
        (errors(), [Refused("parse error")], "Invalid", "parse error"),
        (errors(), [unheard_of("bad_total", "default")], "Invalid", "no series and no metadata named bad_total in"),
        (latency(), [number(0.3)], "Passed", "p95 0.3 <= 2.5"),
        (latency(consecutive=3), [number(3.0)] * 2, "Inconclusive", "2 of 3 readings over the limit: p95 3 > 2.5"),
        (latency(consecutive=3), [number(3.0)] * 3, "Failed", "p95 3 > 2.5"),
        (latency(min="0.9", consecutive=1), [number(0.5)], "Failed", "p95 0.5 < 0.9"),
        (latency(min="0.9"), [number(0.5)], "Inconclusive", "1 of 2 readings under the limit: p95 0.5 < 0.9"),
        (latency(min="-3"), [number(-2.0)], "Passed", "p95 -2 >= -3"),
        (latency(), [number()], "NoEvidence", "the query finds nothing"),
        (latency(), [number(math.nan)], "NoEvidence", "the query yields NaN"),
        (latency(min="1"), [number(math.inf)], "NoEvidence", "the query yields +Inf"),
        (latency(), [number(1, 2)], "Invalid", "the query yields 2 series that differ in le; sum or aggregate them"),
        (latency(), [replace(number(1), partial="late")], "NoEvidence", "the answer is not complete: late"),
    ],
)
def test_a_reading_has_one_of_five_outcomes_and_says_why(
    monitor: Monitor, seen: list[Observation], state: str, message: str
) -> None:
    signal = readings(monitor, *seen)[-1]
    assert signal.state == state
    assert message in signal.message
    assert len(signal.message) < 200


def test_a_signal_has_its_numbers() -> None:
    signal = readings(errors(), window(12, 1240.7))[-1]
    assert (signal.value, signal.limit, signal.samples) == (12 / 1240.7, 0.02, 1240)
    assert signal.at == NOW


def test_old_news_is_no_evidence_whatever_it_said() -> None:
    for signal in readings(errors(consecutive=1), PASSES, FAILS):
        assert fresh(signal, errors(), signal.at + timedelta(seconds=45)) == signal
        late = fresh(signal, errors(), signal.at + timedelta(seconds=45.1))
        assert (late.state, late.value) == ("NoEvidence", None)
        assert f"no reading since {signal.at:%H:%M:%S} UTC" in late.message


def test_another_attempt_or_definition_begins_anew() -> None:
    begun = after(continued(None, watch(errors())), FAILS, NOW)
    assert continued(begun, watch(errors())) is begun
    for other in (watch(errors(), attempt=2), watch(errors(max="0.01")), watch(errors(), versus="chat-9999999999")):
        assert continued(begun, other).failures == 0
        assert continued(begun, other).signal is None


def test_requests_are_counted_for_one_stage_and_the_last_count_stands() -> None:
    state = continued(None, watch(errors(), count_since=NOW))
    state = after(state, replace(PASSES, requests=480), NOW)
    state = after(state, PASSES, NOW)
    assert requests(state) == 480
    state = after(state, Unavailable("down"), NOW)
    assert requests(state) == 480
    state = continued(state, watch(errors(), count_since=NOW + timedelta(minutes=5)))
    assert requests(state) is None
    assert state.signal is not None
    assert state.signal.state == "NoEvidence"


def requests(state: State) -> int | None:
    assert state.signal is not None
    return state.signal.requests


def test_a_reading_fits_in_the_record_whatever_was_measured() -> None:
    signal = Signal(monitor="errors", state="Passed", at=NOW, value=1 / 3, limit=-0.0, samples=7, message="x" * 999)
    reading = to_reading(signal)
    assert (reading.value, reading.limit, reading.samples, len(reading.message)) == ("0.333333333", "0", 7, 256)


@given(st.floats())
def test_every_number_can_be_written_down_or_is_left_out(value: float) -> None:
    reading = to_reading(Signal(monitor="p95", state="Passed", at=NOW, value=value))
    if math.isfinite(value) and abs(value) < 1e11:
        assert float(reading.value or "nan") == pytest.approx(value, abs=1e-9)
    elif reading.value is not None:
        assert math.isfinite(float(reading.value))


NOTHING: list[Observation] = [
    Unavailable("down"),
    Refused("wrong"),
    window(None, None),
    window(0, 0),
    window(0, 99.9),
    window(0, math.nan),
    window(math.nan, 1000),
    window(math.inf, 1000),
    replace(PASSES, partial="late"),
    Counted(candidate={}),
]


@given(st.lists(st.sampled_from(NOTHING), max_size=12), st.sampled_from([[], [FAILS]]))
def test_no_order_of_readings_without_enough_evidence_ever_passes(
    silent: list[Observation], before: list[Observation]
) -> None:
    assert all(signal.state not in {"Passed", "Failed"} for signal in readings(errors(), *before, *silent))


@given(st.lists(st.sampled_from([*NOTHING, PASSES, FAILS]), min_size=1, max_size=12))
def test_the_last_reading_that_measured_decides(seen: list[Observation]) -> None:
    signal = readings(errors(), *seen)[-1]
    if signal.state == "Passed":
        assert seen[-1] is PASSES
    if signal.state == "Failed":
        told = [one for one in seen if one in (PASSES, FAILS)]
        assert seen[-1] is FAILS
        assert told[-2:] == [FAILS, FAILS]
