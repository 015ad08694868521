"""An operator that is killed again and again, wherever it stands: nothing is lost, nothing happens twice."""

import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
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

FLEETS, SERVICES, KILLS, VERSIONS = 3, 5, 34, 3
"""More than a hundred kills, each of them in the middle of several rollouts."""
LIVES_SECONDS = 1.0
TRAFFIC = ("Service", "EndpointSlice", "Deployment", "Pod")


@dataclass
class Mortal:
    """An operator that dies again and again, at whatever it is doing, from its first look at the cluster on."""

    operator: OperatorProcess
    fleet: Fleet
    chance: random.Random
    kills: int = 0
    pardoned: bool = False

    def live(self) -> None:
        while not self.pardoned and (self.kills < KILLS or not self.fleet.has_reached(VERSIONS)):
            self.operator.launch()
            (message,) = self.chance.choices(["connected", "all there is has been seen"], [1, 4])
            eventually(lambda message=message: self.operator.has_said(message), within_seconds=60)
            with pytest.raises(subprocess.TimeoutExpired):
                self.operator.wait(self.chance.uniform(0, LIVES_SECONDS))
            self.operator.kill()
            self.kills += 1

    def pardon(self) -> None:
        self.pardoned = True


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
    mortals = [Mortal(operators(fleet.space, forks=True), fleet, chance) for fleet in fleets]
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        seen = [stack.enter_context(recording(fleet.space, tmp_path, *TRAFFIC)) for fleet in fleets]
        with ExitStack() as pardon:
            for mortal in mortals:
                pardon.callback(mortal.pardon)
            lives = [pool.submit(mortal.live) for mortal in mortals]
            while wait(lives, timeout=1).not_done:
                for fleet in fleets:
                    fleet.change()
        for life, mortal in zip(lives, mortals, strict=True):
            life.result()
            mortal.operator.start()
            mortal.fleet.wait()
            mortal.fleet.verify()
        for fleet, moments in zip(fleets, (each() for each in seen), strict=True):
            for name in fleet.names:
                serves_with(moments, name, 2)
                runs_at_most_two(moments, name)
