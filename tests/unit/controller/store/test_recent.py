"""What was read lately is not read again."""

import copy
from dataclasses import replace
from typing import Any

from leadsman.controller.observe.revisions import Packed, pack
from leadsman.controller.store.recent import Recent
from leadsman.planner.world import Revision
from unit.controller.recordings import recorded, said_of
from unit.controller.store.telling import Telling


def packed(**status: Any) -> Packed:
    raw = copy.deepcopy(recorded("ours")["AIRevision"])
    raw["status"] |= status
    return pack(said_of(raw), raw)[1]


def test_the_same_record_is_read_once() -> None:
    recent, one = Recent(), packed()

    assert recent.read(one) is recent.read(one)


def test_a_record_that_changed_is_read_again() -> None:
    recent = Recent()
    recent.read(packed())

    found = recent.read(packed(verdict="Serving"))

    assert isinstance(found, Revision)
    assert found.status.verdict == "Serving"


def test_what_was_not_needed_for_long_is_let_go() -> None:
    recent, one, two, three = Recent(kept=2), *(replace(packed(), uid=uid) for uid in "123")
    first, second = recent.read(one), recent.read(two)
    assert recent.read(one) is first

    recent.read(three)

    assert recent.read(one) is first
    assert recent.read(two) is not second


def test_a_status_that_an_own_write_changed_is_what_the_next_world_shows() -> None:
    telling = Telling()
    name = "AIRevision/support-assistant-9b2e41c07d"
    assert telling.world().revisions[0].status.verdict is None
    telling.tell(telling.change(name, "status", verdict="Serving"))

    assert telling.world().revisions[0].status.verdict == "Serving"
