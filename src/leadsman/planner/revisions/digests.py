"""Is this another revision? What a revision is made of, its digest and its name."""

from collections.abc import Mapping
from typing import Any

from leadsman.ledger.canonical import digest

REVISION = "leadsman.dev/revision/v1"
INPUT = "leadsman.dev/input/v1"
NAME_DIGITS = 10


def revision_digest(spec: Mapping[str, Any], inputs: Mapping[str, str]) -> str:
    """Of template, model and inputs as the user wrote them; nothing else of the spec makes another revision.

    From the raw JSON, never from typed objects: a library that adds a field or a default would restart every service
    of a cluster when it is upgraded.

    Args:
        spec: an AIService's.
        inputs: the digest of each ConfigMap that it names as an input.
    """
    pinned = [{"configMap": name, "digest": inputs[name]} for name in sorted(inputs)]
    return digest(REVISION, {"template": spec["template"], "model": spec["model"], "inputs": pinned})


def input_digest(config_map: Mapping[str, Any]) -> str:
    """Of what a ConfigMap holds; its labels and annotations are not part of the behaviour."""
    return digest(INPUT, {"data": config_map.get("data") or {}, "binaryData": config_map.get("binaryData") or {}})


def revision_name(service: str, revision: str) -> str:
    """`<service>-<digest10>`. Two digests may share a name, so whoever finds it compares the whole digest."""
    return f"{service}-{revision.removeprefix('sha256:')[:NAME_DIGITS]}"
