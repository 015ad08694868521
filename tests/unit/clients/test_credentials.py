"""Tokens rotate while the operator runs: it neither logs in again nor loses a request."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from leadsman.clients.credentials import Authorization, Connection, Kubeconfig, connection
from leadsman.clients.errors import NoCredentials, Unauthorized
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool
from unit.clients.playing import Answering, Playing, always, playing

pytestmark = pytest.mark.asyncio

VERSION = json.dumps({"major": "1", "minor": "37+", "gitVersion": "v1.37.0-eks"})


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Kube:
    """A user's folder with a kubeconfig and a token beside it."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "config"

    def write(self, server: str, user: dict[str, Any] | None = None) -> None:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": {"server": server}}],
            "users": [{"name": "me", "user": user or {"tokenFile": "token"}}],
            "contexts": [{"name": "work", "context": {"cluster": "here", "user": "me"}}],
            "current-context": "work",
        }
        self.path.write_text(yaml.safe_dump(config))

    def write_token(self, text: str) -> None:
        (self.folder / "token").write_text(text + "\n")

    async def connection(self, clock: Clock) -> Connection:
        source = Kubeconfig.of(str(self.path), None)
        found = await connection(kubeconfig=self.path)
        return replace(found, authorization=Authorization(source, source.login(), found.tls, clock=clock))


@pytest.fixture
def kube(tmp_path: Path) -> Kube:
    return Kube(tmp_path)


