"""Where models and images come from, as far as the spec says it: what a policy forbids in it."""

import re
from collections.abc import Iterator
from typing import Final

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.api.v1alpha1.models import MOVING
from leadsman.planner.revisions.references import images
from leadsman.planner.revisions.templates import unpinned
from leadsman.planner.world import Service

_SHOWN: Final = 3
_MOVES: Final = re.compile(rf"(?i):({'|'.join(MOVING)})$")
_TAG: Final = re.compile(r"[:@][^/]+$")


def complaints(service: Service, policy: GovernancePolicySpec) -> Iterator[tuple[str, str, str]]:
    """The policy's field, what is wrong, and what to write instead."""
    asked, spec = policy.provenance, service.spec
    if asked is not None and asked.digest == "Required" and spec.model.digest is None:
        yield "provenance.digest", "spec.model.digest is absent", "write the digest of the model's files there"
    if asked is not None and asked.moving_tags == "Refused" and (moving := tuple(_moving(service))):
        what = "which another image or model may bear tomorrow"
        yield "provenance.movingTags", f"{_some(moving)}: a moving tag, {what}", "write a version, or a digest"
    if policy.unpinned == "Refuse":
        loose = unpinned(service.raw["template"], {one.config_map for one in spec.inputs})
        if loose:
            words = tuple(f"{one.kind} {one.name}" for one in loose)
            instead = (
                "name ConfigMaps under spec.inputs, and images by digest; do without Secrets that change behaviour"
            )
            yield "unpinned", f"{_some(words)} can change without a new revision", instead
    if policy.risk_budget == "Required" and spec.risk_budget_ref is None:
        instead = "name a RiskBudget in spec.riskBudgetRef: an inline one does not do"
        yield "riskBudget", "spec.riskBudgetRef is absent", instead


def moves(reference: str) -> bool:
    """Of an image, or of another artifact in a registry. Without tag and digest it means latest."""
    if "@" in reference:
        return False
    return _MOVES.search(reference) is not None or _TAG.search(reference) is None


def _moving(service: Service) -> Iterator[str]:
    uri = service.spec.model.uri
    if uri is not None and (_MOVES.search(uri) or (uri.startswith("oci://") and moves(uri.removeprefix("oci://")))):
        yield uri
    yield from (image for image in images(service.raw["template"]) if moves(image))


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
