"""Signals over a real connection to a provider of the test's own. What is awaited is what happens, never the time."""

import asyncio
import math
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from leadsman.clients.providers import Provider
from leadsman.controller import clock
from leadsman.controller.metrics import Metrics
from leadsman.controller.signals import Signals, names
from leadsman.controller.signals.breaker import FAILURES
from leadsman.controller.signals.signals import QUERIES
from leadsman.controller.store import Key
from leadsman.planner.world import Signal
from unit.clients.playing import Answering, always, playing
from unit.controller.signals.provider import Measuring
from unit.controller.signals.watching import CHAT, MAIL, errors, latency, revision, thumbs, watch

pytestmark = pytest.mark.asyncio

POD = f"support/{revision(CHAT)}-7d9f8c-x2x4z"
OTHER = f"office/{revision(MAIL)}-7d9f8c-x2x4z"
GOOD, BAD = {"bad_increase": 1.0, "total_increase": 1000.0}, {"bad_increase": 81.0, "total_increase": 1000.0}


@dataclass
class Operated:
    signals: Signals
    woken: asyncio.Queue[Key]
    metrics: Metrics
    turns: int = 0

    async def turn(self) -> None:
        """Everything is due, and read to the end."""
        self.turns += 1
        self.signals.read_due(asyncio.get_running_loop().time() + 1000.0 * self.turns)
        await asyncio.gather(*self.signals._tasks)

    def errors(self, key: Key = CHAT) -> Signal:
        return self.signals.current(key)[revision(key), "errors"]

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"leadsman_{name}_total", labels) or 0


@asynccontextmanager
async def operated(session: aiohttp.ClientSession, *providers: Provider) -> AsyncGenerator[Operated]:
    woken, metrics = asyncio.Queue[Key](), Metrics()
    signals = Signals({one.name: one for one in providers}, session, wake=woken.put_nowait, metrics=metrics)
    try:
        yield Operated(signals, woken, metrics)
    finally:
        await signals.stop()


@asynccontextmanager
async def asking(session: aiohttp.ClientSession, answer: Answering, **more: Any) -> AsyncGenerator[Operated]:
    async with (
        playing(answer) as server,
        operated(session, Provider(name="default", address=server.address, **more)) as one,
    ):
        yield one


async def test_what_is_watched_is_read_by_itself_and_its_service_is_woken(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        assert operator.signals.current(CHAT) == {}

        assert await operator.woken.get() == CHAT

        assert (operator.errors().state, operator.errors().message) == ("Passed", "errors 0.001 <= 0.02, n=1000")
        assert operator.counted("signal_readings", state="Passed") == 1
        assert operator.counted("metric_queries", provider="default", result="answered") == 1


async def test_services_that_ask_the_same_share_a_query_and_each_gets_its_own_answer(
    session: aiohttp.ClientSession,
) -> None:
    measuring = Measuring(series={POD: GOOD, OTHER: BAD})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        operator.signals.watch(MAIL, [watch(MAIL)])
        await operator.turn()
        await operator.turn()

        assert len(measuring.queries) == 2
        assert (operator.errors(CHAT).state, operator.errors(MAIL).state) == ("Passed", "Failed")


async def test_a_hundred_services_that_ask_the_same_cost_one_query(session: aiohttp.ClientSession) -> None:
    measuring = Measuring()
    async with asking(session, measuring) as operator:
        for index in range(250):
            key = Key("support", f"s{index}")
            operator.signals.watch(key, [watch(key)])
        await operator.turn()
        assert len(measuring.queries) == 3


async def test_a_failure_wakes_its_service_and_no_other(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD, OTHER: GOOD})
    async with asking(session, measuring) as operator:
        for key in (CHAT, MAIL):
            operator.signals.watch(key, [watch(key, errors(consecutive=1))])
        await operator.turn()
        for _ in range(2):
            operator.signals.current(operator.woken.get_nowait())
        measuring.series[OTHER] = BAD
        await operator.turn()

        assert operator.woken.get_nowait() == MAIL
        assert operator.woken.empty()


