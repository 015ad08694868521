"""When a metric's name is called wrong, and when it is only early."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from harness.simulation import START
from leadsman.controller.signals.names import ASKED_AGAIN_AFTER, FORGOTTEN_AFTER, KNOWN_FOR, PATIENCE, Names, Standing

pytestmark = pytest.mark.asyncio
SECOND = timedelta(seconds=1)


@dataclass
class Heard:
    """A provider that has heard of these."""

    names: set[str] = field(default_factory=set[str])
    asked: int = 0

    async def exists(self, metric: str, **_: object) -> bool:
        self.asked += 1
        return metric in self.names


async def ask(names: Names, at: datetime, name: str = "http_requests_total") -> Standing:
    return await names.standing(name, tenant=None, now=at)


async def test_a_name_is_wrong_only_after_the_time_that_it_takes_to_be_scraped() -> None:
    provider = Heard()
    names = Names(cast("Any", provider))

    assert await ask(names, START) is Standing.NOT_YET
    assert await ask(names, START + PATIENCE - SECOND) is Standing.NOT_YET
    assert await ask(names, START + PATIENCE) is Standing.UNHEARD_OF

    provider.names.add("http_requests_total")
    assert await ask(names, START + PATIENCE + ASKED_AGAIN_AFTER) is Standing.KNOWN


async def test_what_is_known_is_not_asked_again_for_a_while() -> None:
    provider = Heard({"http_requests_total"})
    names = Names(cast("Any", provider))

    for minutes in range(59):
        assert await ask(names, START + minutes * timedelta(minutes=1)) is Standing.KNOWN
    assert provider.asked == 1
    provider.names.clear()
    assert await ask(names, START + KNOWN_FOR) is Standing.NOT_YET


async def test_what_is_unknown_is_not_asked_at_every_reading() -> None:
    provider = Heard()
    names = Names(cast("Any", provider))

    for number in range(5):
        await ask(names, START + number * SECOND)
    assert provider.asked == 1


async def test_names_that_nobody_asks_for_any_more_are_forgotten() -> None:
    names = Names(cast("Any", Heard()))
    for number in range(100):
        await ask(names, START, f"misspelt_{number}")

    await ask(names, START + FORGOTTEN_AFTER + ASKED_AGAIN_AFTER)

    assert len(names._answers) == 1
