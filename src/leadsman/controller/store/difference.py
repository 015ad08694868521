"""Does it matter? Most events tell of nothing that a decision depends on: a heartbeat, a status that says the same."""

from dataclasses import replace
from typing import Any

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicyStatus
from leadsman.api.v1alpha1.riskbudget import RiskBudgetStatus
from leadsman.controller.observe.budgets import Allotment
from leadsman.controller.observe.enforcement import Enforced
from leadsman.controller.observe.policies import Scope
from leadsman.controller.observe.revisions import Packed
from leadsman.controller.observe.services import Declared, Unreadable
from leadsman.planner.evaluations.sight import EvaluationJob
from leadsman.planner.governance import Act, Incident, Run, Suite
from leadsman.planner.world import Child, Service


def is_same(before: object, after: object) -> bool:
    """But for the resource version, with which alone nothing has changed."""
    return _versionless(before) == _versionless(after)


def _versionless(record: Any) -> object:
    match record:
        case (
            Child()
            | Packed()
            | Service()
            | Unreadable()
            | Suite()
            | Run()
            | Act()
            | Incident()
            | EvaluationJob()
            | Enforced()
        ):
            return replace(record, resource_version="")
        case Scope():
            return replace(record, resource_version="", status=GovernancePolicyStatus())
        case Allotment():
            return replace(record, resource_version="", status=RiskBudgetStatus())
        case Declared():
            return replace(record, service=_versionless(record.service))
        case _:
            return record
