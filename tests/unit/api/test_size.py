"""An object must fit in etcd, or it can't be written any more: the record would end where most was going on."""

import json
from typing import Any, Final

from leadsman.api.crd import build_schema
from leadsman.api.v1alpha1 import AIRevision

ETCD_LIMIT: Final = 3 * 2**19
TEMPLATE: Final = 2**18
"""What the operator is to allow for a pod template, which no schema can bound."""
NAME: Final = 63
FREE_TEXT: Final = ("message", "facts")


def full(schema: dict[str, Any], name: str) -> Any:
    """As long as lists and free text may get, with names of an ordinary length."""
    match schema:
        case {"properties": dict() as properties}:
            return {key: full(value, key) for key, value in properties.items()}
        case {"additionalProperties": dict() as values, "maxProperties": int() as count}:
            return {f"{number:032}": full(values, name) for number in range(count)}
        case {"items": dict() as items, "maxItems": int() as count}:
            return [full(items, name)] * (len(AIRevision.definition.conditions) if name == "conditions" else count)
        case {"type": "string", "maxLength": int() as longest}:
            return "x" * (longest if name in FREE_TEXT and longest <= 4096 else min(longest, NAME))
        case {"type": "integer"}:
            return 2**31
        case _:
            return "2026-11-23T10:00:00.000000Z"


def test_a_dossier_that_is_full_fits_in_etcd_together_with_the_pod_template() -> None:
    schema = build_schema(AIRevision)["properties"]

    dossier = json.dumps({part: full(schema[part], part) for part in ("spec", "status")}, separators=(",", ":"))

    assert len(dossier) + TEMPLATE < ETCD_LIMIT
