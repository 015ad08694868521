"""The committed examples and statuses, which are also the ones that the API server is shown."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
EXAMPLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "examples" / "api").glob("*.yaml"))
}
STATUSES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests/integration/api/statuses.yaml").read_text())


@pytest.fixture(params=sorted(EXAMPLES))
def example(request: pytest.FixtureRequest) -> dict[str, Any]:
    return EXAMPLES[request.param]
