"""One operator for all tests of this folder, which looks after all namespaces, as in production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, Space
from harness.operator import OperatorProcess
from harness.residents import operator, resident

__all__ = ["evaluating", "operator", "resident"]


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
