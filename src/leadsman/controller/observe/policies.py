"""GovernancePolicies: could this one be about that service? What cannot be told counts as yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, GovernancePolicyStatus, Match
from leadsman.controller.observe.complaints import complaint
from leadsman.controller.observe.fields import mapping
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.parts import status_of
from leadsman.planner.policies.admission import LONGEST
from leadsman.planner.policies.freezes import is_time_zone
from leadsman.planner.policies.matching import covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    name: str
    uid: str
    generation: int
    resource_version: str
    status: GovernancePolicyStatus
    """As it was written last. Empty where it cannot be read."""
    match: Match | None
    """None: it cannot be read."""
    spec: GovernancePolicySpec | None = None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""

    def may_cover(self, tier: str, labels: Mapping[str, str], namespace: Mapping[str, str] | None) -> bool:
        """Of a service in a namespace with such labels. None: they are not known, and are taken to match."""
        if self.match is None:
            return True
        return covers(self.match, tier, labels, namespace) is not False


def scope(seen: Metadata, raw: Mapping[str, Any]) -> Scope:
    """What cannot be read as a whole may still say whom it is about."""
    written = mapping(raw.get("spec"))
    told = partial(
        Scope,
        name=seen.name,
        uid=seen.uid,
        generation=seen.generation,
        resource_version=seen.resource_version,
        status=status_of(GovernancePolicyStatus, raw),
    )
    try:
        spec = GovernancePolicySpec.from_dict(written)
    except ValidationError as error:
        return told(match=_match(written), problem=complaint(error, under="spec"))
    if problem := _unusable(seen.name, spec):
        return told(match=spec.match, problem=problem)
    return told(match=spec.match, spec=spec)


def _unusable(name: str, spec: GovernancePolicySpec) -> str:
    """What the API server lets through, and nobody can do."""
    unknown = next((one for one in spec.freezes if not is_time_zone(one.time_zone)), None)
    if unknown is not None:
        return f"spec.freezes[{unknown.name}].timeZone: this operator knows no {unknown.time_zone}"
    if spec.rules and len(name) > LONGEST:
        return f"metadata.name: a policy with rules has a name of at most {LONGEST} characters"
    return ""


def _match(written: Mapping[str, Any]) -> Match | None:
    try:
        return Match.from_dict(written.get("match") or {})
    except ValidationError:
        return None
