"""One operator for all tests of this folder, which looks after all namespaces, as in production."""

from collections.abc import Iterator

import pytest

from harness.operator import OperatorProcess
from harness.residents import EVALUATING, operator, resident

__all__ = ["operator", "resident", "without_collector"]


@pytest.fixture
def without_collector(operator: OperatorProcess) -> Iterator[None]:
    """The same one, told less: a second one beside it would write what this one takes back."""
    told = operator.settings
    operator.kill()
    operator.settings = {key: value for key, value in told.items() if key not in EVALUATING}
    operator.start()
    yield
    operator.kill()
    operator.settings = told
    operator.start()
