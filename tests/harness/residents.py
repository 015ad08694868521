"""One operator for all tests of a folder, which looks after all namespaces, as in production: for its conftest."""

from collections.abc import Iterator
from typing import Final

import pytest

from harness.cluster import Cluster
from harness.operator import OperatorProcess

EVALUATING: Final = {"evaluations": {"collectorImage": "leadsman.dev/leadsman:simulated"}}
"""It may begin Jobs, whose pods are simulated."""

SETTINGS: Final = {"scraperNamespaces": ["monitoring"], **EVALUATING}
"""Two operators that are told different things would take each other's work for drift."""


@pytest.fixture(scope="package")
def resident(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    log = tmp_path_factory.mktemp("operator") / "operator.log"
    operator = OperatorProcess(cluster=definitions, log=log, settings=SETTINGS)
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
