"""A provider that is down is not asked by everyone at once."""

import itertools

from leadsman.controller.signals.breaker import FAILURES, Breaker


def broken() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.lets_through(0.0)
        breaker.failed("no connection", 0.0)
    return breaker


def test_a_few_failures_are_not_the_providers() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed("no answer in time", 0.0)
    assert breaker.lets_through(0.0)
    breaker.succeeded()
    breaker.failed("no answer in time", 0.0)
    assert breaker.lets_through(0.0)


def test_while_it_is_down_one_query_at_a_time_tries() -> None:
    breaker = broken()
    assert not breaker.lets_through(0.5)
    assert breaker.lets_through(1.0)
    assert not breaker.lets_through(1.1)
    assert breaker.reason == "no connection"


def test_it_is_tried_less_often_the_longer_it_is_down_and_at_least_twice_a_minute() -> None:
    breaker, now, tries = broken(), 0.0, list[float]()
    while len(tries) < 9:
        now += 0.5
        if breaker.lets_through(now):
            tries.append(now)
            breaker.failed("no connection", now)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == [2, 4, 8, 16, 30, 30, 30, 30]


def test_one_answer_and_all_are_let_through() -> None:
    breaker = broken()
    assert breaker.lets_through(1.0)
    breaker.succeeded()
    assert breaker.lets_through(1.0)
    assert breaker.lets_through(1.0)
