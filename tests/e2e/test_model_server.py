"""The sample model server as a user runs it: image built and loaded, deployed, asked, measured."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster import Cluster, Space
from harness.prometheus import Prometheus
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import PROMETHEUS
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.images.recipes import build_recipe
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.parts import prometheus as monitoring
from leadsman.sandbox.parts.addresses import LOOPBACK, free_ports
from leadsman.sandbox.parts.process import Process
from leadsman.sandbox.place import Place

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).parents[2] / "examples" / "model-server"
QUESTION = {"messages": [{"role": "user", "content": "How do I return an item?"}]}


@pytest.fixture(scope="session")
def loaded(real_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = tmp_path_factory.mktemp("image") / "model-server.tar"
    build_recipe(EXAMPLE, archive, ["v1"])
    real.load_image(Place.of(real_cluster.name), archive)


@pytest.fixture
def deployed(loaded: None, real_space: Space) -> Space:
    real_space.apply(*(yaml.safe_load_all((EXAMPLE / "kubernetes.yaml").read_text())))
    real_space.wait("Deployment", "model-server", lambda seen: seen.get("status", {}).get("readyReplicas") == 2)
    return real_space


def pod_addresses(space: Space) -> list[str]:
    pods = space.list("pods", selector="app.kubernetes.io/name=model-server")
    return [pod["status"]["podIP"] for pod in pods]


def test_it_answers_through_its_pod_address(deployed: Space) -> None:
    address = pod_addresses(deployed)[0]

    request = urllib.request.Request(
        f"http://{address}:8080/v1/chat/completions",
        data=json.dumps(QUESTION).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        said = json.load(answer)

    assert "30 days" in said["choices"][0]["message"]["content"]


def test_prometheus_has_what_a_load_run_did_to_it(deployed: Space) -> None:
    load = [
        sys.executable,
        "-m",
        "load_generator",
        "--pods",
        *pod_addresses(deployed),
        "--rate",
        "50",
        "--duration",
        "4",
        "--json",
    ]
    done = subprocess.run(
        load, env={**os.environ, "PYTHONPATH": str(EXAMPLE)}, capture_output=True, text=True, check=True
    )
    sent = json.loads(done.stdout)

    chats = f'http_requests_total{{namespace="{deployed.name}",handler="/v1/chat/completions",code="200"}}'
    found = deployed.cluster.prometheus.wait_series(f"sum({chats}) >= 200")
    by_pod = deployed.cluster.prometheus.query(f"{chats} > 0")

    assert float(found[0]["value"][1]) == 200, sent
    assert len(by_pod) == 2
    assert all(series["metric"]["node"] == real.NODE for series in by_pod)


def test_pods_that_only_the_api_server_reaches_are_scraped_through_it(deployed: Space, tmp_path: Path) -> None:
    """As beside a kind cluster. Real nodes would be reached directly as well; this Prometheus is not told so."""
    cluster, own = deployed.cluster, Place(tmp_path)
    own.make()
    certificates = Place.of(cluster.name).certificates
    address = f"{LOOPBACK}:{free_ports(api_port=None)['prometheus']}"
    binary = ensure([PROMETHEUS], cache=default_cache(), report=lambda _: None)["prometheus"]
    tls = {
        "ca_file": str(certificates / "ca.crt"),
        "cert_file": str(certificates / "administrator.crt"),
        "key_file": str(certificates / "administrator.key"),
    }
    server = yaml.safe_load(cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    job = monitoring.proxied_pods(cluster.kubeconfig, server.removeprefix("https://"), tls)

    command = monitoring.prometheus(own, binary, address, job)

    async def scraped() -> list[dict[str, Any]]:
        async with Process(command, logs=own.logs, notice=lambda _part, _state: None):
            prometheus = Prometheus(f"http://{address}")
            query = f'model_info{{namespace="{deployed.name}"}}'
            both = partial(prometheus.wait_series, f"count({query}) == 2")
            await asyncio.to_thread(both)
            return prometheus.query(query)

    found = asyncio.run(scraped())
    assert {series["metric"]["instance"] for series in found} == {server.removeprefix("https://")}
