"""The API server as verbs ask it."""

import asyncio
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from leadsman.cli.cluster import Access, Selection, connect
from leadsman.cli.errors import CommandFailed, NotFound
from leadsman.clients.kinds import AI_SERVICE
from unit.clients.playing import Playing, playing

BUSY = {"kind": "Status", "reason": "TooManyRequests", "message": "storage is (re)initializing"}
ANSWER = {"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "assistant"}}]}
SERVICES = Selection(kind=AI_SERVICE, namespace="support")


def access(folder: Path, server: Playing) -> Access:
    config = {
        "clusters": [{"name": "here", "cluster": {"server": server.address}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "work", "context": {"cluster": "here", "user": "me"}}],
        "current-context": "work",
    }
    path = folder / "config"
    path.write_text(yaml.safe_dump(config))
    return Access(kubeconfig=str(path))


def busy() -> web.StreamResponse:
    return web.json_response(BUSY, status=429, headers={"Retry-After": "0"})


@pytest.mark.asyncio
async def test_a_kind_that_was_just_installed_is_asked_for_again(tmp_path: Path) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return busy() if len(server.asked) < 3 else web.json_response(ANSWER)

    async with playing(answer) as server:
        listing = await asyncio.to_thread(lambda: connect(access(tmp_path, server)).list(SERVICES))

    assert len(server.asked) == 3
    assert listing.resource_version == "7"
    assert listing.items[0]["kind"] == "AIService"


@pytest.mark.asyncio
async def test_one_that_stays_busy_is_told_of(tmp_path: Path) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return busy()

    async with playing(answer) as server:
        with pytest.raises(CommandFailed, match=r"answers 429: storage is \(re\)initializing"):
            await asyncio.to_thread(lambda: connect(access(tmp_path, server)).list(SERVICES))


@pytest.mark.parametrize("name", ["", "..", "."])
@pytest.mark.asyncio
async def test_what_is_no_name_is_not_asked_for(tmp_path: Path, name: str) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(ANSWER)

    async with playing(answer) as server:
        with pytest.raises(NotFound, match="is not a name"):
            await asyncio.to_thread(lambda: connect(access(tmp_path, server)).get(AI_SERVICE, name))

    assert server.asked == []
