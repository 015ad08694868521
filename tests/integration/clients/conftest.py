from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harness.cluster import Cluster
from leadsman.clients.credentials import connection
from leadsman.clients.kubernetes import Kubernetes, Request
from leadsman.clients.pool import Pool


@pytest_asyncio.fixture
async def pool(cluster: Cluster) -> AsyncIterator[Pool]:
    """As the operator has it, with the sandbox's kubeconfig."""
    async with Pool(await connection(kubeconfig=cluster.kubeconfig)) as pool:
        yield pool


@pytest.fixture
def requests() -> list[Request]:
    """What `kubernetes` did, in order."""
    return []


@pytest_asyncio.fixture
async def kubernetes(pool: Pool, requests: list[Request]) -> Kubernetes:
    return Kubernetes(pool.session(), pool.server, observe=requests.append)
