"""A real Prometheus, as the operator asks it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio

from harness.cluster import Cluster, Space
from harness.pods import Script, deployment
from leadsman.clients.errors import QueryRejected
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def prometheus(cluster: Cluster) -> AsyncIterator[Prometheus]:
    async with aiohttp.ClientSession() as session:
        yield Prometheus(Provider(name="default", address=cluster.prometheus.url), session)


TWO = 'vector(1) or label_replace(vector(2), "name", "second", "", "")'


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a real Prometheus lives by the real time


async def test_requests_are_counted_by_pod(prometheus: Prometheus, space: Space) -> None:
    space.apply(deployment("web", Script(good_per_second=9, bad_per_second=1), replicas=2))
    series = f'http_requests_total{{namespace="{space.name}"}}'
    space.cluster.prometheus.wait_series(f"count by (namespace) ({series} > 0) == 4")
    pods = {pod["metadata"]["name"] for pod in space.list("pod")}

    samples = await prometheus.query(f"sum by (namespace, pod) ({series})", at=now())

    assert {sample.labels["pod"] for sample in samples.values} == pods
    assert {sample.labels["namespace"] for sample in samples.values} == {space.name}
    assert all(sample.value > 0 and now() - sample.at < timedelta(seconds=30) for sample in samples.values)
    assert samples.partial == ()


async def test_what_nothing_reports_is_an_empty_answer(prometheus: Prometheus) -> None:
    assert (await prometheus.query("absent_metric", at=now())).values == ()


async def test_a_scalar_is_one_sample(prometheus: Prometheus) -> None:
    at = now()

    (sample,) = (await prometheus.query("scalar(vector(2)) / 4", at=at)).values

    assert (sample.labels, sample.value) == ({}, 0.5)
    assert abs(sample.at - at) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("promql", "says"),
    [
        ("sum by (", "parse error"),
        ("up[1m]", "gives a matrix"),
        ('"text"', "gives a string"),
        (
            "up * on () group_left () (vector(1) or label_replace(vector(2), 'a', 'b', '', ''))",
            "duplicate|many-to-many",
        ),
    ],
)
async def test_a_wrong_query_is_rejected_with_prometheus_own_words(
    prometheus: Prometheus, promql: str, says: str
) -> None:
    with pytest.raises(QueryRejected, match=says):
        await prometheus.query(promql, at=now())


async def test_a_metric_is_found_by_its_name(prometheus: Prometheus, space: Space) -> None:
    space.apply(deployment("web", Script(good_per_second=1)))
    space.cluster.prometheus.wait_series(f'http_requests_total{{namespace="{space.name}"}}')

    assert await prometheus.exists("http_requests_total", now=now())
    assert not await prometheus.exists("htp_requests_total", now=now())
