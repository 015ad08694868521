import hashlib
from collections.abc import Iterator

import pytest

from harness.cluster import Cluster, Space
from harness.guards import guarded_space, guards
from integration.admission.people import dismiss, introduce
from integration.admission.scene import Scene, set_up


@pytest.fixture(scope="package")
def guarded(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The cluster with the policies, while this folder's tests run."""
    with guards(definitions, tmp_path_factory.mktemp("guards")):
        yield definitions


@pytest.fixture(scope="package")
def scene(guarded: Cluster) -> Iterator[Scene]:
    """For those who leave it as it is."""
    with guarded_space(guarded, "guarded") as space:
        introduce(space)
        yield set_up(space)
        dismiss(space)


@pytest.fixture
def own_space(guarded: Cluster, request: pytest.FixtureRequest) -> Iterator[Space]:
    """For those who change things."""
    with guarded_space(guarded, f"guarded-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}") as space:
        introduce(space)
        yield space
        dismiss(space)
