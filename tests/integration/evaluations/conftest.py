"""One operator for all tests of this folder, which looks after all namespaces, as in production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, Space
from harness.operator import OperatorProcess


@pytest.fixture(scope="package")
def resident(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    operator = OperatorProcess(cluster=definitions, log=tmp_path_factory.mktemp("operator") / "operator.log")
    operator.start()
    yield operator
    operator.close()


@pytest.fixture
def operator(resident: OperatorProcess) -> Iterator[OperatorProcess]:
    """What it logged meanwhile is in the report of a test that fails. A test may kill it, and leaves it running."""
    before = len(resident.log.read_text())
    try:
        yield resident
    finally:
        print(resident.log.read_text()[before:])  # noqa: T201


@pytest.fixture
def evaluating(definitions: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    """One that may begin Jobs, of the test's namespace alone."""
    operator = OperatorProcess(
        cluster=definitions,
        log=tmp_path / "operator.log",
        namespaces=(space.name,),
        settings={"evaluations": {"collectorImage": "leadsman.dev/leadsman:simulated"}},
    )
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201
