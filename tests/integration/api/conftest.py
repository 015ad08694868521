from typing import Any

import pytest

from harness.cluster import Cluster
from harness.manifests import EXAMPLES


@pytest.fixture(scope="session")
def api(definitions: Cluster) -> Cluster:
    return definitions


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    return EXAMPLES
