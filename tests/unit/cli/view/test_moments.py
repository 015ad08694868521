"""Times as people read and write them."""

import datetime as dt

import pytest

from leadsman.cli.view.moments import parse_duration, render_age, render_left, render_span, render_time

NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (12, "12s"), (60, "1m"), (320, "5m20s"), (3_600, "1h"), (3_601, "1h"), (100_000, "1d3h"), (-5, "0s")],
)
def test_a_span_has_at_most_two_units(seconds: float, text: str) -> None:
    assert render_span(dt.timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (119, "119s"), (120, "2m"), (7_199, "119m"), (7_200, "2h"), (400_000, "4d")]
)
def test_an_age_has_one_unit_as_in_kubectl(seconds: float, text: str) -> None:
    assert render_age(NOW - dt.timedelta(seconds=seconds), NOW) == text


def test_an_age_that_nobody_knows_is_said_to_be_so() -> None:
    assert render_age(None, NOW) == "<unknown>"


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (NOW + dt.timedelta(minutes=5, seconds=20), "5m20s left, until 10:05:20Z"),
        (NOW + dt.timedelta(days=3), "3d left, until 2026-11-26 10:00Z"),
        (NOW, "over since 10:00:00Z"),
        (NOW - dt.timedelta(days=2), "over since 2026-11-21 10:00Z"),
    ],
)
def test_what_is_left_says_until_when(until: dt.datetime, text: str) -> None:
    assert render_left(until, NOW) == text


def test_times_are_in_utc() -> None:
    assert render_time(dt.datetime.fromisoformat("2026-11-23T12:30:00+02:00")) == "2026-11-23 10:30Z"
    assert render_time(None) == "-"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1h30m", 5_400), ("1h1m1s", 3_661), ("7d", 604_800)]
)
def test_a_timeout_is_written_as_for_kubectl(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "soon", "-5s", "1.5h", "10 m"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write for example 90s, 10m, 1h30m or 7d"):
        parse_duration(text)
