"""When is a freeze on? By the clock on the wall of its time zone."""

import datetime as dt

import pytest

from leadsman.planner.policies.freezes import boundaries, freezes, frozen
from unit.planner.policies.given import policy, world

YEAR_END = {"name": "year-end", "start": "2026-12-20T00:00:00", "end": "2027-01-03T00:00:00"}


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def lasts(start: str, end: str, zone: str) -> tuple[dt.datetime, dt.datetime]:
    asked = {"name": "one", "start": start, "end": end, "timeZone": zone}
    (found,) = freezes(world(policy(freezes=[asked])))
    return found.start, found.end


@pytest.mark.parametrize(
    ("start", "end", "zone", "begins", "ends"),
    [
        pytest.param(
            "2026-12-20T00:00:00", "2027-01-03T00:00:00", "UTC", "2026-12-20T00:00", "2027-01-03T00:00", id="plain"
        ),
        pytest.param(
            "2026-12-20T00:00:00",
            "2027-01-03T00:00:00",
            "Europe/Berlin",
            "2026-12-19T23:00",
            "2027-01-02T23:00",
            id="an hour ahead, over the year's end",
        ),
        pytest.param(
            "2026-10-24T12:00:00",
            "2026-10-25T12:00:00",
            "Europe/Berlin",
            "2026-10-24T10:00",
            "2026-10-25T11:00",
            id="summer time ends within: 25 hours",
        ),
        pytest.param(
            "2027-03-27T12:00:00",
            "2027-03-28T12:00:00",
            "Europe/Berlin",
            "2027-03-27T11:00",
            "2027-03-28T10:00",
            id="summer time begins within: 23 hours",
        ),
        pytest.param(
            "2026-10-25T02:30:00",
            "2026-10-26T00:00:00",
            "Europe/Berlin",
            "2026-10-25T00:30",
            "2026-10-25T23:00",
            id="begins at a time that comes twice: at the first",
        ),
        pytest.param(
            "2026-10-24T00:00:00",
            "2026-10-25T02:30:00",
            "Europe/Berlin",
            "2026-10-23T22:00",
            "2026-10-25T01:30",
            id="ends at a time that comes twice: at the second",
        ),
        pytest.param(
            "2027-03-28T02:30:00",
            "2027-03-29T00:00:00",
            "Europe/Berlin",
            "2027-03-28T00:30",
            "2027-03-28T22:00",
            id="begins at a time that never comes: half an hour before the gap",
        ),
        pytest.param(
            "2027-03-27T00:00:00",
            "2027-03-28T02:30:00",
            "Europe/Berlin",
            "2027-03-26T23:00",
            "2027-03-28T01:30",
            id="ends at a time that never comes: half an hour after the gap",
        ),
        pytest.param(
            "2028-02-28T00:00:00", "2028-03-01T00:00:00", "UTC", "2028-02-28T00:00", "2028-03-01T00:00", id="a leap day"
        ),
        pytest.param(
            "2026-11-30T18:00:00",
            "2026-12-01T06:00:00",
            "Pacific/Auckland",
            "2026-11-30T05:00",
            "2026-11-30T17:00",
            id="a month's end, half a day ahead",
        ),
    ],
)
def test_it_lasts_as_a_clock_on_the_wall_says(start: str, end: str, zone: str, begins: str, ends: str) -> None:
    assert lasts(start, end, zone) == (utc(begins), utc(ends))


def test_it_is_on_from_its_first_moment_and_off_from_its_end() -> None:
    seen = world(policy(freezes=[YEAR_END]))
    moment = dt.timedelta(microseconds=1)
    assert frozen(seen, utc("2026-12-20T00:00") - moment) is None
    assert frozen(seen, utc("2026-12-20T00:00")) is not None
    assert frozen(seen, utc("2027-01-03T00:00") - moment) is not None
    assert frozen(seen, utc("2027-01-03T00:00")) is None


def test_freezes_of_several_policies_unite_and_the_longest_is_told_of() -> None:
    short = {"name": "holidays", "start": "2026-12-24T00:00:00", "end": "2026-12-27T00:00:00"}
    seen = world(policy("a", freezes=[short]), policy("b", freezes=[YEAR_END]))
    found = frozen(seen, utc("2026-12-25T00:00"))
    assert found is not None
    assert found.full_name == "b/year-end"
    assert len(list(boundaries(seen))) == 4
