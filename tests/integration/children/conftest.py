from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from harness.cluster import Cluster, Space
from harness.live import Live, Serve, live
from harness.manifests import ROOT
from leadsman.clients.credentials import connection
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool


@pytest.fixture(scope="session")
def definitions(cluster: Cluster) -> None:
    """Without the owners' kinds the garbage collector would take what they own."""
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")


@pytest_asyncio.fixture
async def kubernetes(cluster: Cluster) -> AsyncIterator[Kubernetes]:
    """As the operator has it."""
    async with Pool(await connection(kubeconfig=cluster.kubeconfig)) as pool:
        yield Kubernetes(pool.session(), pool.server)


@pytest.fixture
def serve(definitions: None, space: Space, kubernetes: Kubernetes) -> Serve:
    def made(**changes: Any) -> Live:
        return live(space, kubernetes, **changes)

    return made
