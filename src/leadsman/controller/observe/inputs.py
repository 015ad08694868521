"""ConfigMaps that are part of the behaviour: prompts, guardrails, settings."""

from collections.abc import Mapping
from typing import Any

from leadsman.controller.observe.metadata import Metadata
from leadsman.ledger.canonical import NotCanonicalError
from leadsman.planner import labels
from leadsman.planner.revisions.digests import input_digest
from leadsman.planner.world import Input, InputState


def is_input(seen: Metadata) -> bool:
    """The copies carry the label, too, so that one watch sees both; they are nobody's input."""
    return labels.INPUT in seen.labels and labels.REVISION not in seen.labels


def present(seen: Metadata, raw: Mapping[str, Any]) -> Input | None:
    """None: it is no input, or no digest can be made of what it holds."""
    if not is_input(seen):
        return None
    try:
        digest = input_digest(raw)
    except NotCanonicalError:
        return None
    data = {part: raw[part] for part in ("data", "binaryData") if raw.get(part)}
    return Input(name=seen.name, state=InputState.PRESENT, digest=digest, data=data)
