"""An operator of the folder's own, which asks for budgets more often than anybody would."""

from collections.abc import Iterator

import pytest

from harness.cluster import Cluster
from harness.operator import OperatorProcess
from harness.residents import SETTINGS, operator

__all__ = ["operator", "resident"]


@pytest.fixture(scope="package")
def resident(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    log = tmp_path_factory.mktemp("operator") / "operator.log"
    operator = OperatorProcess(cluster=definitions, log=log, settings={**SETTINGS, "budgetSeconds": 2})
    operator.start()
    yield operator
    operator.close()
