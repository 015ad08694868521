"""Monitors read from a real Prometheus, which scrapes scripted pods."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from harness.cluster import Cluster, Space
from harness.pods import Script, deployment
from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.clients.errors import QueryRejected
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider
from leadsman.controller import clock
from leadsman.controller.metrics import Metrics
from leadsman.controller.signals import Signals, names
from leadsman.controller.store import Key
from leadsman.planner.plan import Watch
from leadsman.planner.signals.selectors import Selector
from leadsman.planner.world import Signal

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

SERVING, CANDIDATE = "chat-0000000001", "chat-0000000002"
ERRORS = {"bad": 'http_requests_total{code=~"5.."}', "total": "http_requests_total"}
WITHIN_SECONDS = 60


@dataclass
class Operated:
    signals: Signals
    woken: asyncio.Queue[Key]
    key: Key

    async def until(self, reached: Callable[[dict[tuple[str, str], Signal]], bool]) -> dict[tuple[str, str], Signal]:
        """The signals, once they are so."""
        seen: dict[tuple[str, str], Signal] = {}
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                while not reached(seen):
                    assert await self.woken.get() == self.key
                    seen = dict(self.signals.current(self.key))
        except TimeoutError:
            raise AssertionError(f"last seen: {self.signals.current(self.key)}") from None
        return seen

    async def first(self, *watches: Watch) -> dict[tuple[str, str], Signal]:
        self.signals.watch(self.key, watches)
        return await self.until(lambda seen: len(seen) == len(watches))


@asynccontextmanager
async def operated(cluster: Cluster, key: Key) -> AsyncGenerator[Operated]:
    woken = asyncio.Queue[Key]()
    provider = Provider(name="default", address=cluster.prometheus.url)
    async with aiohttp.ClientSession() as session:
        signals = Signals({"default": provider}, session, wake=woken.put_nowait, metrics=Metrics())
        try:
            yield Operated(signals, woken, key)
        finally:
            await signals.stop()


@pytest_asyncio.fixture
async def operator(space: Space) -> AsyncIterator[Operated]:
    async with operated(space.cluster, Key(space.name, "chat")) as one:
        yield one


def monitor(**more: Any) -> Monitor:
    limit = {} if "compare" in more else {"max": "0.02"}
    about = {} if "query" in more else {"ratio": ERRORS}
    common = {"name": "errors", "class": "Health", "intervalSeconds": 5, "windowSeconds": 10}
    return Monitor.from_dict({**common, **limit, **about, **more})


def watch(revision: str, judged: Monitor, **more: Any) -> Watch:
    return Watch(revision=revision, monitor=judged, attempt=1, **more)


def run(space: Space, **scripts: Script) -> None:
    """Deployments as Leadsman makes them, whose pods have been counted for a whole window."""
    for name, script in scripts.items():
        space.apply(deployment(name.replace("_", "-"), script, replicas=2))
    space.cluster.prometheus.wait_series(
        f'count(rate(http_requests_total{{namespace="{space.name}",code="200"}}[10s]) > 80) == {2 * len(scripts)}'
    )


async def test_each_revision_is_judged_by_its_own_pods(space: Space, operator: Operated) -> None:
    run(
        space,
        chat_0000000001=Script(good_per_second=100, bad_per_second=1),
        chat_0000000002=Script(good_per_second=90, bad_per_second=10),
        chat_0000000002_0000000003=Script(good_per_second=100),  # of a service that is called like a revision
    )

    judged = monitor(minSamples=100)
    operator.signals.watch(operator.key, [watch(SERVING, judged), watch(CANDIDATE, judged)])
    seen = await operator.until(lambda seen: any(signal.state == "Failed" for signal in seen.values()))

    serving, candidate = seen[SERVING, "errors"], seen[CANDIDATE, "errors"]
    assert (serving.state, serving.value) == ("Passed", pytest.approx(1 / 101, rel=0.2))
    assert (candidate.state, candidate.value) == ("Failed", pytest.approx(0.1, rel=0.2))
    assert candidate.message.startswith("errors 0.")
    assert " > 0.02, n=" in candidate.message


async def test_harm_beside_the_serving_revision_is_shown(space: Space, operator: Operated) -> None:
    run(
        space,
        chat_0000000001=Script(good_per_second=100, bad_per_second=1),
        chat_0000000002=Script(good_per_second=90, bad_per_second=10),
    )

    compared = monitor(compare={"toServing": "NotWorse"})
    operator.signals.watch(operator.key, [watch(CANDIDATE, compared, versus=SERVING)])
    seen = await operator.until(lambda seen: any(signal.state == "Failed" for signal in seen.values()))

    signal = seen[CANDIDATE, "errors"]
    assert (signal.value, signal.serving) == (pytest.approx(0.1, rel=0.2), pytest.approx(1 / 101, rel=0.2))


async def test_the_requests_of_a_stage_are_counted(space: Space, operator: Operated) -> None:
    run(space, chat_0000000002=Script(good_per_second=100))
    since = clock.now() - timedelta(seconds=10)
    operator.signals.watch(operator.key, [watch(CANDIDATE, monitor(), since=since, count_since=since)])

    await operator.until(lambda seen: any((signal.requests or 0) > 2000 for signal in seen.values()))


async def test_a_users_query_is_about_the_pods_of_the_revision_and_must_yield_one_number(
    space: Space, operator: Operated
) -> None:
    run(
        space,
        chat_0000000001=Script(good_per_second=100, bad_per_second=1),
        chat_0000000002=Script(good_per_second=90, bad_per_second=10),
    )
    rate = 'rate(http_requests_total{namespace="{{ namespace }}",pod=~"{{ podRegex }}",code="500"}[{{ window }}])'
    summed, apart = monitor(query=f"sum({rate})", max="15"), monitor(name="apart", query=rate, max="15")

    seen = await operator.first(watch(SERVING, summed), watch(CANDIDATE, summed), watch(CANDIDATE, apart))

    assert seen[SERVING, "errors"].value == pytest.approx(2, rel=0.3)
    assert seen[CANDIDATE, "errors"].value == pytest.approx(20, rel=0.3)
    assert seen[CANDIDATE, "apart"].state == "Invalid"
    assert "2 series that differ in" in seen[CANDIDATE, "apart"].message
    assert "pod; sum or aggregate them away" in seen[CANDIDATE, "apart"].message


async def test_what_cannot_be_measured_says_why(
    space: Space, operator: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "PATIENCE", timedelta(0))
    run(space, chat_0000000002=Script(good_per_second=100))
    bad = {"bad": "http_request_total", "total": "http_requests_total"}
    misspelt = monitor(name="misspelt", ratio=bad)
    wrong = monitor(name="wrong", query='sum(rate(x{pod=~"{{ podRegex }}"}[{{ window }}])', max="1")
    silent = monitor(name="silent", ratio={"bad": "http_requests_total", "total": 'http_requests_total{code="418"}'})

    seen = await operator.first(*(watch(CANDIDATE, one) for one in (misspelt, wrong, silent)))

    said = {name: (signal.state, signal.message) for (_, name), signal in seen.items()}
    assert said["misspelt"][0] == "Invalid"
    assert "no series and no metadata named http_request_total in provider default" in said["misspelt"][1]
    assert said["wrong"][0] == "Invalid"
    assert "refuses the query" in said["wrong"][1]
    assert said["silent"] == (
        "NoEvidence",
        'no series of http_requests_total{code="418"} for the pods of the revision',
    )


SELECTORS = [
    "http_requests_total",
    "http_requests_total{}",
    "http_requests_total {\n code = '500' ,\t}",
    'http_requests_total{code=~"5..",code!="503"}',
    "http_requests_total{code!~'2..'}",
    'http_requests_total{"code"="200"}',
    "{__name__='http_requests_total',code=\"\\x32\\u003000\"}",
    '{"http_requests_total", code=~"[25]00"}',
    '{code="200","http_requests_total"}',
    'http_requests_total{nothing="",code=~"\\\\d+"}',
    'http_requests_total{code="}"}',
    'http_requests_total{code="\\""}',
]


async def test_a_selector_that_was_taken_apart_selects_what_it_did_before(space: Space) -> None:
    run(space, chat_0000000002=Script(good_per_second=100, bad_per_second=1))
    at = clock.now()
    async with aiohttp.ClientSession() as session:
        prometheus = Prometheus(Provider(name="default", address=space.cluster.prometheus.url), session)

        async def selected(text: str) -> set[tuple[tuple[str, str], ...]]:
            return {tuple(sorted(one.labels.items())) for one in (await prometheus.query(text, at=at)).values}

        for written in SELECTORS:
            assert await selected(str(Selector.parse(written))) == await selected(written), written
        assert len(await selected(SELECTORS[0])) >= 4
        with pytest.raises(QueryRejected):  # so Prometheus does read what it is sent
            await selected(SELECTORS[0] + "{")


async def test_a_users_own_word_on_pods_stays_in_force(space: Space, operator: Operated) -> None:
    run(space, chat_0000000002=Script(good_per_second=100))
    first = min(pod["metadata"]["name"] for pod in space.list("pod"))
    ratio = {"bad": ERRORS["bad"], "total": f'http_requests_total{{pod="{first}"}}'}

    seen = await operator.first(watch(CANDIDATE, monitor()), watch(CANDIDATE, monitor(name="one", ratio=ratio)))

    everyone, one = seen[CANDIDATE, "errors"].samples or 0, seen[CANDIDATE, "one"].samples or 0
    assert 0 < one < 0.7 * everyone
