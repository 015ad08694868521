"""A change of the past, put through the planner: what its monitors measured decides, in their own time."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from leadsman.clients.errors import QueryRejected
from leadsman.controller.signals.roster import Batch, Member
from leadsman.planner.signals.queries import PodCounts
from leadsman.planner.signals.readings import Counted, Observation
from leadsman.simulation.declaration import Declaration
from leadsman.simulation.outcome import Rehearsed
from leadsman.simulation.past import Generation
from leadsman.simulation.rehearsal import rehearse
from unit.planner.stories import spec

CAME: Final = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR: Final = dt.timedelta(hours=1)
OLD = Generation(name="bot-5f4d7", first_seen=CAME - 24 * HOUR, last_seen=CAME + HOUR)
NEW = Generation(name="bot-9c8b7", first_seen=CAME, last_seen=CAME + 24 * HOUR)
STAGES: Final = [{"name": "some", "weight": 25, "holdSeconds": 300}, {"name": "half", "weight": 50, "holdSeconds": 600}]
ERRORS: Final = {
    "name": "errors",
    "class": "Health",
    "ratio": {"bad": 'e{code="500"}', "total": "e"},
    "max": "0.02",
    "intervalSeconds": 30,
}


class Recorded:
    """A provider that remembers how bad each moment was. Whose pods it was asked about is written down."""

    name = "default"

    def __init__(self, bad: Callable[[dt.timedelta], float | None], refuses: str = "") -> None:
        self._bad, self._refuses = bad, refuses
        self.asked: set[tuple[str, str | None]] = set()

    async def read(self, batch: Batch, at: dt.datetime) -> Mapping[Member, Observation]:
        if self._refuses:
            raise QueryRejected(self._refuses)
        self.asked |= {(one.watch.revision, one.watch.versus) for one in batch.members}
        bad = self._bad(at - CAME)
        pods = {} if bad is None else {"a pod": PodCounts(bad_increase=bad, total_increase=100)}
        return {one: Counted(candidate=pods, requests=1000) for one in batch.members}


def rehearsed(recorded: Recorded, *, until: dt.timedelta = 24 * HOUR, **changes: Any) -> Rehearsed:
    rollout = {"strategy": "Canary", "stages": STAGES, "bakeSeconds": 600}
    declaration = Declaration.read("shop", "bot", spec(**{"monitors": [ERRORS], "rollout": rollout, **changes}))
    readers: Any = {"default": recorded}
    return asyncio.run(rehearse(declaration, OLD, NEW, readers, until=CAME + until))


def kinds(found: Rehearsed) -> list[str]:
    return [f"{one.type} {one.stage or ''}".strip() for one in found.moments]


def test_a_change_that_was_well_goes_through_its_stages_in_their_time() -> None:
    recorded = Recorded(lambda _: 1)
    found = rehearsed(recorded)
    assert found.outcome == "Promoted"
    assert found.until == CAME + dt.timedelta(minutes=25)
    assert kinds(found)[2:] == [
        *("stage.entered some", "traffic.verified some", "stage.entered half", "traffic.verified half"),
        *("promotion.decided promotion", "promotion.verified", "bake.ended"),
    ]
    assert len(found.readings) in {50, 51}
    assert {one.value for one in found.readings} == {0.01}
    assert {revision for revision, _ in recorded.asked} == {"bot-9c8b7", "bot-5f4d7"}
    assert all(found.at <= one.at <= found.until for one in found.readings)


def test_a_change_that_got_bad_goes_back_when_it_was_bad_and_by_its_names() -> None:
    found = rehearsed(Recorded(lambda after: 9 if after > dt.timedelta(minutes=7) else 0))
    assert found.outcome == "RolledBack"
    assert dt.timedelta(minutes=7) < found.until - CAME < dt.timedelta(minutes=10)
    assert "errors 0.09 > 0.02" in found.why
    assert any(
        one.message.startswith("bot-9c8b7 is rolled back and quarantined, back to bot-5f4d7") for one in found.moments
    )


def test_a_change_that_was_not_measured_is_held() -> None:
    found = rehearsed(Recorded(lambda _: None), until=2 * HOUR)
    assert found.outcome == "Held"
    assert "no series of e for the pods" in found.why


def test_a_change_that_was_followed_by_another_one_has_no_more_time() -> None:
    found = rehearsed(Recorded(lambda _: 0), until=dt.timedelta(minutes=6))
    assert found.outcome == "Held"
    assert found.until == CAME + dt.timedelta(minutes=6)
    assert kinds(found)[-1] == "traffic.verified half"


def test_a_change_that_was_promoted_and_still_watched_is_said_to_be() -> None:
    assert rehearsed(Recorded(lambda _: 0), until=dt.timedelta(minutes=20)).outcome == "Baking"


def test_a_monitor_that_cannot_be_asked_holds_and_says_why() -> None:
    found = rehearsed(Recorded(lambda _: 0, refuses="parse error"), until=HOUR)
    assert found.outcome == "Held"
    assert "parse error" in found.why
