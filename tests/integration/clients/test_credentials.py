"""Who we are to a real API server: by certificate, by token, from within a pod."""

import base64
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
import yaml
from yarl import URL

from harness.cluster import Cluster, Space
from leadsman.clients import kinds
from leadsman.clients.credentials import Authorization, Connection, InCluster, connection
from leadsman.clients.errors import Forbidden, MetricsUnavailable, Unauthorized, Unreachable
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.providers import Provider

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Server:
    """Of the cluster's kubeconfig."""

    address: str
    ca: bytes

    @classmethod
    def of(cls, cluster: Cluster) -> "Server":
        config: dict[str, Any] = yaml.safe_load(cluster.kubeconfig.read_text())
        found: dict[str, str] = config["clusters"][0]["cluster"]
        data = found.get("certificate-authority-data")
        ca = base64.b64decode(data) if data else Path(found["certificate-authority"]).read_bytes()
        return cls(found["server"], ca)

    def kubeconfig(self, folder: Path) -> Path:
        """One that reads a token beside it."""
        (folder / "ca.crt").write_bytes(self.ca)
        cluster = {"server": self.address, "certificate-authority": "ca.crt"}
        written = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "pod", "user": {"tokenFile": "token"}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "pod"}}],
            "current-context": "here",
        }
        (folder / "config").write_text(yaml.safe_dump(written))
        return folder / "config"


def token(space: Space, *words: str) -> str:
    return space.kubectl("create", "token", "default", *words).stdout.strip()


@asynccontextmanager
async def reaching(found: Connection, *, timeout_seconds: float = 10) -> AsyncGenerator[Kubernetes]:
    async with Pool(found) as pool:
        yield Kubernetes(pool.session(), pool.server, timeout_seconds=timeout_seconds)


async def who(kubernetes: Kubernetes) -> str:
    """The user that the API server takes us for."""
    review = kinds.Kind("SelfSubjectReview", "authentication.k8s.io", "v1", "selfsubjectreviews", namespaced=False)
    asked = {"apiVersion": review.api_version, "kind": review.name, "metadata": {}}
    return (await kubernetes.create(review, asked)).object["status"]["userInfo"]["username"]


async def test_a_client_certificate_says_who_we_are(cluster: Cluster) -> None:
    async with reaching(await connection(kubeconfig=cluster.kubeconfig)) as kubernetes:
        assert not (await who(kubernetes)).startswith("system:")


async def test_a_token_that_is_refused_is_replaced_by_the_one_in_the_file_now(space: Space, tmp_path: Path) -> None:
    kubeconfig = Server.of(space.cluster).kubeconfig(tmp_path)
    (tmp_path / "token").write_text(token(space, "--audience=somebody-else"))
    async with reaching(await connection(kubeconfig=kubeconfig)) as kubernetes:
        (tmp_path / "token").write_text(token(space))

        assert await who(kubernetes) == f"system:serviceaccount:{space.name}:default"


async def test_a_token_that_stays_refused_is_an_error_of_its_own(space: Space, tmp_path: Path) -> None:
    kubeconfig = Server.of(space.cluster).kubeconfig(tmp_path)
    (tmp_path / "token").write_text("nonsense")
    async with reaching(await connection(kubeconfig=kubeconfig)) as kubernetes:
        with pytest.raises(Unauthorized) as caught:
            await who(kubernetes)

    assert caught.value.status == 401
    assert "nonsense" not in str(caught.value)


async def test_a_pod_reads_its_token_again_within_a_minute(
    space: Space, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server.of(space.cluster)
    address = URL(server.address)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", cast("str", address.host))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(address.port))
    (tmp_path / "ca.crt").write_bytes(server.ca)
    (tmp_path / "token").write_text(token(space))
    space.kubectl("create", "serviceaccount", "other")
    times = [0.0]

    async with reaching(in_pod(tmp_path, lambda: times[-1])) as kubernetes:
        first = await who(kubernetes)
        (tmp_path / "token").write_text(space.kubectl("create", "token", "other").stdout)
        times.append(60.0)
        second = await who(kubernetes)

    assert [name.rpartition(":")[2] for name in (first, second)] == ["default", "other"]


def in_pod(folder: Path, clock: Callable[[], float]) -> Connection:
    source = InCluster(folder=folder)
    login = source.login()
    tls = ssl.create_default_context(cafile=login.ca)
    return Connection(server=login.server, tls=tls, authorization=Authorization(source, login, tls, clock=clock))


async def test_who_may_not_is_told_so(space: Space, tmp_path: Path) -> None:
    kubeconfig = Server.of(space.cluster).kubeconfig(tmp_path)
    (tmp_path / "token").write_text(token(space))
    async with reaching(await connection(kubeconfig=kubeconfig)) as kubernetes:
        with pytest.raises(Forbidden, match='cannot get resource "deployments"'):
            await kubernetes.get(kinds.DEPLOYMENT, space.name, "web")


async def test_a_server_with_another_authority_is_not_trusted(space: Space, tmp_path: Path) -> None:
    found = await connection(kubeconfig=space.cluster.kubeconfig)
    async with reaching(replace(found, tls=ssl.create_default_context())) as kubernetes:
        with pytest.raises(Unreachable, match="certificate is not trusted") as caught:
            await kubernetes.server_version()

    assert isinstance(caught.value.__cause__, aiohttp.ClientConnectorCertificateError)


async def test_a_server_that_is_not_there_is_unreachable(cluster: Cluster) -> None:
    found = await connection(kubeconfig=cluster.kubeconfig)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        address = f"https://127.0.0.1:{taken.getsockname()[1]}"
        async with reaching(replace(found, server=address)) as kubernetes:
            with pytest.raises(Unreachable, match="connection refused") as caught:
                await kubernetes.server_version()

    assert caught.value.status == 0


async def test_a_server_that_says_nothing_is_unreachable_in_time(cluster: Cluster) -> None:
    found = await connection(kubeconfig=cluster.kubeconfig)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        async with reaching(replace(found, server=address), timeout_seconds=0.1) as kubernetes:
            with pytest.raises(Unreachable, match="no answer in time"):
                await kubernetes.server_version()


async def test_a_provider_is_trusted_by_its_own_authority(space: Space, tmp_path: Path) -> None:
    """Any server with TLS will do: that it is no Prometheus is found out only after it was trusted."""
    server = Server.of(space.cluster)
    (tmp_path / "ca.crt").write_bytes(server.ca)
    trusted = Provider(name="default", address=server.address, ca_file=tmp_path / "ca.crt")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(MetricsUnavailable, match=r"\(40[134]\)"):
            await Prometheus(trusted, session).query("up", at=NOW)
        with pytest.raises(MetricsUnavailable, match="its certificate is not trusted"):
            await Prometheus(replace(trusted, ca_file=None), session).query("up", at=NOW)
        (tmp_path / "ca.crt").write_text("no certificate")
        with pytest.raises(MetricsUnavailable, match="its CA file cannot be used"):
            await Prometheus(trusted, session).query("up", at=NOW)
