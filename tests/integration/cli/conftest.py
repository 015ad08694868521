import pytest

from harness.cluster import Cluster, Space
from harness.manifests import ROOT
from harness.user import Operator, User


@pytest.fixture(scope="session")
def definitions(cluster: Cluster) -> None:
    cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")


@pytest.fixture
def user(definitions: None, space: Space) -> User:
    return User(space, str(space.cluster.kubeconfig))


@pytest.fixture
def operator(definitions: None, space: Space) -> Operator:
    """A service is declared, and nobody has looked at it yet."""
    operator = Operator(space)
    operator.declare()
    return operator
