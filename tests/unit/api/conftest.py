from typing import Any

import pytest

from harness.manifests import EXAMPLES


@pytest.fixture(params=sorted(EXAMPLES))
def example(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each of the committed examples, which are also the ones that the API server is shown."""
    return EXAMPLES[request.param]
