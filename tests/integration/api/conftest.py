"""Examples and the CRDs that they need, on the session's cluster."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster import Cluster

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "api"


@pytest.fixture(scope="session")
def api(cluster: Cluster) -> Cluster:
    """The cluster with the CRDs as they are committed."""
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")
    return cluster


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    """By file name without its ending."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(EXAMPLES.glob("*.yaml"))}
