"""What governs a service, as it was observed: suites, runs, decisions, policies about it, and budgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadsman.api.reasons import ConditionType
from leadsman.api.v1alpha1.aidecision import AIDecisionSpec, AIDecisionStatus
from leadsman.api.v1alpha1.aiincident import AIIncidentSpec, AIIncidentStatus
from leadsman.api.v1alpha1.evalrun import EvalRunSpec, EvalRunStatus
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, EvalSuiteStatus
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.api.v1alpha1.riskbudget import RiskBudgetSpec, RiskBudgetStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """An EvalSuite."""

    namespace: str
    name: str
    resource_version: str
    generation: int
    created_at: datetime
    digest: str
    """Of its spec, as its user wrote it: runs bind to it."""
    criteria_digest: str
    """Of its criteria alone."""
    spec: EvalSuiteSpec | None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""
    status: EvalSuiteStatus
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An EvalRun."""

    namespace: str
    name: str
    uid: str
    resource_version: str
    generation: int
    created_at: datetime
    spec: EvalRunSpec
    status: EvalRunStatus

    @property
    def is_over(self) -> bool:
        return self.status.state in {"Finished", "Errored"}

    @property
    def reason(self) -> str:
        """Why it is over, or not yet: of its condition Complete."""
        return next((one.reason for one in self.status.conditions if one.type == ConditionType.COMPLETE.value), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An AIDecision: one human act."""

    namespace: str
    name: str
    uid: str
    resource_version: str
    generation: int
    created_at: datetime
    spec: AIDecisionSpec
    status: AIDecisionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An AIIncident."""

    namespace: str
    name: str
    resource_version: str
    generation: int
    created_at: datetime
    spec: AIIncidentSpec | None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read."""
    status: AIIncidentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule of a policy that a service breaks, as the API server judged it."""

    rule: str
    message: str
    severity: Literal["Deny", "Warn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """Somebody who signs by an identity that Sigstore vouches for."""

    identity: str
    issuer: str

    def __str__(self) -> str:
        return f"{self.identity} ({self.issuer})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """Somebody who signs by a key, the public half of which a policy has."""

    name: str
    pem: str

    def __str__(self) -> str:
        return f"the key {self.name}"


Signer = Keyless | Pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What came of verifying a bundle against one signer."""

    digest: str = ""
    """Of the model that was signed, as spec.model.digest has it. Empty: it did not verify."""
    problem: str = ""
    """Why it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What stands where a service says that its model's signature is."""

    digest: str = ""
    """Of the ConfigMap's content."""
    problem: str = ""
    """Why there is none."""
    unblock: str = ""
    """What to do then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be verified. The answer to it never changes."""

    content: str
    """Digest of the ConfigMap's content."""
    key: str
    """In it."""
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A GovernancePolicy that is about this service."""

    name: str
    spec: GovernancePolicySpec | None
    """None: it cannot be read."""
    problem: str = ""
    """Why it cannot be read, why its rules do not compile, or which of its admission policies is not in place."""
    reason: str = ""
    """The same as one word."""
    violations: tuple[Violation, ...] = ()
    judged: bool = False
    """Were its rules, as they are, asked about the service as it is?"""
    signed: Signed | None = None
    """By whom it takes: what came of verifying the service's bundle. None: nobody has verified it yet."""
    bundle: Bundle | None = None
    """The service's, where the policy asks for a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A RiskBudget that a service draws on."""

    name: str
    spec: RiskBudgetSpec | None
    """None: there is none, or it cannot be read."""
    problem: str = ""
    """Why there is none, or why it cannot be read."""
    status: RiskBudgetStatus | None = None
    """As it was computed last. None: not since the operator started."""
