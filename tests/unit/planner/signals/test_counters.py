"""What raw counters gained: no event counts twice, and what is missing is not zero."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.planner.signals.counters import Base, Tally, advance, consistent
from leadsman.planner.signals.queries import PodCounts

Reading = tuple[float | None, float | None]


def gained(*readings: Reading) -> list[Tally]:
    """Of one pod, reading by reading: bad and total."""
    bases: dict[str, Base] = {}
    found: list[Tally] = []
    for bad, total in readings:
        after, more = advance(bases, {"a": PodCounts(bad=bad, total=total)})
        bases = dict(after)
        found.append(more)
    return found


@pytest.mark.parametrize(
    ("readings", "counted"),
    [
        ([(1, 100), (3, 150)], (2, 50)),
        ([(None, 100), (3, 150)], (3, 50)),  # the first bad event made the counter
        ([(1, 100), (None, None), (3, 150)], (2, 50)),  # was missing
        ([(1, 100), (0, 5), (2, 25), (3, 30)], (3, 25)),  # began anew; what came after the fall counts
        ([(1, 100), (0, 40), (2, 150)], (1, 50)),  # one of its series was missing for a reading
        ([(9, 100), (None, 110), (10, 130)], (1, 30)),  # the series of bad events was missing
        ([(9, 100), (None, 3), (None, 13), (1, 23)], (1, 20)),  # began anew, and its first bad event came later
        ([(1, 100), (0, 50), (0, 5), (1, 9)], (1, 4)),  # fell twice
        ([(1, 100), (math.nan, 150), (2, 160)], (1, 60)),
        ([(1, 100), (1, math.inf), (1, -3), (2, 160)], (1, 60)),
    ],
)
def test_what_a_pod_gained_is_the_difference_of_its_counters(
    readings: list[Reading], counted: tuple[float, float]
) -> None:
    total = sum(gained(*readings), Tally())
    assert (total.bad, total.total) == counted


def test_a_pod_that_is_first_seen_later_counts_from_then_on() -> None:
    bases, _ = advance({}, {"a": PodCounts(bad=0, total=10)})
    bases, more = advance(bases, {"a": PodCounts(bad=0, total=12), "b": PodCounts(bad=7, total=5000)})
    assert more == Tally(0, 2)
    _, more = advance(bases, {"b": PodCounts(bad=8, total=5003)})
    assert more == Tally(1, 3)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50)), min_size=1, max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_readings_that_are_missing_lose_no_events_and_add_none(steps: list[tuple[int, int]], missing: set[int]) -> None:
    bad = total = 0
    readings: list[Reading] = [(0, 0)]
    for index, (more_bad, more_good) in enumerate(steps):
        bad, total = bad + more_bad, total + more_bad + more_good
        readings.append((None, None) if index in missing else (bad, total))

    everything = sum(gained(*readings, (bad, total)), Tally())

    assert everything == Tally(bad, total)


@given(st.lists(st.tuples(st.integers(0, 30) | st.none(), st.integers(0, 300) | st.none()), max_size=12))
def test_no_order_of_readings_makes_events_negative(readings: list[Reading]) -> None:
    assert all(more.bad >= 0 and more.total >= 0 for more in gained(*readings))


@pytest.mark.parametrize(
    ("seen", "used"),
    [(Tally(3, 10), Tally(3, 10)), (Tally(11, 10), Tally(10, 10)), (Tally(3, 0), Tally(0, 0)), (Tally(26, 10), None)],
)
def test_a_few_more_bad_events_than_events_are_cut_and_many_are_a_mistake(seen: Tally, used: Tally | None) -> None:
    assert consistent(seen) == used