async def test_a_comparison_adds_up_what_both_revisions_answered(session: aiohttp.ClientSession) -> None:
    ours, theirs = POD, f"support/{revision(CHAT, 0)}-7d9f8c-bcdfg"
    measuring = Measuring(series={ours: {"bad": 0, "total": 5}, theirs: {"bad": 900, "total": 90000}})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, thumbs(), versus=revision(CHAT, 0))])
        await operator.turn()
        measuring.series = {ours: {"bad": 30, "total": 105}, theirs: {"bad": 910, "total": 91000}}
        await operator.turn()

        signal = operator.signals.current(CHAT)[revision(CHAT), "thumbs"]
        assert (signal.state, signal.value, signal.serving) == ("Failed", 0.3, 0.01)
        assert len(measuring.queries) == 2


async def test_requests_of_a_stage_are_counted_while_they_are_asked_for(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, count_since=clock.now() - timedelta(seconds=300))])
        await operator.turn()
        assert operator.errors().requests == 1000
        assert "[300s]" in measuring.queries[1]

        operator.signals.watch(CHAT, [watch(CHAT)])
        await operator.turn()
        assert operator.errors().requests is None
        assert len(measuring.queries) == 3


@pytest.mark.parametrize("missing", ["bad", "total"])
async def test_a_counter_that_the_provider_never_heard_of_is_a_mistake_and_no_zero(
    session: aiohttp.ClientSession, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "PATIENCE", timedelta(0))
    ratio = {"bad": "http_errors_total", "total": "http_requests_total"}
    present = {"bad_increase": 0.0} if missing == "total" else {"total_increase": 1000.0}
    known = frozenset(ratio.values()) - {ratio[missing]}
    measuring = Measuring(series={POD: present}, known=known)
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, errors(ratio=ratio))])
        await operator.turn()

        assert operator.errors().state == "Invalid"
        assert operator.errors().message == (
            f"no series and no metadata named {ratio[missing]} in provider default: check the name; a counter that "
            "only appears with its first event should start at 0"
        )
        await operator.turn()
        assert len(measuring.lookups) == 1


async def test_a_counter_of_bad_events_that_the_provider_knows_may_have_no_series_yet(
    session: aiohttp.ClientSession,
) -> None:
    ratio = {"bad": "http_errors_total", "total": "http_requests_total"}
    measuring = Measuring(series={POD: {"total_increase": 1000.0}}, known=frozenset(ratio.values()))
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, errors(ratio=ratio))])
        await operator.turn()
        assert operator.errors().state == "Passed"


async def test_a_selector_without_a_name_and_without_series_is_no_evidence(session: aiohttp.ClientSession) -> None:
    ratio = {"bad": '{job="x"}', "total": "http_requests_total"}
    measuring = Measuring(series={POD: {"total_increase": 1000.0}})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, errors(ratio=ratio))])
        await operator.turn()
        assert operator.errors().state == "NoEvidence"
        assert "names no metric" in operator.errors().message


@pytest.mark.parametrize(
    ("answer", "state", "message"),
    [
        (Measuring(known=frozenset({"http_requests_total"})), "NoEvidence", "no series of http_requests_total for"),
        (Measuring(series={POD: {**GOOD, "bad_increase": math.nan}}), "NoEvidence", "a counter yields NaN"),
        (always("<html>"), "NoEvidence", "its answer is not JSON (200)"),
        (always("", status=503), "NoEvidence", "provider default: "),
        (
            always('{"status":"error","errorType":"bad_data","error":"x"}', status=400),
            "Invalid",
            "refuses the query: x",
        ),
        (
            always('{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["a store is down"]}'),
            "NoEvidence",
            "the answer is not complete: a store is down",
        ),
    ],
)
async def test_what_goes_wrong_with_a_ratio_is_said_and_never_passes(
    session: aiohttp.ClientSession, answer: Answering, state: str, message: str
) -> None:
    async with asking(session, answer) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        await operator.turn()
        assert operator.errors().state == state
        assert message in operator.errors().message


@pytest.mark.parametrize(
    ("numbers", "state"),
    [((0.3,), "Passed"), ((), "NoEvidence"), ((math.nan,), "NoEvidence"), ((0.3, 0.4), "Invalid")],
)
async def test_a_query_of_the_users_yields_one_number_or_nothing(
    session: aiohttp.ClientSession, numbers: tuple[float, ...], state: str
) -> None:
    measuring = Measuring(numbers=numbers)
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, latency())])
        await operator.turn()
        assert operator.signals.current(CHAT)[revision(CHAT), "p95"].state == state
        assert measuring.queries == [f'latency{{pod=~"{revision(CHAT)}-[a-z0-9]+(-[a-z0-9]{{5}})?"}}']


