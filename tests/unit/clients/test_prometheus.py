"""A provider in good days and bad: what is no evidence never looks like some."""

import asyncio
import base64
import json
import math
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from leadsman.clients.errors import MetricsUnavailable, QueryRejected
from leadsman.clients.prometheus import ANSWER_BYTES, Prometheus
from leadsman.clients.providers import Basic, BearerToken, Provider
from leadsman.clients.samples import Samples
from unit.clients.playing import Answering, Playing, always, playing

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def success(result: Any, type_: str = "vector", **more: Any) -> str:
    return json.dumps({"status": "success", "data": {"resultType": type_, "result": result}} | more)


def failure(type_: str, error: str) -> str:
    return json.dumps({"status": "error", "errorType": type_, "error": error})


def entry(value: str, **labels: str) -> dict[str, Any]:
    return {"metric": labels, "value": [NOW.timestamp(), value]}


def provider(server: Playing, **more: Any) -> Provider:
    return Provider(name="default", address=server.address, **more)


async def ask(session: aiohttp.ClientSession, answer: Answering, **more: Any) -> Samples:
    async with playing(answer) as server:
        return await Prometheus(provider(server, **more), session).query("up", at=NOW)


async def test_a_vector_comes_with_labels_values_and_time(session: aiohttp.ClientSession) -> None:
    samples = await ask(session, always(success([entry("0.02", pod="a"), entry("3e2", pod="b")])))

    assert [(sample.labels, sample.value, sample.at) for sample in samples.values] == [
        ({"pod": "a"}, 0.02, NOW),
        ({"pod": "b"}, 300.0, NOW),
    ]
    assert samples.partial == ()


async def test_a_scalar_is_a_sample_without_labels(session: aiohttp.ClientSession) -> None:
    samples = await ask(session, always(success([NOW.timestamp(), "7"], "scalar")))

    assert [(sample.labels, sample.value) for sample in samples.values] == [({}, 7.0)]


async def test_an_empty_vector_is_an_answer(session: aiohttp.ClientSession) -> None:
    assert (await ask(session, always(success([])))).values == ()


async def test_nan_and_infinity_are_left_to_the_reader(session: aiohttp.ClientSession) -> None:
    samples = await ask(session, always(success([entry("NaN"), entry("+Inf"), entry("-Inf")])))

    assert math.isnan(samples.values[0].value)
    assert [sample.value for sample in samples.values[1:]] == [math.inf, -math.inf]


async def test_the_question_is_posted_as_a_form_with_the_time_of_the_decision(session: aiohttp.ClientSession) -> None:
    async with playing(always(success([]))) as server:
        await Prometheus(provider(server), session).query("sum(up)", at=NOW)

        form = await server.asked[0].post()
        assert (server.asked[0].method, server.asked[0].path) == ("POST", "/api/v1/query")
        assert dict(form) == {"query": "sum(up)", "time": f"{NOW.timestamp():.3f}", "timeout": "5s"}


async def test_an_address_may_have_a_path_in_front(session: aiohttp.ClientSession) -> None:
    async with playing(always(success([]))) as server:
        mimir = Provider(name="mimir", address=f"{server.address}/prometheus/")
        await Prometheus(mimir, session).query("up", at=NOW)

        assert server.asked[0].path == "/prometheus/api/v1/query"


async def test_what_may_be_missing_is_told(session: aiohttp.ClientSession) -> None:
    thanos = success([entry("1")], warnings=["store 10.1.2.3:10901 is down"], infos=["not a counter"])
    samples = await ask(session, always(thanos))
    assert samples.partial == ("store (address) is down",)

    victoria = await ask(session, always(success([entry("1")], isPartial=True)))
    assert victoria.partial == ("the provider calls its answer partial",)


@pytest.mark.parametrize(("status", "type_"), [(400, "bad_data"), (422, "execution")])
async def test_a_wrong_query_is_the_users_to_mend(session: aiohttp.ClientSession, status: int, type_: str) -> None:
    error = 'invalid parameter "query": 1:5: parse error:\nunexpected <by>'

    with pytest.raises(QueryRejected) as caught:
        await ask(session, always(failure(type_, error), status=status))

    assert str(caught.value) == 'invalid parameter "query": 1:5: parse error: unexpected <by>'


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (success([[NOW.timestamp(), "1"]], "matrix"), "the query gives a matrix; write one"),
        (success([NOW.timestamp(), "text"], "string"), "the query gives a string; write one"),
        (success([{"metric": {}, "histogram": [NOW.timestamp(), {}]}]), "native histograms; write histogram_quantile"),
    ],
)
async def test_a_result_that_is_no_number_is_the_users_to_mend(
    session: aiohttp.ClientSession, answer: str, says: str
) -> None:
    with pytest.raises(QueryRejected, match=says):
        await ask(session, always(answer))


