"""The agenda, with times that the test names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.controller.engine.agenda import Agenda, Pace

PACE = Pace(coalesce=0.005, first_retry=0.02, longest_retry=30.0, patience=0.25, longest_rest=3600.0)


@pytest.fixture
def agenda() -> Agenda[str]:
    return Agenda(PACE, jitter=lambda: 1.0)


def taken(agenda: Agenda[str], now: float) -> str | None:
    due = agenda.take(now)
    return due.key if due else None


def test_events_that_come_together_are_looked_at_once(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    agenda.wake("a", 0.002)
    assert taken(agenda, 0.004) is None
    assert taken(agenda, 0.005) == "a"
    agenda.rest("a", 0.006, after=None)
    assert agenda.next_at() is None


def test_the_key_that_is_due_for_longest_is_first(agenda: Agenda[str]) -> None:
    agenda.wake("late", 0.2)
    agenda.wake("early", 0.1)
    assert [taken(agenda, 1.0), taken(agenda, 1.0), taken(agenda, 1.0)] == ["early", "late", None]


def test_a_key_that_is_worked_on_is_not_given_out_twice_but_once_more_afterwards(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    assert taken(agenda, 1.0) == "a"
    agenda.wake("a", 1.0)
    agenda.wake("a", 1.1)
    assert taken(agenda, 2.0) is None
    assert agenda.next_at() is None
    agenda.rest("a", 2.0, after=None)
    assert taken(agenda, 2.0) == "a"
    agenda.rest("a", 2.1, after=None)
    assert taken(agenda, 9.0) is None


def test_a_due_time_wakes_it_and_an_event_before_replaces_the_due_time(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    taken(agenda, 1.0)
    agenda.rest("a", 1.0, after=10.0)
    assert agenda.next_at() == 11.0
    agenda.wake("a", 5.0)
    assert taken(agenda, 5.1) == "a"
    agenda.rest("a", 5.2, after=None)
    assert taken(agenda, 20.0) is None


def test_what_woke_it_while_it_was_worked_on_comes_before_its_due_time(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    taken(agenda, 1.0)
    agenda.wake("a", 1.0)
    agenda.rest("a", 1.1, after=600.0)
    assert taken(agenda, 1.2) == "a"


def test_a_due_time_in_the_past_is_now_and_one_far_ahead_is_looked_at_hourly(agenda: Agenda[str]) -> None:
    for key, after, at in (("past", -5.0, 1.0), ("far", 1e9, 3601.0)):
        agenda.wake(key, 0.0)
        assert taken(agenda, 1.0) == key
        agenda.rest(key, 1.0, after=after)
        assert agenda.next_at() == at
        assert taken(agenda, at) == key


def test_each_failure_doubles_the_wait_up_to_half_a_minute_and_success_forgets_them(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    now, waits = 1.0, list[float]()
    for _ in range(13):
        assert taken(agenda, now) == "a"
        waits.append(agenda.retry("a", now))
        now = agenda.next_at() or 0.0
    assert waits[:4] == [0.02, 0.04, 0.08, 0.16]
    assert waits[-2:] == [30.0, 30.0]
    taken(agenda, now)
    agenda.rest("a", now, after=0.0)
    assert taken(agenda, now) == "a"
    assert agenda.retry("a", now) == 0.02


def test_jitter_takes_up_to_half_of_the_wait() -> None:
    agenda = Agenda[str](PACE, jitter=lambda: 0.0)
    agenda.wake("a", 0.0)
    taken(agenda, 1.0)
    assert agenda.retry("a", 1.0) == 0.01


def test_an_event_shortens_a_long_wait_but_never_to_a_hot_loop(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    now = 1.0
    for _ in range(10):
        assert taken(agenda, now) == "a"
        agenda.wake("a", now)  # such as the echo of what the failed attempt wrote
        assert agenda.retry("a", now) > 0
        now = agenda.next_at() or 0.0
    failed_at = now - PACE.patience
    agenda.wake("a", failed_at + 0.1)
    assert taken(agenda, failed_at + 0.2) is None
    assert taken(agenda, failed_at + 0.25) == "a"


def test_after_many_failures_a_due_time_is_kept_and_still_no_hot_loop_comes_of_it(agenda: Agenda[str]) -> None:
    agenda.wake("a", 0.0)
    now = 1.0
    for _ in range(12):
        taken(agenda, now)
        agenda.retry("a", now)
        now = agenda.next_at() or 0.0
    taken(agenda, now)
    assert agenda.retry("a", now, within=5.0) == 5.0
    taken(agenda, now + 5.0)
    assert agenda.retry("a", now + 5.0, within=-1.0) == PACE.patience


def test_due_times_that_were_replaced_do_not_pile_up(agenda: Agenda[str]) -> None:
    for second in range(1000):
        agenda.wake("a", float(second))
        assert taken(agenda, second + 0.5) == "a"
        agenda.rest("a", second + 0.5, after=3600.0)
    assert len(agenda._heap) < 100
    assert agenda.next_at() == 999.5 + 3600.0


def test_only_what_is_due_and_not_worked_on_is_waiting(agenda: Agenda[str]) -> None:
    for key in ("working", "waiting"):
        agenda.wake(key, 0.0)
    agenda.wake("later", 50.0)
    taken(agenda, 1.0)
    agenda.wake("working", 1.0)
    assert agenda.waiting(2.0) == 1


def test_when_a_key_became_due_is_known(agenda: Agenda[str]) -> None:
    agenda.wake("a", 1.0)
    due = agenda.take(3.0)
    assert due
    assert due.since == 1.005


STEPS = st.lists(
    st.tuples(st.sampled_from(["wake", "take", "rest", "retry"]), st.sampled_from("abc"), st.floats(0.0, 5.0)),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_no_wake_is_lost_and_no_key_is_in_two_hands(steps: list[tuple[str, str, float]]) -> None:
    agenda = Agenda[str](PACE, jitter=lambda: 0.5)
    now, working, woken = 0.0, set[str](), set[str]()
    for verb, key, passed in steps:
        now += passed
        if verb == "wake":
            agenda.wake(key, now)
            woken.add(key)
        elif verb == "take" and (due := agenda.take(now)):
            assert due.key not in working
            working.add(due.key)
            woken.discard(due.key)
        elif verb in {"rest", "retry"} and key in working:
            working.discard(key)
            if verb == "retry":
                agenda.retry(key, now)
                woken.add(key)
            else:
                agenda.rest(key, now, after=None)
    for key in working:
        agenda.rest(key, now, after=None)
    left = set[str]()
    while due := agenda.take(now + 100.0):
        left.add(due.key)
    assert left == woken
