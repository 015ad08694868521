from typing import Any

import pytest

from harness.cluster import Cluster
from harness.manifests import EXAMPLES, ROOT


@pytest.fixture(scope="session")
def api(cluster: Cluster) -> Cluster:
    """The cluster with the CRDs as they are committed."""
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")
    return cluster


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    return EXAMPLES