UNUSABLE: dict[str, tuple[Answering, str]] = {
    "an error page": (always("<html>502</html>", status=502, type_="text/html"), r"not JSON \(502\)"),
    "a login page": (always("<html>Sign in</html>", type_="text/html"), r"not JSON \(200\)"),
    "half an answer": (always(success([entry("1")])[:-9]), "not JSON"),
    "brackets without end": (always("[" * 200_000), "not JSON"),
    "no object": (always("[1]"), "not JSON"),
    "a 400 from something else": (always("plain HTTP sent to HTTPS port", status=400), r"not JSON \(400\)"),
    "another kind of 422": (always(failure("not_found", "no tenant"), status=422), r"no tenant \(422\)"),
    "too busy": (always(failure("too_many_requests", "limit"), status=429), "fewer queries"),
    "not ours": (always("Unauthorized", status=401, type_="text/plain"), r"credentials \(401\)"),
    "forbidden": (always("", status=403), r"credentials \(403\)"),
    "a time-out of its own": (always(failure("timeout", "query timed out"), status=503), r"query timed out \(503\)"),
    "an inner error": (always(failure("internal", "disk"), status=500), r"disk \(500\)"),
    "an error that says 200": (always(failure("internal", "disk")), r"disk \(200\)"),
    "success without data": (always('{"status": "success"}'), "has no data"),
    "no list": (always(success(None)), "no known form"),
    "a value that is no text": (always(success([{"metric": {}, "value": [1, 2]}])), "no known form"),
    "a value that is no number": (always(success([entry("many")])), "no known form"),
    "a time beyond all years": (always(success([{"metric": {}, "value": [1e300, "1"]}])), "no known form"),
    "a series without a value": (always(success([{"metric": {}}])), "no known form"),
    "a redirect": (always("", status=302, headers={"Location": "http://169.254.169.254/"}), "redirects"),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_what_is_no_success_is_no_evidence(session: aiohttp.ClientSession, name: str) -> None:
    answer, says = UNUSABLE[name]

    with pytest.raises(MetricsUnavailable, match=f"^provider default: .*{says}"):
        await ask(session, answer)


async def test_a_redirect_is_not_followed(session: aiohttp.ClientSession) -> None:
    async with playing(always(success([]))) as target:
        to_target = always(status=307, headers={"Location": f"{target.address}/api/v1/query"})
        with pytest.raises(MetricsUnavailable, match="redirects"):
            await ask(session, to_target)

        assert target.asked == []


async def test_a_provider_that_is_down_is_no_evidence(session: aiohttp.ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        down = Provider(name="default", address=f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(MetricsUnavailable) as caught:
            await Prometheus(down, session).query("up", at=NOW)

    assert str(caught.value) == "provider default: connection refused"
    assert isinstance(caught.value.__cause__, aiohttp.ClientConnectorError)


async def test_a_provider_that_takes_too_long_is_no_evidence(session: aiohttp.ClientSession) -> None:
    over = asyncio.Event()

    async def late(_: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    async with playing(late) as server:
        with pytest.raises(MetricsUnavailable, match="no answer in time"):
            await Prometheus(provider(server, timeout_seconds=0.05), session).query("up", at=NOW)
        over.set()


async def test_a_connection_that_breaks_within_the_answer_is_no_evidence(session: aiohttp.ClientSession) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(success([entry("1")]).encode())
        assert request.transport
        request.transport.close()
        return response

    with pytest.raises(MetricsUnavailable, match="broke off"):
        await ask(session, break_off)


async def test_an_answer_without_end_is_not_read_to_the_end(session: aiohttp.ClientSession) -> None:
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:  # until the reader has gone
            await response.write(b" " * 65536)

    with pytest.raises(MetricsUnavailable, match=f"more than {ANSWER_BYTES // 2**20} MiB"):
        await ask(session, flood)


async def test_a_token_is_read_again_when_it_rotates(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    token = tmp_path / "token"
    async with playing(always(success([]))) as server:
        prometheus = Prometheus(provider(server, authentication=BearerToken(token)), session)
        for text in ("first\n", "second\n"):
            token.write_text(text)
            await prometheus.query("up", at=NOW)

        assert [one.headers["Authorization"] for one in server.asked] == ["Bearer first", "Bearer second"]


async def test_a_password_comes_from_its_file(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("hunter2\n")
    async with playing(always(success([]))) as server:
        basic = Basic("leadsman", password)
        await Prometheus(provider(server, authentication=basic), session).query("up", at=NOW)

        scheme, _, encoded = server.asked[0].headers["Authorization"].partition(" ")
        assert (scheme, base64.b64decode(encoded)) == ("Basic", b"leadsman:hunter2")


@pytest.mark.parametrize("content", [None, "", "two\nlines", "bell\a"])
async def test_credentials_that_are_none_stay_at_home_and_are_not_shown(
    session: aiohttp.ClientSession, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "token").write_text(content)
    async with playing(always(success([]))) as server:
        prometheus = Prometheus(provider(server, authentication=BearerToken(tmp_path / "token")), session)

        with pytest.raises(MetricsUnavailable, match=r"^provider default: its credentials [a-z ]+$"):
            await prometheus.query("up", at=NOW)

        assert server.asked == []


async def test_tenants_are_kept_apart_by_the_namespace(session: aiohttp.ClientSession) -> None:
    async with playing(always(success([]))) as server:
        mimir = provider(server, tenant_header="X-Scope-OrgID", headers={"X-Team": "sre"})
        prometheus = Prometheus(mimir, session)
        await prometheus.query("up", at=NOW, tenant="support")
        with pytest.raises(MetricsUnavailable, match="no tenant was named"):
            await prometheus.query("up", at=NOW)

        assert [(one.headers["X-Scope-OrgID"], one.headers["X-Team"]) for one in server.asked] == [("support", "sre")]


def metrics(series: list[Any], **offered: str) -> Answering:
    """A provider that has these series, and targets that offer these metrics, by type."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/v1/series":
            return web.json_response({"status": "success", "data": series})
        asked = request.query["metric"]
        data = {name: [{"type": type_, "help": ""}] for name, type_ in offered.items() if name == asked}
        return web.json_response({"status": "success", "data": data})

    return answer


@pytest.mark.parametrize(
    ("name", "offered", "there"),
    [
        ("http_requests_total", {"http_requests_total": "counter"}, True),
        ("http_requests_total", {"http_requests": "counter"}, True),
        ("http_requests_total", {"http_requests": "gauge"}, False),
        ("latency_bucket", {"latency": "histogram"}, True),
        ("latency_bucket", {"latency": "summary"}, False),
        ("latency", {"latency_total": "counter"}, False),
        ("htp_requests_total", {}, False),
    ],
    ids=str,
)
async def test_a_metric_without_series_exists_if_a_target_offers_it(
    session: aiohttp.ClientSession, name: str, offered: dict[str, str], *, there: bool
) -> None:
    async with playing(metrics([], **offered)) as server:
        assert await Prometheus(provider(server), session).exists(name, now=NOW) is there


async def test_a_metric_with_series_exists(session: aiohttp.ClientSession) -> None:
    async with playing(metrics([{"__name__": "http_requests_total"}])) as server:
        assert await Prometheus(provider(server), session).exists("http_requests_total", now=NOW)


async def test_series_are_sought_by_their_exact_name_within_the_hour(session: aiohttp.ClientSession) -> None:
    async with playing(metrics([{}])) as server:
        await Prometheus(provider(server), session).exists('odd"name\\', now=NOW)

        assert dict(server.asked[0].query) == {
            "match[]": '{__name__="odd\\"name\\\\"}',
            "start": f"{NOW.timestamp() - 3600:.3f}",
            "end": f"{NOW.timestamp():.3f}",
            "limit": "1",
        }


async def test_whether_a_metric_exists_is_unknown_while_the_provider_is_down(session: aiohttp.ClientSession) -> None:
    async with playing(always("", status=503)) as server:
        with pytest.raises(MetricsUnavailable):
            await Prometheus(provider(server), session).exists("up", now=NOW)
