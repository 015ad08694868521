"""Fixtures: one cluster for the session, one namespace for each test that asks for it."""

import hashlib
import os
import re
from collections.abc import Generator, Iterator

import pytest

from harness.cluster import Cluster, Space
from harness.prometheus import Prometheus
from harness.report import sections
from leadsman.sandbox import lifecycle, machine
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import REAL, SIMULATED
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Nodes, Provider, Request

REPORT: pytest.StashKey[bool] = pytest.StashKey()


def _up(nodes: Nodes) -> Cluster:
    """A sandbox of this session's own: never the one that the developer works in."""
    name = f"test-{nodes[:4]}-{os.getpid()}"
    binaries = ensure(REAL if nodes is Nodes.REAL else SIMULATED, cache=default_cache(), report=lambda _: None)
    request = Request(name=name, provider=Provider.LOCAL, nodes=nodes, node_count=3, binaries=binaries)
    place = Place.of(name)
    status = lifecycle.up(request, lambda _: None)
    return Cluster(
        name=name,
        kubeconfig=place.kubeconfig,
        binary=binaries["kubectl"],
        logs=place.logs,
        prometheus=Prometheus(status.prometheus or ""),
    )


def _session(nodes: Nodes) -> Iterator[Cluster]:
    cluster = _up(nodes)
    try:
        yield cluster
    finally:
        lifecycle.down(Place.of(cluster.name))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real API server; pods become ready, or not, as their labels say."""
    yield from _session(Nodes.SIMULATED)


@pytest.fixture(scope="session")
def real_cluster() -> Iterator[Cluster]:
    """Real pods. Skipped where this machine cannot have them, save in CI: there that is a failure."""
    if unsupported := machine.look().no_real_nodes:
        message = f"no real nodes here: {unsupported.what}; {unsupported.next_step}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    yield from _session(Nodes.REAL)


@pytest.fixture
def space(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace on the cluster with simulated nodes."""
    yield from _namespace(cluster, request)


@pytest.fixture
def real_space(real_cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace on the cluster with real nodes."""
    yield from _namespace(real_cluster, request)


def _namespace(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    readable = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40].strip("-")
    space = Space(cluster, f"{readable}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:6]}")
    cluster.kubectl("create", "namespace", space.name)
    space.wait("ServiceAccount", "default", lambda _: True)
    try:
        yield space
    finally:
        if request.node.stash.get(REPORT, False):
            for title, text in sections(space):
                request.node.add_report_section("teardown", title, text)
        cluster.kubectl("delete", "namespace", space.name, "--wait=false")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        item.stash[REPORT] = True
    return report
