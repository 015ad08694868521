import pytest

from harness.cluster import Cluster, Space
from harness.user import Operator, User


@pytest.fixture
def user(definitions: Cluster, space: Space) -> User:
    return User(space, str(space.cluster.kubeconfig))


@pytest.fixture
def operator(definitions: Cluster, space: Space) -> Operator:
    """A service is declared, and nobody has looked at it yet."""
    operator = Operator(space)
    operator.declare()
    return operator
