"""Admission policies that Leadsman writes for GovernancePolicies: are they as they were written?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.clients.errors import one_line
from leadsman.controller.observe.fields import mapping, mappings, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.protection import difference

OWNER: Final = "GovernancePolicy/"
_FIELD: Final = re.compile(r"^spec\.validations\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforced:
    """One of them, or a binding."""

    kind: str
    name: str
    uid: str
    resource_version: str
    policy_uid: str
    """Of the GovernancePolicy that it belongs to."""
    spec: Mapping[str, Any]
    complaints: tuple[tuple[int, str], ...] = ()
    """What the API server's type check says, by the number of the validation."""
    deleting: bool = False


def enforced(seen: Metadata, raw: Mapping[str, Any], kind: str) -> tuple[str, Enforced] | None:
    """With the name of its GovernancePolicy. None: it belongs to none."""
    if not seen.owner.startswith(OWNER):
        return None
    warnings = mappings(mapping(mapping(raw.get("status")).get("typeChecking")).get("expressionWarnings"))
    numbers = ((numbered(text(one.get("fieldRef"))), one_line(text(one.get("warning")))) for one in warnings)
    return seen.owner.removeprefix(OWNER), Enforced(
        kind=kind,
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        policy_uid=seen.owner_uid or "",
        spec=mapping(raw.get("spec")),
        complaints=tuple((number, said) for number, said in numbers if number is not None),
        deleting=seen.deleting,
    )


def numbered(field: str) -> int | None:
    """Of the validation that a field's path leads to."""
    found = _FIELD.match(field)
    return int(found[1]) if found else None


def altered(wanted: Mapping[str, Any], found: Enforced) -> str:
    """How it differs from what was to be written. Empty: it does not."""
    owner = wanted["metadata"]["ownerReferences"][0]
    if found.deleting:
        return "it is being deleted"
    if found.policy_uid != owner["uid"]:
        return "it belongs to an earlier policy of that name"
    return difference(wanted["spec"], found.spec, "spec")
