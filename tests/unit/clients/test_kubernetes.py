"""What stands in front of an API server, or on the way to it, and answers in its place."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from leadsman.clients import kinds
from leadsman.clients.errors import ApiError, TooManyRequests, Unreachable
from leadsman.clients.kubernetes import Kubernetes, Request
from unit.clients.playing import Answering, always, playing

pytestmark = pytest.mark.asyncio

PROMPTS = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "prompts", "namespace": "support"}}
FOUND = json.dumps(PROMPTS)


async def get(session: aiohttp.ClientSession, answer: Answering, **more: Any) -> dict[str, Any]:
    async with playing(answer) as server:
        return await Kubernetes(session, server.address, **more).get(kinds.CONFIG_MAP, "support", "prompts")


UNREACHABLE: dict[str, tuple[Answering, str, int]] = {
    "a proxy's error page": (always("<html>", status=502, type_="text/html"), "the API server answered 502", 502),
    "a login page": (always("<html>", type_="text/html"), "it sent no JSON", 200),
    "half an answer": (always(FOUND[:-9]), "it sent no JSON", 200),
    "brackets without end": (always("[" * 200_000), "it sent no JSON", 200),
    "no object": (always("[]"), "it sent no object", 200),
    "etcd that is slow": (always('{"message": "etcdserver: request timed out"}', status=500), "timed out", 500),
}


@pytest.mark.parametrize("name", UNREACHABLE)
async def test_what_is_no_answer_of_an_api_server_is_unreachable(session: aiohttp.ClientSession, name: str) -> None:
    answer, says, status = UNREACHABLE[name]

    with pytest.raises(Unreachable, match=says) as caught:
        await get(session, answer)

    assert caught.value.status == status


async def test_an_answer_that_breaks_off_is_unreachable_and_counted(session: aiohttp.ClientSession) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(FOUND.encode())
        assert request.transport
        request.transport.close()
        return response

    seen: list[Request] = []
    with pytest.raises(Unreachable, match="broke off"):
        await get(session, break_off, observe=seen.append)

    assert [request[:3] for request in seen] == [("get", "configmaps", 0)]


async def test_a_write_without_an_answer_in_time_may_have_happened(session: aiohttp.ClientSession) -> None:
    over = asyncio.Event()
    written: list[Any] = []

    async def write_and_wait(request: web.Request) -> web.StreamResponse:
        written.append(await request.json())
        await over.wait()
        return web.Response()

    async with playing(write_and_wait) as server:
        with pytest.raises(Unreachable, match="no answer in time") as caught:
            await Kubernetes(session, server.address, timeout_seconds=0.1).create(kinds.CONFIG_MAP, PROMPTS)
        over.set()

    assert written == [PROMPTS]  # and once only
    assert caught.value.status == 0


async def test_a_redirect_is_no_answer_and_not_followed(session: aiohttp.ClientSession) -> None:
    async with playing(always(FOUND)) as elsewhere:
        with pytest.raises(ApiError) as caught:
            await get(session, always(status=302, headers={"Location": elsewhere.address}))

        assert caught.value.status == 302
        assert elsewhere.asked == []


async def test_how_long_to_wait_comes_with_the_refusal(session: aiohttp.ClientSession) -> None:
    busy = always('{"message": "too many requests"}', status=429, headers={"Retry-After": "3"})

    with pytest.raises(TooManyRequests, match="too many requests") as caught:
        await get(session, busy)

    assert caught.value.retry_after == 3.0


async def test_pages_that_took_too_long_are_an_error_and_not_the_end(session: aiohttp.ClientSession) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if "continue" in request.query:
            return web.json_response({"reason": "Expired", "message": "the continue token is too old"}, status=410)
        return web.json_response({"metadata": {"continue": "more"}, "items": [PROMPTS]})

    async with playing(answer) as server:
        items = aiter(Kubernetes(session, server.address).list(kinds.CONFIG_MAP))
        assert await anext(items) == PROMPTS
        with pytest.raises(ApiError, match="too old") as caught:
            await anext(items)

    assert caught.value.status == 410


async def test_an_address_may_have_a_path_in_front(session: aiohttp.ClientSession) -> None:
    async with playing(always(FOUND)) as server:
        await Kubernetes(session, f"{server.address}/k8s/clusters/c-1/").get(kinds.CONFIG_MAP, "support", "prompts")

        assert server.asked[0].path == "/k8s/clusters/c-1/api/v1/namespaces/support/configmaps/prompts"


async def test_a_name_stays_in_its_place_on_the_wire(session: aiohttp.ClientSession) -> None:
    async with playing(always(FOUND)) as server:
        await Kubernetes(session, server.address).get(kinds.CONFIG_MAP, "support", "../a%2Fb?c#d")

        raw = server.asked[0].rel_url.raw_path
        assert raw == "/api/v1/namespaces/support/configmaps/..%2Fa%252Fb%3Fc%23d"


async def test_a_number_that_json_does_not_know_is_not_sent(session: aiohttp.ClientSession) -> None:
    async with playing(always(FOUND)) as server:
        with pytest.raises(ValueError, match="JSON compliant"):
            await Kubernetes(session, server.address).create(kinds.CONFIG_MAP, PROMPTS | {"data": float("nan")})

        assert server.asked == []


async def test_what_has_no_version_is_no_api_server(session: aiohttp.ClientSession) -> None:
    async with playing(always("{}")) as server:
        with pytest.raises(Unreachable, match="is no API server"):
            await Kubernetes(session, server.address).server_version()
