"""What is watched: our own kinds, and of Kubernetes' what carries our labels."""

from dataclasses import dataclass
from typing import Final

from leadsman.clients.kinds import (
    AI_DECISION,
    AI_INCIDENT,
    AI_REVISION,
    AI_SERVICE,
    CONFIG_MAP,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVAL_RUN,
    EVAL_SUITE,
    GOVERNANCE_POLICY,
    JOB,
    MUTATING_ADMISSION_POLICY,
    MUTATING_ADMISSION_POLICY_BINDING,
    NAMESPACE,
    NETWORK_POLICY,
    POD,
    POD_DISRUPTION_BUDGET,
    RISK_BUDGET,
    SERVICE,
    VALIDATING_ADMISSION_POLICY,
    VALIDATING_ADMISSION_POLICY_BINDING,
    Kind,
)
from leadsman.planner import labels


@dataclass(frozen=True, slots=True)
class Watched:
    kind: Kind
    selector: str = ""
    """Of labels, applied by the API server. Empty: all objects of the kind."""


WATCHED: Final = (
    Watched(AI_SERVICE),
    Watched(AI_REVISION),
    Watched(AI_DECISION),
    Watched(AI_INCIDENT),
    Watched(RISK_BUDGET),
    Watched(GOVERNANCE_POLICY),
    Watched(NAMESPACE),
    # There are few of them, and one that lost its labels must not be taken for one that is gone.
    Watched(MUTATING_ADMISSION_POLICY),
    Watched(MUTATING_ADMISSION_POLICY_BINDING),
    Watched(VALIDATING_ADMISSION_POLICY),
    Watched(VALIDATING_ADMISSION_POLICY_BINDING),
    Watched(EVAL_SUITE),
    Watched(EVAL_RUN),
    Watched(JOB, labels.RUN),
    Watched(DEPLOYMENT, labels.SERVICE),
    Watched(SERVICE, labels.SERVICE),
    Watched(POD, labels.SERVICE),
    Watched(ENDPOINT_SLICE, labels.SERVICE),
    Watched(POD_DISRUPTION_BUDGET, labels.SERVICE),
    Watched(NETWORK_POLICY, labels.SERVICE),
    # One watch has one selector, so that the copies of inputs carry the label of inputs, too.
    Watched(CONFIG_MAP, labels.INPUT),
)
