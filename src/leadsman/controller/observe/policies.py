"""GovernancePolicies: could this one be about that service? What cannot be told counts as yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from leadsman.api.meta import LabelRequirement, LabelSelector
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, Match
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner.governance import Policy


@dataclass(frozen=True, slots=True)
class Scope:
    name: str
    match: Match | None
    """None: it cannot be read."""
    spec: GovernancePolicySpec | None = None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""

    def to_policy(self) -> Policy:
        return Policy(name=self.name, spec=self.spec, problem=self.problem)

    def may_cover(self, tier: str, labels: Mapping[str, str], namespace: Mapping[str, str] | None) -> bool:
        """Of a service in a namespace with such labels. None: they are not known, and are taken to match."""
        if self.match is None:
            return True
        selectors = ((self.match.selector, labels), (self.match.namespace_selector, namespace))
        fits_tier = not self.match.tiers or tier in self.match.tiers
        return fits_tier and all(
            selector is None or found is None or selects(selector, found) for selector, found in selectors
        )


def scope(seen: Metadata, raw: Mapping[str, Any]) -> Scope:
    """What cannot be read as a whole may still say whom it is about."""
    written = mapping(raw.get("spec"))
    try:
        spec = GovernancePolicySpec.from_dict(written)
    except ValidationError as error:
        return Scope(seen.name, _match(written), problem=complaint(error, under="spec"))
    if unknown := [one for one in spec.freezes if not _is_zone(one.time_zone)]:
        problem = f"spec.freezes[{unknown[0].name}].timeZone: this operator knows no {unknown[0].time_zone}"
        return Scope(seen.name, spec.match, problem=problem)
    return Scope(seen.name, spec.match, spec)


def _is_zone(name: str) -> bool:
    """The API server may know younger ones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _match(written: Mapping[str, Any]) -> Match | None:
    try:
        return Match.from_dict(written.get("match") or {})
    except ValidationError:
        return None


def selects(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """As metav1.LabelSelector: all of it."""
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        _meets(requirement, labels) for requirement in selector.match_expressions
    )


def _meets(requirement: LabelRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values  # a label that is not there has none of the values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
