"""Generations of pods, by their names and by when they were measured."""

import datetime as dt

from leadsman.clients.samples import Sample
from leadsman.planner.signals.queries import Labels
from leadsman.simulation.past import grouped

START = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def samples(**minutes: int) -> tuple[Sample, ...]:
    return tuple(
        Sample({"pod": pod.replace("_", "-")}, (START + dt.timedelta(minutes=minute)).timestamp(), START)
        for pod, minute in minutes.items()
    )


def test_pods_of_one_replica_set_are_one_generation_from_its_first_pod_to_its_last() -> None:
    first = samples(bot_5f4d7_abcde=0, bot_5f4d7_fghij=7, bot_9c8b7_abcde=30)
    last = samples(bot_5f4d7_abcde=31, bot_5f4d7_fghij=9, bot_9c8b7_abcde=60)
    old, new = grouped(first, last, Labels())
    assert (old.name, new.name) == ("bot-5f4d7", "bot-9c8b7")
    assert (old.first_seen, old.last_seen) == (START, START + dt.timedelta(minutes=31))
    assert new.first_seen == START + dt.timedelta(minutes=30)


def test_pods_that_no_deployment_made_are_not_a_generation() -> None:
    assert grouped(samples(bot_0=0, bot=1), samples(bot_0=5, bot=6), Labels()) == ()
