"""The engine in a real event loop: what is awaited is what it does, never the time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from leadsman.controller.engine.agenda import Pace
from leadsman.controller.engine.engine import Engine, Rest

HASTY = Pace(coalesce=0.0, first_retry=0.0, patience=0.0)
DONE = Rest()


class Heard:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.started_keys: list[str] = []
        self.errors: list[Exception] = []

    def started(self, key: str, *, waited: float) -> None:
        assert waited >= 0
        self.started_keys.append(key)

    def failed(self, key: str, error: Exception, *, retry_after: float) -> None:
        assert key in self.started_keys
        assert retry_after >= 0
        self.errors.append(error)


def engine_of(reconcile: Callable[[str], Awaitable[Rest]], heard: Heard | None = None, workers: int = 2) -> Engine[str]:
    return Engine(reconcile, heard or Heard(), workers=workers, pace=HASTY)


@pytest.mark.asyncio
async def test_a_key_that_was_woken_before_the_start_is_worked_on_after_it() -> None:
    worked = asyncio.Queue[str]()

    async def reconcile(key: str) -> Rest:
        worked.put_nowait(key)
        return DONE

    engine = engine_of(reconcile)
    engine.wake("a")
    assert engine.waiting() == 1
    engine.start()
    assert await worked.get() == "a"
    await engine.stop(within=1.0)


@pytest.mark.asyncio
async def test_no_more_keys_are_worked_on_at_once_than_there_are_workers() -> None:
    gate, begun = asyncio.Event(), asyncio.Queue[str]()

    async def reconcile(key: str) -> Rest:
        begun.put_nowait(key)
        await gate.wait()
        return DONE

    engine = engine_of(reconcile, workers=2)
    for key in "abc":
        engine.wake(key)
    engine.start()
    assert {await begun.get(), await begun.get()} == {"a", "b"}
    assert begun.empty()
    assert engine.waiting() == 1
    gate.set()
    assert await begun.get() == "c"
    await engine.stop(within=1.0)


@pytest.mark.asyncio
async def test_a_key_that_fails_is_told_of_and_tried_again_and_others_go_on() -> None:
    worked, heard = asyncio.Queue[str](), Heard()

    async def reconcile(key: str) -> Rest:
        if key == "bad" and not heard.errors:
            raise RuntimeError("at first")
        worked.put_nowait(key)
        return DONE

    engine = engine_of(reconcile, heard)
    engine.start()
    engine.wake("bad")
    engine.wake("good")
    assert {await worked.get(), await worked.get()} == {"bad", "good"}
    assert [str(error) for error in heard.errors] == ["at first"]
    assert heard.started_keys.count("bad") == 2
    await engine.stop(within=1.0)


@pytest.mark.asyncio
async def test_what_could_not_be_done_beside_the_rest_is_told_of_and_tried_again() -> None:
    heard, again = Heard(), asyncio.Event()

    async def reconcile(_: str) -> Rest:
        if heard.errors:
            again.set()
            return DONE
        return Rest(after=3600.0, trouble=RuntimeError("one of two"))

    engine = engine_of(reconcile, heard)
    engine.start()
    engine.wake("a")
    await again.wait()
    assert [str(error) for error in heard.errors] == ["one of two"]
    await engine.stop(within=1.0)


@pytest.mark.asyncio
async def test_a_due_time_wakes_a_key_without_any_event() -> None:
    worked = asyncio.Queue[str]()
    due_times = iter([0.0])

    async def reconcile(key: str) -> Rest:
        worked.put_nowait(key)
        return Rest(after=next(due_times, None))

    engine = engine_of(reconcile)
    engine.start()
    engine.wake("a")
    assert [await worked.get(), await worked.get()] == ["a", "a"]
    await engine.stop(within=1.0)


@pytest.mark.asyncio
async def test_stopping_lets_work_come_to_its_end_and_begins_none() -> None:
    gate, begun, ended = asyncio.Event(), asyncio.Event(), list[str]()

    async def reconcile(key: str) -> Rest:
        begun.set()
        await gate.wait()
        ended.append(key)
        return DONE

    engine = engine_of(reconcile, workers=1)
    engine.start()
    engine.wake("a")
    engine.wake("b")
    await begun.wait()
    stopping = asyncio.create_task(engine.stop(within=5.0))
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert ended == ["a"]
    assert engine.waiting() == 1


@pytest.mark.asyncio
async def test_work_that_does_not_end_is_cancelled_when_the_time_is_up() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def reconcile(_: str) -> Rest:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return DONE

    engine = engine_of(reconcile)
    engine.start()
    engine.wake("a")
    await begun.wait()
    await engine.stop(within=0.0)
    assert cancelled.is_set()