async def test_a_provider_that_is_not_configured_is_named_with_those_that_are(session: aiohttp.ClientSession) -> None:
    async with asking(session, Measuring()) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, errors(provider="mimir"))])
        await operator.turn()
        assert operator.errors().state == "Invalid"
        assert operator.errors().message == "provider mimir is not configured (configured: default)"


async def test_tenants_are_asked_for_one_by_one(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD, OTHER: BAD})
    async with (
        playing(measuring) as server,
        operated(session, Provider(name="default", address=server.address, tenant_header="X-Scope-OrgID")) as operator,
    ):
        operator.signals.watch(CHAT, [watch(CHAT)])
        operator.signals.watch(MAIL, [watch(MAIL)])
        await operator.turn()
        assert {request.headers["X-Scope-OrgID"] for request in server.asked} == {"support", "office"}


async def test_a_provider_that_is_down_is_no_evidence_and_is_soon_asked_less(session: aiohttp.ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with operated(session, Provider(name="default", address=address)) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        for _ in range(FAILURES + 3):
            await operator.turn()
            assert operator.errors().state == "NoEvidence"
            assert operator.errors().message == "provider default: connection refused"
        assert operator.counted("metric_queries", provider="default", result="unavailable") == FAILURES


async def test_one_query_that_is_refused_does_not_stop_the_others(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD})

    async def answer(request: web.Request) -> web.StreamResponse:
        if "latency" in str((await request.post())["query"]):
            return web.json_response({"status": "error", "errorType": "execution", "error": "too many"}, status=422)
        return await measuring(request)

    async with asking(session, answer) as operator:
        operator.signals.watch(CHAT, [watch(CHAT), watch(CHAT, latency())])
        for _ in range(2 * FAILURES):
            await operator.turn()
        assert operator.errors().state == "Passed"
        assert operator.signals.current(CHAT)[revision(CHAT), "p95"].state == "Invalid"


async def test_a_slow_provider_is_asked_by_a_few_at_once_and_nothing_piles_up(session: aiohttp.ClientSession) -> None:
    gate, full = asyncio.Event(), asyncio.Event()
    waiting = busiest = 0

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal waiting, busiest
        waiting += 1
        busiest = max(busiest, waiting)
        if waiting == QUERIES:
            full.set()
        await gate.wait()
        waiting -= 1
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": []}})

    keys = [Key("support", f"s{index}") for index in range(3 * QUERIES)]
    async with asking(session, answer) as operator:
        for key in keys:
            operator.signals.watch(key, [watch(key, latency())])
        now = asyncio.get_running_loop().time()
        for turn in (1, 2, 3):
            operator.signals.read_due(now + 1000 * turn)
        await full.wait()
        gate.set()
        await asyncio.gather(*operator.signals._tasks)

        assert busiest == QUERIES
        assert operator.counted("metric_queries", provider="default", result="answered") == len(keys)


async def test_an_answer_that_takes_longer_than_the_interval_is_none(session: aiohttp.ClientSession) -> None:
    over = asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    hasty = errors().model_copy(update={"interval_seconds": 0.05})
    async with asking(session, answer) as operator:
        operator.signals.watch(CHAT, [watch(CHAT, hasty)])
        assert await operator.woken.get() == CHAT
        assert operator.errors().state == "NoEvidence"
        assert operator.errors().message == "provider default: no answer within an interval"
        over.set()


async def test_the_end_does_not_wait_for_answers(session: aiohttp.ClientSession) -> None:
    asked, over = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        asked.set()
        await over.wait()
        return web.Response()

    async with asking(session, answer) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        await asked.wait()
        await operator.signals.stop()
        assert operator.signals.current(CHAT) == {}
        over.set()


async def test_what_is_no_longer_watched_is_not_read(session: aiohttp.ClientSession) -> None:
    measuring = Measuring(series={POD: GOOD})
    async with asking(session, measuring) as operator:
        operator.signals.watch(CHAT, [watch(CHAT)])
        operator.signals.watch(CHAT, [])
        await operator.turn()
        assert measuring.queries == []
