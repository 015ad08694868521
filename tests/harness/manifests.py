"""What is committed in this repository and shown to models and API servers alike."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MODEL_SERVER = ROOT / "examples" / "model-server"
"""The sample server's folder."""
EXAMPLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / "examples/api").glob("*.yaml"))
}
"""By file name without its ending."""
STATUSES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests/integration/api/statuses.yaml").read_text())
"""A whole status for each kind, by its name in lower case."""
