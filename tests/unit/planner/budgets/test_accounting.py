"""From what was read to what a RiskBudget's status says, with numbers that a person can work out by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.api.v1alpha1.riskbudget import ChannelStatus, RiskBudgetSpec, RiskBudgetStatus
from leadsman.planner.budgets.accounting import Drawn, account
from leadsman.planner.budgets.channels import Mishap
from leadsman.planner.budgets.counts import Count, Window, start_of, today
from leadsman.planner.budgets.days import DaySum
from leadsman.planner.budgets.drawing import Drawer, Place, asked
from leadsman.planner.budgets.spending import Spent
from leadsman.planner.budgets.state import BURN_WINDOWS

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ERRORS = Monitor.from_dict(
    {
        "name": "errors",
        "class": "Health",
        "provider": "own",
        "ratio": {"bad": 'hits{code="500"}', "total": "hits"},
        "max": "0.1",
    }
)
AVAILABILITY = {"name": "availability", "ratio": {"monitor": "errors"}, "objective": "0.99"}
SPEND = {"name": "spend", "cost": {"query": "sum(cost)", "currency": "EUR", "allowance": "100"}}


def budget(*channels: Mapping[str, Any], days: int = 7) -> RiskBudgetSpec:
    owner = {"team": "ai", "accountable": "risk@example.com"}
    return RiskBudgetSpec.from_dict({"owner": owner, "windowDays": days, "channels": list(channels) or [AVAILABILITY]})


def drawer(name: str = "shop", since: datetime | None = NOW - 30 * DAY, *monitors: Monitor) -> Drawer:
    return Drawer(place=Place("store", name), monitors=monitors or (ERRORS,), first_traffic=since)


def count(  # noqa: PLR0913
    bad: float = 10,
    total: float | None = 1000,
    *,
    windows: Mapping[timedelta, tuple[float, float]] | None = None,
    measured: timedelta = DAY,
    now: datetime = NOW,
    before: int = 7,
) -> Count:
    """Each day the same; until noon of today as much as of a whole day."""
    over = {
        day: DaySum(day, Spent(bad, total), min(measured, now - start_of(day)))
        for day in (today(now) - number * DAY for number in range(before + 1))
    }
    spent = {window: Window(now, {"shop-0123456789": Spent(*one)}) for window, one in (windows or {}).items()}
    today_ = over.pop(today(now))
    return Count(at=now, windows=spent, measured=measured, measured_at=now, today=today_, today_at=now, over=over)


def drawn(counts: Mapping[Drawer, Count] | None = None, *mishaps: Mishap, spec: RiskBudgetSpec | None = None) -> Drawn:
    found = counts if counts is not None else {drawer(): count()}
    read = {
        (ask, one.place): each
        for one, each in found.items()
        for channel in (spec or budget()).channels
        if (ask := asked(channel, one)) is not None
    }
    return Drawn(drawers=tuple(found), counts=read, mishaps=mishaps)  # type: ignore[arg-type]


def said(
    seen: Drawn | None = None,
    *,
    spec: RiskBudgetSpec | None = None,
    before: RiskBudgetStatus | None = None,
    now: datetime = NOW,
) -> RiskBudgetStatus:
    return account(spec or budget(), before or RiskBudgetStatus(), seen if seen is not None else drawn(), now)


def channel(status: RiskBudgetStatus, name: str = "availability") -> ChannelStatus:
    return next(one for one in status.channels if one.name == name)


def test_what_is_spent_of_the_window() -> None:
    """8 days, 1000 events each, 10 of them bad; 1 % of them may be: 80 of 80."""
    one = channel(said())
    assert (one.spent, one.allowance, one.consumed, one.state) == ("80", "80", "1", "Exhausted")
    assert str(one.days[0].date) == "2026-03-03"
    assert len(one.days) == 8


def test_what_remains_is_of_the_worst_channel_and_never_a_mean() -> None:
    spec = budget(AVAILABILITY, {"name": "harm", "points": 10})
    status = said(drawn({drawer(): count(bad=2)}, Mishap(aware_at=NOW - DAY, severity="Sev3"), spec=spec), spec=spec)
    assert (status.state, status.remaining, status.binding_channel) == ("Healthy", "50%", "harm")
    assert channel(status).consumed == "0.2"


@pytest.mark.parametrize(
    ("severity", "ago", "spent"),
    [("Sev4", DAY, "1"), ("Sev3", DAY, "5"), ("Sev2", DAY, "25"), ("Sev1", DAY, "100"), ("Sev1", 7 * DAY, "0")],
)
def test_incidents_cost_points_while_they_are_in_the_window(severity: Any, ago: timedelta, spent: str) -> None:
    spec = budget({"name": "incidents", "points": 200})
    status = said(drawn({}, Mishap(aware_at=NOW - ago, severity=severity), spec=spec), spec=spec)
    assert channel(status, "incidents").spent == spent
    assert channel(status, "incidents").state == "Healthy"


def test_money() -> None:
    spec = budget(SPEND)
    seen = drawn({drawer(): count(bad=11, total=None)}, spec=spec)
    one = channel(said(seen, spec=spec), "spend")
    assert (one.spent, one.allowance, one.consumed, one.state) == ("88", "100", "0.88", "AtRisk")


def test_services_that_share_it_draw_on_it_together() -> None:
    seen = drawn({drawer("one"): count(bad=2), drawer("two"): count(bad=6)})
    one = channel(said(seen))
    assert (one.spent, one.allowance, one.consumed) == ("64", "160", "0.4")


def test_how_fast_it_burns_is_of_the_last_hour_and_by_revision() -> None:
    fast = dict.fromkeys(BURN_WINDOWS, (200.0, 1000.0))
    one = channel(said(drawn({drawer(): count(bad=1, windows=fast)})))
    assert (one.burn_rate, one.state) == ("20", "FastBurn")
    assert [(each.name, each.bad, each.total) for each in one.revisions] == [("shop-0123456789", "200", "1000")]


def test_a_service_that_never_took_traffic_is_not_missed() -> None:
    status = said(drawn({drawer(since=None): Count()}))
    assert (status.state, status.remaining, channel(status).coverage) == ("Healthy", "100%", None)


def test_what_was_not_read_is_unknown() -> None:
    status = said(drawn({drawer(): Count(problem="provider own: it does not answer")}))
    assert (status.state, status.remaining) == ("Unknown", None)
    assert channel(status).message == "shop: provider own: it does not answer"


def test_what_was_read_a_while_ago_is_unknown() -> None:
    seen = drawn({drawer(): count(bad=1)})
    assert said(seen, now=NOW + 15 * MINUTE).state == "Healthy"
    assert said(seen, now=NOW + 16 * MINUTE).state == "Unknown"


def test_a_monitor_that_is_gone_leaves_the_channel_unknown() -> None:
    other = ERRORS.model_copy(update={"name": "others"})
    status = said(drawn({drawer("shop", NOW - DAY, other): count()}))
    assert channel(status).message == "shop has no monitor errors"
    assert status.state == "Unknown"


def test_of_a_service_that_was_measured_too_little_nobody_knows_enough() -> None:
    status = said(drawn({drawer("one"): count(bad=1), drawer("two"): count(bad=1, measured=20 * HOUR)}))
    assert channel(status).coverage == "0.833333333"
    assert status.state == "Unknown"
    assert channel(status).message.startswith("83.33 % was measured")


def test_coverage_counts_from_the_first_traffic() -> None:
    since = NOW - 2 * HOUR
    assert channel(said(drawn({drawer(since=since): count(bad=1, measured=117 * MINUTE)}))).coverage == "1"
    assert channel(said(drawn({drawer(since=since): count(bad=1, measured=HOUR)}))).coverage == "0.512820513"


def test_what_is_exhausted_stays_so_though_a_service_falls_silent() -> None:
    before = said()
    status = said(drawn({drawer(): Count(problem="silent")}), before=before, now=NOW + HOUR)
    assert status.state == "Exhausted"
    assert status.exhausted_at == before.exhausted_at


def test_days_that_are_over_are_not_read_again() -> None:
    before = said(drawn({drawer(): count(bad=1)}))
    later = NOW + HOUR
    only_today = replace(count(bad=3, now=later), over={})
    one = channel(said(drawn({drawer(): only_today}), before=before, now=later))
    assert [day.bad for day in one.days] == ["1"] * 7 + ["3"]


def test_a_day_that_ended_since_has_to_be_read_to_its_end() -> None:
    before = said(drawn({drawer(): count(bad=1)}))
    tomorrow = NOW + DAY
    only_today = replace(count(bad=3, now=tomorrow), over={})
    one = channel(said(drawn({drawer(): only_today}), before=before, now=tomorrow))
    assert (one.state, one.message) == ("Unknown", "days that are over have not been read yet")
    assert one.counted_until == NOW
    both = count(bad=2, now=tomorrow, before=1)
    one = channel(said(drawn({drawer(): both}), before=before, now=tomorrow))
    assert [day.bad for day in one.days] == ["1"] * 6 + ["2", "2"]
    assert one.counted_until == tomorrow


def test_silence_is_counted_in_minutes() -> None:
    spec = budget(AVAILABILITY, {"name": "unmonitored", "minutes": 1000})
    seen = drawn({drawer(): count(bad=1, measured=23 * HOUR)}, spec=spec)
    one = channel(said(seen, spec=spec), "unmonitored")
    assert (one.spent, one.state) == ("420", "Healthy")  # an hour of each of 7 days that are over


def test_before_its_first_traffic_nothing_of_a_service_is_missed() -> None:
    spec = budget(AVAILABILITY, {"name": "unmonitored", "minutes": 100})
    young = count(bad=1, measured=117 * MINUTE)
    nothing = {day: DaySum(day, Spent(0, 0), timedelta()) for day in young.over}
    young = replace(young, over=nothing)
    status = said(drawn({drawer(since=NOW - 2 * HOUR): young, drawer("old"): count(bad=1)}, spec=spec), spec=spec)
    assert channel(status, "unmonitored").spent == "0"
    alone = said(drawn({drawer(since=NOW - 2 * HOUR): young}, spec=spec), spec=spec)
    assert [str(day.date) for day in channel(alone).days] == ["2026-03-10"]


def test_a_state_keeps_its_time_and_gets_better_only_after_an_hour() -> None:
    fast = dict.fromkeys(BURN_WINDOWS, (200.0, 1000.0))
    burning = said(drawn({drawer(): count(bad=1, windows=fast)}))
    later = NOW + 10 * MINUTE
    calm = said(drawn({drawer(): count(bad=1, now=later)}), before=burning, now=later)
    assert (calm.state, channel(calm).since) == ("FastBurn", NOW)
    later = NOW + HOUR
    calm = said(drawn({drawer(): count(bad=1, now=later)}), before=calm, now=later)
    assert (calm.state, channel(calm).since) == ("Healthy", later)
