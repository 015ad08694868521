"""What real API servers said; recorded/README.md tells how. Each call gives objects of its own to change."""

import json
from pathlib import Path
from typing import Any

from leadsman.controller.observe.metadata import Metadata, metadata

RECORDED = Path(__file__).parent / "recorded"
NAMESPACE, SERVICE = "support", "support-assistant"
GOOD = "support-assistant-1111111111"
"""The revision whose pods are ready."""


def recorded(file: str) -> dict[str, dict[str, Any]]:
    return json.loads((RECORDED / f"{file}.json").read_text())


def said_of(raw: dict[str, Any]) -> Metadata:
    seen = metadata(raw)
    assert seen
    return seen
