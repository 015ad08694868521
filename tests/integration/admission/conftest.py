import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.accounts import kubeconfig_of
from harness.cluster import Cluster, Space
from harness.guards import HOME, guarded_space, guards
from harness.operator import OperatorProcess
from harness.residents import EVALUATING
from integration.admission.people import dismiss, introduce
from integration.admission.scene import Scene, set_up
from integration.admission.served import serve


@pytest.fixture(scope="package")
def guarded(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster with the policies, while this folder's tests run."""
    with guards(definitions, tmp_path_factory.mktemp("guards")):
        yield definitions


@pytest.fixture(scope="package")
def identity(guarded: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kubeconfig of the operator's own account, with the role of the manifests."""
    return kubeconfig_of(Space(guarded, HOME), "leadsman", tmp_path_factory.mktemp("identity"))


@pytest.fixture(scope="package")
def scene(guarded: Cluster) -> Iterator[Scene]:
    """For those who leave it as it is."""
    with guarded_space(guarded, "guarded") as space:
        introduce(space)
        yield set_up(space)
        dismiss(space)


@pytest.fixture(scope="package")
def serving(guarded: Cluster, identity: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A service that serves, while the operator is down. For those who leave it as it is."""
    log = tmp_path_factory.mktemp("serving") / "operator.log"
    with guarded_space(guarded, "serving", **{"min-tier": "Limited"}) as space:
        introduce(space)
        operator = OperatorProcess(cluster=guarded, log=log, namespaces=(space.name,), kubeconfig=identity)
        operator.start()
        try:
            made = serve(space)
        finally:
            operator.close()
        yield made
        dismiss(space)


@pytest.fixture
def own_space(guarded: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """For those who change things."""
    with guarded_space(guarded, f"guarded-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}") as space:
        introduce(space)
        yield space
        dismiss(space)


@pytest.fixture
def operator(guarded: Cluster, own_space: Space, identity: Path, tmp_path: Path) -> Iterator[OperatorProcess]:
    """With its own account."""
    log = tmp_path / "operator.log"
    operator = OperatorProcess(
        cluster=guarded, log=log, namespaces=(own_space.name,), settings=EVALUATING, kubeconfig=identity
    )
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201
