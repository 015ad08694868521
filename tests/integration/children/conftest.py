from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from harness.cluster import Cluster, Space
from harness.live import Live, Serve, live
from leadsman.clients.credentials import connection
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool


@pytest_asyncio.fixture
async def kubernetes(cluster: Cluster) -> AsyncIterator[Kubernetes]:
    """As the operator has it."""
    async with Pool(await connection(kubeconfig=cluster.kubeconfig)) as pool:
        yield Kubernetes(pool.session(), pool.server)


@pytest.fixture
def serve(definitions: Cluster, space: Space, kubernetes: Kubernetes) -> Serve:
    """Without the owners' kinds the garbage collector would take what they own."""

    def made(**changes: Any) -> Live:
        return live(space, kubernetes, **changes)

    return made
