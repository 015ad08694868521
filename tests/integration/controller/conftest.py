"""An operator for each test, which looks after the test's namespace only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, Space
from harness.manifests import ROOT
from harness.operator import OperatorProcess


@pytest.fixture(scope="session")
def definitions(cluster: Cluster) -> None:
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")


@pytest.fixture
def operator(definitions: None, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    """Started. What it logged is in the report of a test that fails."""
    operator = OperatorProcess(cluster=space.cluster, log=tmp_path / "operator.log", namespaces=(space.name,))
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201
