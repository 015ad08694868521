"""What is read when and together, and which readings are news. Times are the test's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leadsman.controller.signals.roster import Batch, Member, Roster
from leadsman.controller.store import Key
from leadsman.planner.plan import Watch
from leadsman.planner.signals.queries import PodCounts
from leadsman.planner.signals.readings import Counted, Observation, Unavailable
from unit.controller.signals.watching import CHAT, MAIL, errors, latency, revision, thumbs, watch

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GOOD = Counted(candidate={"a": PodCounts(bad_increase=0, total_increase=100)})
BAD = Counted(candidate={"a": PodCounts(bad_increase=50, total_increase=100)})
DOWN = Unavailable("down")


def taken(roster: Roster, now: float) -> list[Batch]:
    return list(roster.take(now))


def one_of(roster: Roster, now: float) -> Member:
    [batch] = taken(roster, now)
    [member] = batch.members
    return member


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_what_is_new_is_read_at_once_and_monitors_that_ask_the_same_are_read_together() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT), watch(CHAT, latency())], now=100.0)
    roster.watch(MAIL, [watch(MAIL)], now=100.05)
    at = roster.next_at()
    assert at is not None
    assert 100.0 < at <= 100.25
    batches = taken(roster, 100.25)
    assert sorted(len(batch.members) for batch in batches) == [1, 2]


def test_they_are_read_again_at_the_same_second_of_each_interval() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT)], now=100.0)
    roster.watch(MAIL, [watch(MAIL)], now=103.0)
    for now in (100.2, 103.2):
        roster.settle(one_of(roster, now), GOOD, NOW, now)
    again = roster.next_at()
    assert again is not None
    assert 100.2 + 7.5 <= again <= 103.2 + 22.5
    batches = taken(roster, 103.2 + 22.5)
    assert [len(batch.members) for batch in batches] == [2]
    for member in batches[0].members:
        roster.settle(member, GOOD, NOW, 103.2 + 22.5)
    following = roster.next_at()
    assert following is not None
    assert (following - again) % 15 == 0


def test_a_thousand_services_with_one_monitor_are_one_line() -> None:
    roster = Roster()
    for index in range(1000):
        key = Key("support", f"s{index}")
        roster.watch(key, [watch(key)], now=100.0)
    [batch] = taken(roster, 101.0)
    assert len(batch.members) == 1000


def test_where_a_provider_keeps_tenants_apart_namespaces_share_nothing() -> None:
    roster = Roster(frozenset({"default"}))
    other = Key("support", "mail")
    for key in (CHAT, MAIL, other):
        roster.watch(key, [watch(key)], now=100.0)
    found = {batch.question.tenant: len(batch.members) for batch in taken(roster, 101.0)}
    assert found == {"support": 2, "office": 1}


@pytest.mark.parametrize("different", [{"intervalSeconds": 30}, {"windowSeconds": 90}, {"provider": "other"}])
def test_monitors_that_ask_something_else_stand_in_lines_of_their_own(different: dict[str, object]) -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT)], now=100.0)
    roster.watch(MAIL, [watch(MAIL, errors(**different))], now=100.0)
    assert [len(batch.members) for batch in taken(roster, 101.0)] == [1, 1]


def test_what_is_still_being_read_is_not_read_twice() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT)], now=100.0)
    member = one_of(roster, 101.0)
    assert taken(roster, 130.0) == []
    roster.settle(member, GOOD, NOW, 130.0)
    assert one_of(roster, 160.0) is member


def test_where_there_was_no_answer_it_is_soon_asked_again_even_if_its_turn_is_in_an_hour() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT, errors(intervalSeconds=3600))], now=100.0)
    roster.settle(one_of(roster, 101.0), DOWN, NOW, 102.0)
    assert roster.next_at() == 132.0
    roster.settle(one_of(roster, 132.0), GOOD, NOW, 132.0)
    following = roster.next_at()
    assert following is not None
    assert following >= 1800.0


def test_nothing_is_read_of_a_service_that_is_forgotten_not_even_what_was_under_way() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT)], now=100.0)
    member = one_of(roster, 101.0)
    roster.watch(CHAT, [], now=102.0)
    assert roster.settle(member, BAD, NOW, 102.0) is False
    assert roster.current(CHAT) == {}
    assert taken(roster, 500.0) == []
    assert roster.next_at() is None


def told(roster: Roster, watches: list[Watch], *seen: tuple[Observation, float]) -> list[bool]:
    """Is each of these readings news? Whoever decides looks whenever it is."""
    roster.watch(CHAT, watches, now=0.0)
    news: list[bool] = []
    for index, (one, seconds) in enumerate(seen):
        now = 1000.0 * (index + 1)
        news.append(roster.settle(one_of(roster, now), one, after(seconds), now))
        if news[-1]:
            roster.current(CHAT)
    return news


def test_the_first_reading_is_news_and_then_only_a_change_is() -> None:
    seen = [(GOOD, 0), (GOOD, 15), (BAD, 30), (BAD, 45), (BAD, 60), (DOWN, 75), (DOWN, 90), (GOOD, 105)]
    assert told(Roster(), [watch(CHAT)], *seen) == [True, False, True, True, False, True, False, True]


def test_news_that_nobody_looked_at_stay_news() -> None:
    roster = Roster()
    roster.watch(CHAT, [watch(CHAT)], now=0.0)
    for now in (1.0, 100.0):
        assert roster.settle(one_of(roster, now), GOOD, after(now), now)
    roster.current(CHAT)
    assert not roster.settle(one_of(roster, 200.0), GOOD, after(110), 200.0)


def test_a_reading_after_a_gap_is_news_since_the_one_before_was_no_evidence_any_more() -> None:
    assert told(Roster(), [watch(CHAT)], (GOOD, 0), (GOOD, 15), (GOOD, 100)) == [True, False, True]


def test_the_first_reading_after_a_stage_began_is_news() -> None:
    roster = Roster()
    assert told(roster, [watch(CHAT)], (GOOD, 0), (GOOD, 15)) == [True, False]
    roster.watch(CHAT, [watch(CHAT, since=after(20))], now=3000.0)
    assert roster.settle(one_of(roster, 4000.0), GOOD, after(30), 4000.0)
    roster.current(CHAT)
    assert not roster.settle(one_of(roster, 5000.0), GOOD, after(45), 5000.0)


def test_a_count_of_requests_is_news_while_it_is_asked_for() -> None:
    counts = [(replace(GOOD, requests=count), 15.0 * index) for index, count in enumerate([10, 20, 20])]
    assert told(Roster(), [watch(CHAT, count_since=NOW)], *counts) == [True, True, False]


def test_evidence_of_a_comparison_is_news_once_a_minute_to_be_kept() -> None:
    seen = [
        (Counted(candidate={"a": PodCounts(bad=0, total=100 * n)}, serving={"b": PodCounts(total=100 * n)}), 15.0 * n)
        for n in range(8)
    ]
    compared = watch(CHAT, thumbs(), versus=revision(CHAT, 0))
    # The first is a base, the second passes; then once a minute.
    assert told(Roster(), [compared], *seen) == [True, True, False, False, False, True, False, False]


def test_what_is_watched_goes_on_over_plans_and_begins_anew_with_another_attempt() -> None:
    roster = Roster()
    assert told(roster, [watch(CHAT)], (BAD, 0)) == [True]
    roster.watch(CHAT, [watch(CHAT)], now=2000.0)
    assert roster.current(CHAT)[revision(CHAT), "errors"].message.startswith("1 of 2 readings")
    member = one_of(roster, 3000.0)
    roster.watch(CHAT, [watch(CHAT, attempt=2)], now=3000.0)
    assert roster.current(CHAT) == {}
    assert not roster.settle(member, BAD, after(15), 3000.0)  # was asked for another attempt
    assert roster.current(CHAT) == {}


def test_an_edited_monitor_is_read_at_once_and_begins_anew() -> None:
    roster = Roster()
    assert told(roster, [watch(CHAT)], (BAD, 0)) == [True]
    roster.watch(CHAT, [watch(CHAT, errors(max="0.6"))], now=2000.0)
    assert roster.settle(one_of(roster, 2000.3), BAD, after(15), 2000.3)
    assert roster.current(CHAT)[revision(CHAT), "errors"].state == "Passed"
