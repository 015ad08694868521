import pytest

from harness.children import RESTING, Stored, service, settled


@pytest.fixture
def stored() -> Stored:
    """A service at rest."""
    return settled(service(), RESTING)
