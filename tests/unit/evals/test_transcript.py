"""Results that go through a container's log, and what may befall them there."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.scalars import MetricUnit
from leadsman.evals.normal import Counts, Metric, Results, Sample, SliceCounts, UnreadableResults
from leadsman.evals.transcript import LOG_BYTES, decode, encode, encode_problem

NAMES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)
NUMBERS = st.none() | st.floats(-1e12, 1e12)


@st.composite
def counts(draw: st.DrawFn, effective: int) -> Counts:
    errored, unscored, missing = draw(st.tuples(*[st.integers(0, 9)] * 3))
    planned = effective + errored + unscored + missing
    return Counts(planned=planned, effective=effective, errored=errored, unscored=unscored)


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    values = draw(st.dictionaries(NAMES, NUMBERS, max_size=5))
    slices = draw(st.dictionaries(NAMES, NAMES, max_size=2))
    samples = tuple(Sample(key=key, value=value, slices=slices) for key, value in values.items())
    effective = sum(value is not None for value in values.values()) if values else draw(st.integers(0, 99))
    told = draw(st.lists(st.tuples(NAMES, st.floats(-1e3, 1e3), counts(3)), max_size=2))
    return Metric(
        name=draw(NAMES),
        value=draw(NUMBERS),
        unit=draw(st.sampled_from([None, *get_args(MetricUnit)])),
        counts=draw(counts(effective)),
        stderr=draw(st.none() | st.floats(0, 9)),
        samples=samples,
        slices=tuple(SliceCounts(by="language", name=name, value=value, counts=of) for name, value, of in told),
    )


RESULTS = st.builds(
    Results,
    tool=NAMES,
    tool_version=st.none() | NAMES,
    metrics=st.lists(metrics(), max_size=3).map(lambda found: {metric.name: metric for metric in found}),
    started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    dataset_digest=st.none() | st.just(f"sha256:{'0a' * 32}"),
    problems=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=2).map(tuple),
    raw_digest=st.sampled_from(["", f"sha256:{'1b' * 32}"]),
)


def results(samples: int = 200) -> Results:
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    found = tuple(Sample(key=f"{chance.getrandbits(256):064x}", value=chance.random()) for _ in range(samples))
    metric = Metric(
        name="acc", value=0.5, unit="Fraction", counts=Counts(planned=samples, effective=samples), samples=found
    )
    return Results(tool="t", tool_version=None, metrics={"acc": metric}, started_at=datetime(2026, 11, 23, tzinfo=UTC))


LINES = list(encode(results()))


@given(RESULTS)
def test_what_was_encoded_is_decoded(found: Results) -> None:
    assert decode(encode(found)) == found


def test_a_log_has_several_lines_that_no_runtime_cuts() -> None:
    assert len(LINES) > 3
    assert all(line.isascii() and len(line) < 4096 for line in LINES)


def test_lines_of_others_and_times_do_no_harm() -> None:
    seen = ["starting", *(f"2026-11-23T10:00:00.123456789Z {line}\r\n" for line in LINES[:1]), "leadsman-results", ""]
    seen += [f"2026-11-23T10:00:00.123456789+01:00 stdout F {line}\n" for line in LINES[1:]]
    assert decode([*seen, "bye"]) == results()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "has no results"),
        (["hello"], "has no results"),
        (LINES[:2], rf"ends after 2 of {len(LINES) - 1} parts: the collector was killed"),
        ([LINES[0], *LINES[2:]], "part 3 comes where part 2 is due: one is missing, or out of order"),
        ([LINES[0], LINES[0], *LINES[1:]], "part 1 comes again"),
        ([LINES[1], LINES[0], *LINES[2:]], "part 2 comes where part 1 is due"),
        ([*LINES[:-2], LINES[-1]], "some are missing"),
        ([*LINES, LINES[0]], "goes on after its end"),
        ([*LINES, *LINES], "goes on after its end"),
        ([*LINES[:-1], LINES[-1][:-1]], "has a line that no collector writes"),
        ([LINES[0][:-8] + "AAAAAAAA", *LINES[1:]], "its SHA-256 is another"),
        ([LINES[0][:-3], *LINES[1:]], "is damaged"),
        ([LINES[0], LINES[1].replace("2/", "2/9"), *LINES[2:]], "part 2 is of 9"),
        ([LINES[-1]], "some are missing"),
    ],
)
def test_a_log_that_is_not_whole_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        decode(lines)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_a_problem_ends_in_the_collectors_own_message(message: str) -> None:
    line = encode_problem(message)
    assert line.isascii()
    assert "\n" not in line
    with pytest.raises(UnreadableResults) as caught:
        decode([LINES[0], line])
    assert str(caught.value) == message


@given(st.lists(st.text(max_size=60).map("leadsman-results/v1 ".__add__), max_size=4))
def test_lines_that_somebody_made_up_are_refused(lines: list[str]) -> None:
    with pytest.raises(UnreadableResults):
        decode(lines)


def test_samples_that_the_log_has_no_room_for_are_left_out_and_it_says_so() -> None:
    large = results(60_000)
    small = replace(large.metrics["acc"], name="small", samples=large.metrics["acc"].samples[:5])
    small = replace(small, counts=Counts(planned=5, effective=5))
    lines = list(encode(replace(large, metrics={**large.metrics, "small": small})))
    assert sum(len(line) + 1 for line in lines) <= LOG_BYTES
    decoded = decode(lines)
    assert decoded.notes == ("the 60000 samples of acc were left out: too large for the log",)
    assert decoded.metrics["acc"].samples == ()
    assert decoded.metrics["acc"].counts == Counts(planned=60_000, effective=60_000)
    assert decoded.metrics["small"] == small


def test_ten_thousand_samples_fit() -> None:
    assert decode(encode(results(10_000))) == results(10_000)


def test_results_that_are_too_large_without_samples_are_refused() -> None:
    huge = replace(results(1), problems=("x" * 9_000_000,))
    with pytest.raises(UnreadableResults, match="too large for the log even without samples"):
        list(encode(huge))
