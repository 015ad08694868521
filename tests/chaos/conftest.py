"""On a cluster of their own: these tests kill whatever there is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cluster import Cluster, Space
from harness.control_plane import ControlPlane
from harness.operator import OperatorProcess

Operators = Callable[..., OperatorProcess]
"""Makes an operator for one namespace, not started yet."""


@pytest.fixture
def control_plane(fragile_cluster: Cluster) -> ControlPlane:
    return ControlPlane(fragile_cluster)


@pytest.fixture
def operators(tmp_path: Path) -> Iterator[Operators]:
    """What they logged is in the report of a test that fails."""
    made: list[OperatorProcess] = []

    def make(space: Space, **how: Any) -> OperatorProcess:
        log = tmp_path / f"operator-{len(made)}.log"
        made.append(OperatorProcess(cluster=space.cluster, log=log, namespaces=(space.name,), **how))
        return made[-1]

    yield make
    for operator in made:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


@pytest.fixture
def operator(operators: Operators, fragile_space: Space) -> OperatorProcess:
    operator = operators(fragile_space)
    operator.start()
    return operator
