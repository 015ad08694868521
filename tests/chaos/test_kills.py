"""An operator that is killed again and again, wherever it stands: nothing is lost, nothing happens twice."""

import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path

import pytest

from chaos.conftest import Operators
from chaos.fleet import Fleet
from harness.cluster import Space
from harness.history import recording
from harness.operator import OperatorProcess
from harness.promises import runs_at_most_two, serves_with
from harness.waiting import eventually

pytestmark = pytest.mark.chaos

FLEETS, SERVICES, KILLS = 3, 5, 34
"""More than a hundred kills, each of them in the middle of several rollouts."""
LIVES_SECONDS = 1.0
TRAFFIC = ("Service", "EndpointSlice", "Deployment", "Pod")


def die_again_and_again(operator: OperatorProcess, chance: random.Random) -> None:
    """At whatever it is doing, from its first look at the cluster on."""
    for _ in range(KILLS):
        operator.launch()
        eventually(lambda: operator.has_said("connected"), within_seconds=60)
        with pytest.raises(subprocess.TimeoutExpired):
            operator.wait(chance.uniform(0, LIVES_SECONDS))
        operator.kill()


@pytest.fixture
def fleets(fragile_space: Space) -> Iterator[list[Fleet]]:
    """Each in a namespace of its own."""
    spaces = [Space(fragile_space.cluster, f"{fragile_space.name}-{number}") for number in range(FLEETS)]
    for space in spaces:
        fragile_space.kubectl("create", "namespace", space.name)
    yield [Fleet(space, [f"service-{number}" for number in range(SERVICES)]) for space in spaces]
    for space in spaces:
        fragile_space.kubectl("delete", "namespace", space.name, "--wait=false")


@pytest.mark.timeout(900)  # a hundred starts of a program: two minutes on two idle cores, more on busy ones
def test_after_a_hundred_kills_each_version_went_its_way_once_and_users_noticed_nothing(
    fleets: list[Fleet], operators: Operators, tmp_path: Path
) -> None:
    chance = random.Random()  # noqa: S311  # when to die, not a secret
    mortals = [operators(fleet.space) for fleet in fleets]
    with ExitStack() as recordings, ThreadPoolExecutor() as pool:
        seen = [recordings.enter_context(recording(fleet.space, tmp_path, *TRAFFIC)) for fleet in fleets]
        lives = [pool.submit(die_again_and_again, operator, chance) for operator in mortals]
        while wait(lives, timeout=1).not_done:
            for fleet in fleets:
                fleet.change()
        for life in lives:
            life.result()
        for fleet, operator in zip(fleets, mortals, strict=True):
            operator.start()
            fleet.wait()
            fleet.verify()
        for fleet, moments in zip(fleets, (each() for each in seen), strict=True):
            for name in fleet.names:
                serves_with(moments, name, 2)
                runs_at_most_two(moments, name)
    assert min(min(fleet.versions.values()) for fleet in fleets) > 2
