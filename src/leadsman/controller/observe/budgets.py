"""RiskBudgets: what may be spent, and who draws on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from leadsman.api.meta import LabelSelector
from leadsman.api.v1alpha1.riskbudget import RiskBudgetSpec, RiskBudgetStatus
from leadsman.controller.observe.fields import mapping
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.parts import spec_of, status_of
from leadsman.controller.observe.services import Declared, Unreadable
from leadsman.planner.policies.matching import selects


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """A RiskBudget, as it is written."""

    namespace: str
    name: str
    uid: str
    resource_version: str
    generation: int
    owner_uid: str | None
    """Of the AIService that it was made for, if it was."""
    spec: RiskBudgetSpec | None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""
    selector: LabelSelector | None = None
    """None: it selects nothing by itself."""
    status: RiskBudgetStatus
    """As it was written last. Empty where it cannot be read."""

    def is_drawn_on_by(self, found: Declared) -> bool:
        """By a service of its namespace."""
        service = found.service
        if isinstance(service, Unreadable):
            return False
        named = service.spec.risk_budget_ref
        is_named = named is not None and named.name == self.name
        is_own = service.spec.risk_budget is not None and self.name == service.name
        return is_named or is_own or (self.selector is not None and selects(self.selector, found.labels))


def allotment(seen: Metadata, raw: Mapping[str, Any]) -> Allotment:
    """What cannot be read as a whole may still say whom it is about."""
    written = mapping(raw.get("spec"))
    spec, problem = spec_of(RiskBudgetSpec, written)
    return Allotment(
        namespace=seen.namespace,
        name=seen.name,
        uid=seen.uid,
        resource_version=seen.resource_version,
        generation=seen.generation,
        owner_uid=seen.owner_uid,
        spec=spec,
        problem=problem,
        selector=_selector(written),
        status=status_of(RiskBudgetStatus, raw),
    )


def _selector(written: Mapping[str, Any]) -> LabelSelector | None:
    """One that cannot be read selects every service: what it would have said nobody knows."""
    if written.get("selector") is None:
        return None
    try:
        return LabelSelector.from_dict(written["selector"])
    except ValidationError:
        return LabelSelector()
