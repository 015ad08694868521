"""The kinds of leadsman.dev/v1alpha1."""

from typing import Final

from leadsman.api.meta import Resource
from leadsman.api.v1alpha1.aidecision import AIDecision
from leadsman.api.v1alpha1.aiincident import AIIncident
from leadsman.api.v1alpha1.airevision import AIRevision
from leadsman.api.v1alpha1.aiservice import AIService
from leadsman.api.v1alpha1.evalrun import EvalRun
from leadsman.api.v1alpha1.evalsuite import EvalSuite
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicy
from leadsman.api.v1alpha1.riskbudget import RiskBudget

KINDS: Final[tuple[type[Resource], ...]] = (
    AIService,
    AIRevision,
    EvalSuite,
    EvalRun,
    RiskBudget,
    GovernancePolicy,
    AIDecision,
    AIIncident,
)

__all__ = [
    "KINDS",
    "AIDecision",
    "AIIncident",
    "AIRevision",
    "AIService",
    "EvalRun",
    "EvalSuite",
    "GovernancePolicy",
    "RiskBudget",
]
