"""Fixtures: one cluster for the session, one namespace for each test that asks for it."""

import hashlib
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from harness.cluster import Cluster, Space
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.prometheus import Prometheus
from harness.report import sections
from leadsman.sandbox import lifecycle, machine
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import REAL, SIMULATED
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Nodes, Provider, Request

REPORT: pytest.StashKey[bool] = pytest.StashKey()

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def _up(nodes: Nodes, purpose: str) -> Cluster:
    """A sandbox of this session's own: never the one that the developer works in."""
    name = f"test-{purpose}-{os.getpid()}"
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


def _session(nodes: Nodes, purpose: str = "") -> Iterator[Cluster]:
    cluster = _up(nodes, purpose or nodes[:4])
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


@pytest.fixture(scope="session")
def fragile_cluster() -> Iterator[Cluster]:
    """Simulated nodes, for tests that kill parts of the control plane: nobody else is to suffer from it."""
    for cluster in _session(Nodes.SIMULATED, "fragile"):
        _define(cluster)
        yield cluster


@pytest.fixture(scope="session")
def protected_cluster() -> Iterator[Cluster]:
    """Simulated nodes, for admission policies that hold in every namespace."""
    for cluster in _session(Nodes.SIMULATED, "protected"):
        _define(cluster)
        yield cluster


@pytest.fixture(scope="session")
def definitions(cluster: Cluster) -> Cluster:
    """The cluster with the CRDs as they are committed."""
    _define(cluster)
    return cluster


def _define(cluster: Cluster) -> None:
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")


@pytest.fixture
def space(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace on the cluster with simulated nodes."""
    yield from _namespace(cluster, request)


@pytest.fixture
def fragile_space(fragile_cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace on the cluster that may be broken."""
    yield from _namespace(fragile_cluster, request)


@pytest.fixture
def protected_space(protected_cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace on the cluster with the admission policies."""
    yield from _namespace(protected_cluster, request)


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


@pytest.fixture
def operator(definitions: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    """Started, for the test's namespace only. What it logged is in the report of a test that fails."""
    operator = OperatorProcess(cluster=space.cluster, log=tmp_path / "operator.log", namespaces=(space.name,))
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes (`-n`) share the folders out: what stands in one folder shares clusters and runs in a row."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.parent.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        item.stash[REPORT] = True
    return report