def knowing(*tokens: str) -> Answering:
    """An API server that knows these and no others."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") in {f"Bearer {token}" for token in tokens}:
            return web.Response(text=VERSION, content_type="application/json")
        return web.json_response({"kind": "Status", "reason": "Unauthorized", "message": "Unauthorized"}, status=401)

    return answer


def tokens(server: Playing) -> list[str]:
    return [request.headers["Authorization"].removeprefix("Bearer ") for request in server.asked]


async def test_a_token_that_rotates_in_its_file_is_taken_within_a_minute(kube: Kube) -> None:
    clock = Clock()
    async with playing(knowing("first", "second")) as server:
        kube.write(server.address)
        kube.write_token("first")
        async with Pool(await kube.connection(clock)) as pool:
            kubernetes = Kubernetes(pool.session(), pool.server)
            await kubernetes.server_version()
            kube.write_token("second")
            await kubernetes.server_version()
            clock.now += 60
            version = await kubernetes.server_version()

        assert tokens(server) == ["first", "first", "second"]
        assert {request.headers["User-Agent"] for request in server.asked} == {"leadsman"}
        assert version == (1, 37, "v1.37.0-eks")


async def test_a_token_that_expired_early_costs_one_more_request_and_no_error(kube: Kube) -> None:
    async with playing(knowing("second")) as server:
        kube.write(server.address)
        kube.write_token("first")
        async with Pool(await kube.connection(Clock())) as pool:
            kube.write_token("second")
            await Kubernetes(pool.session(), pool.server).server_version()

        assert tokens(server) == ["first", "second"]


async def test_while_all_tokens_are_refused_the_api_server_is_not_asked_twice(kube: Kube) -> None:
    async with playing(knowing()) as server:
        kube.write(server.address)
        kube.write_token("first")
        async with Pool(await kube.connection(Clock())) as pool:
            kubernetes = Kubernetes(pool.session(), pool.server)
            for _ in range(3):
                with pytest.raises(Unauthorized):
                    await kubernetes.server_version()

        assert tokens(server) == ["first"] * 3


async def test_a_file_that_is_gone_for_a_moment_takes_no_token_away(
    kube: Kube, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    async with playing(knowing("first")) as server:
        kube.write(server.address)
        kube.write_token("first")
        async with Pool(await kube.connection(clock)) as pool:
            (kube.folder / "token").unlink()
            clock.now += 60
            await Kubernetes(pool.session(), pool.server).server_version()

    assert "the old ones stay in use" in caplog.text
    assert "first" not in caplog.text


async def test_a_token_for_another_server_is_not_sent_to_this_one(kube: Kube) -> None:
    clock = Clock()
    async with playing(knowing("ours")) as server:
        kube.write(server.address)
        kube.write_token("ours")
        async with Pool(await kube.connection(clock)) as pool:
            kube.write("http://elsewhere.example.com")
            kube.write_token("theirs")
            clock.now += 60
            await Kubernetes(pool.session(), pool.server).server_version()

        assert tokens(server) == ["ours"]


async def test_the_token_goes_to_the_api_server_only(kube: Kube) -> None:
    async with playing(always("{}")) as elsewhere, playing(knowing("ours")) as server:
        kube.write(server.address)
        kube.write_token("ours")
        async with Pool(await kube.connection(Clock())) as pool, pool.session() as session:
            await session.get(elsewhere.address)

        assert "Authorization" not in elsewhere.asked[0].headers


@pytest.mark.parametrize(
    ("server", "spared", "proxy"),
    [
        ("https://10.96.0.1:443", "", "http://proxy.example.com:3128"),
        ("https://10.96.0.1:443", "10.96.0.0/12,.svc", None),
        ("https://api.example.com", ".svc,example.com", None),
        ("https://api.example.com", ".svc", "http://proxy.example.com:3128"),
        ("https://127.0.0.1:6443", "", None),
    ],
)
async def test_a_proxy_is_not_used_for_what_no_proxy_names(
    kube: Kube, monkeypatch: pytest.MonkeyPatch, server: str, spared: str, proxy: str | None
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", spared)
    for lower in ("https_proxy", "no_proxy"):
        monkeypatch.delenv(lower, raising=False)
    kube.write(server)
    kube.write_token("first")

    assert (await connection(kubeconfig=kube.path)).proxy == proxy


PLUG_IN = """
import json, pathlib, sys
runs = pathlib.Path(sys.argv[1])
number = int(runs.read_text()) + 1 if runs.exists() else 1
runs.write_text(str(number))
status = {"token": f"token-{number}", "expirationTimestamp": sys.argv[2]}
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}))
"""


@pytest.mark.parametrize(("expires", "again"), [("2999-01-01T00:00:00Z", False), ("2020-01-01T00:00:00Z", True)])
async def test_a_plug_in_runs_again_once_its_token_has_expired(kube: Kube, expires: str, *, again: bool) -> None:
    clock = Clock()
    runs = kube.folder / "runs"
    arguments = ["-c", PLUG_IN, str(runs), expires]
    plug_in = {"apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": arguments}
    async with playing(always(VERSION)) as server:
        kube.write(server.address, {"exec": plug_in})
        async with Pool(await kube.connection(clock)) as pool:
            kubernetes = Kubernetes(pool.session(), pool.server)
            before = runs.read_text()
            await kubernetes.server_version()
            clock.now += 60
            await kubernetes.server_version()

        assert (tokens(server)[0] != tokens(server)[1]) is again
        assert (runs.read_text() != before) is again


@pytest.mark.parametrize(
    "damage", ["", "apiVersion: v1", "[", "{contexts: [], clusters: [], users: [], current-context: work}"]
)
async def test_a_kubeconfig_that_cannot_be_used_says_what_to_do(kube: Kube, damage: str) -> None:
    kube.path.write_text(damage)

    with pytest.raises(NoCredentials, match="name a kubeconfig that kubectl can use"):
        await connection(kubeconfig=kube.path)


async def test_a_context_that_is_not_there_is_named(kube: Kube) -> None:
    kube.write("http://here.example.com")

    with pytest.raises(NoCredentials, match="prod"):
        await connection(kubeconfig=kube.path, context="prod")


async def test_no_kubeconfig_at_all_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCredentials, match="or run in a pod"):
        await connection(kubeconfig=tmp_path / "absent")


async def test_sessions_share_connections_and_close_only_themselves(kube: Kube) -> None:
    async with playing(knowing("first")) as server:
        kube.write(server.address)
        kube.write_token("first")
        async with Pool(await kube.connection(Clock())) as pool:
            ours, kopfs = pool.session(), pool.session()
            await kopfs.close()
            await Kubernetes(ours, pool.server).server_version()

            assert ours.connector is not None
            assert not ours.closed
        assert ours.closed
