"""Which state a channel is in, when it gets worse, and when it may be better again (docs: the table of RiskBudget)."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.v1alpha1.riskbudget import BudgetState
from leadsman.planner.budgets.state import BURN_WINDOWS, Measured, Standing, judge, settle, worst

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATES: tuple[BudgetState, ...] = get_args(BudgetState)


def measured(
    consumed: float | None = 0.1, *, coverage: float | None = 1, burning: dict[timedelta, float | None] | None = None
) -> Measured:
    return Measured(consumed=consumed, coverage=coverage, burn_rates=burning or {})


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (measured(0), "Healthy"),
        (measured(0.79), "Healthy"),
        (measured(0.8), "AtRisk"),
        (measured(0.99), "AtRisk"),
        (measured(1), "Exhausted"),
        (measured(7), "Exhausted"),
        (measured(coverage=0.9), "Healthy"),
        (measured(coverage=0.89), "Unknown"),
        (measured(None), "Unknown"),
        (measured(None, coverage=None), "Unknown"),
        (measured(0, coverage=None), "Healthy"),  # no traffic yet
        (measured(0.9, coverage=0.5), "Unknown"),  # approval is no cure for not knowing
        (measured(1.2, coverage=0.5), "Exhausted"),  # what was measured is enough to know
    ],
)
def test_by_what_is_consumed_and_covered(seen: Measured, state: str) -> None:
    assert judge(seen) == state


@pytest.mark.parametrize(
    ("burning", "state"),
    [
        ({HOUR: 14.4, 5 * MINUTE: 14.4}, "FastBurn"),
        ({HOUR: 14.4, 5 * MINUTE: 14.3}, "Healthy"),  # it is over
        ({HOUR: 14.3, 5 * MINUTE: 100}, "Healthy"),  # it is short
        ({6 * HOUR: 6, 30 * MINUTE: 6}, "AtRisk"),
        ({6 * HOUR: 6, 30 * MINUTE: 5}, "Healthy"),
        ({3 * DAY: 1, 6 * HOUR: 1}, "AtRisk"),
        ({3 * DAY: 1, 6 * HOUR: 0.5}, "Healthy"),
        ({HOUR: 20, 5 * MINUTE: None}, "Healthy"),  # too few events to say
    ],
)
def test_by_how_fast_it_burns_over_both_windows(burning: dict[timedelta, float | None], state: str) -> None:
    assert judge(measured(burning=burning)) == state


def test_whatever_burns_fast_does_so_with_nothing_left_or_half_measured() -> None:
    burning: dict[timedelta, float | None] = {HOUR: 20, 5 * MINUTE: 20}
    assert judge(measured(1.5, burning=burning)) == "FastBurn"
    assert judge(measured(None, coverage=0.1, burning=burning)) == "FastBurn"


def test_five_windows_are_asked_for() -> None:
    assert BURN_WINDOWS == (5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 3 * DAY)


def test_it_is_worse_at_once() -> None:
    before = Standing("Healthy", NOW - MINUTE)
    assert settle(measured(1), before, NOW) == Standing("Exhausted", NOW)


def test_what_stays_the_same_keeps_its_time() -> None:
    before = Standing("AtRisk", NOW - 5 * DAY)
    assert settle(measured(0.9), before, NOW) == before


@pytest.mark.parametrize(
    ("before", "lasted", "seen", "after"),
    [
        ("Exhausted", 2 * HOUR, measured(0.97), "Exhausted"),  # not yet by a margin
        ("Exhausted", 2 * HOUR, measured(0.94), "AtRisk"),
        ("Exhausted", 59 * MINUTE, measured(0.1), "Exhausted"),
        ("Exhausted", 2 * HOUR, measured(None), "Exhausted"),  # not knowing is no recovery
        ("AtRisk", 2 * HOUR, measured(0.76), "AtRisk"),
        ("AtRisk", 2 * HOUR, measured(0.74), "Healthy"),
        ("FastBurn", 59 * MINUTE, measured(0.1), "FastBurn"),
        ("FastBurn", HOUR, measured(0.1), "Healthy"),
        ("Unknown", MINUTE, measured(0.1), "Healthy"),  # measured again
        ("AtRisk", MINUTE, measured(0.9, coverage=0.1), "Unknown"),
    ],
)
def test_it_is_better_by_a_margin_and_after_an_hour(
    before: BudgetState, lasted: timedelta, seen: Measured, after: str
) -> None:
    assert settle(seen, Standing(before, NOW - lasted), NOW).state == after


def test_the_worst_channel_decides() -> None:
    assert worst(("Healthy", "Exhausted", "AtRisk")) == "Exhausted"
    assert [worst(STATES[:count]) for count in range(1, 6)] == [
        "Healthy",
        "AtRisk",
        "Exhausted",
        "FastBurn",
        "FastBurn",
    ]


share = st.none() | st.floats(0, 3)
burning = st.dictionaries(st.sampled_from(BURN_WINDOWS), st.none() | st.floats(0, 50))


@given(share, st.none() | st.floats(0, 1), burning, st.sampled_from(STATES), st.timedeltas(timedelta(), 2 * DAY))
def test_no_standing_is_better_than_what_is_seen(
    consumed: float | None,
    coverage: float | None,
    rates: dict[timedelta, float | None],
    before: BudgetState,
    lasted: timedelta,
) -> None:
    seen = measured(consumed, coverage=coverage, burning=rates)
    after = settle(seen, Standing(before, NOW - lasted), NOW)
    assert worst((after.state, judge(seen))) == after.state
