"""What does Leadsman make of an EvalSuite? The digests that runs bind to, and since when its criteria hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType, Reason
from leadsman.api.v1alpha1.evalsuite import EvalSuiteSpec, EvalSuiteStatus
from leadsman.ledger.canonical import digest
from leadsman.planner.governance import Suite

SUITE: Final = "leadsman.dev/suite/v1"
CRITERIA: Final = "leadsman.dev/criteria/v1"
_CRITERIA: Final = ("criteria", "minSamples")


def suite_digest(spec: Mapping[str, Any]) -> str:
    """Of the spec as its user wrote it, with the API server's defaults."""
    return digest(SUITE, spec)


def criteria_digest(spec: Mapping[str, Any]) -> str:
    """Of what a revision has to prove, and nothing else."""
    return digest(CRITERIA, {key: spec[key] for key in _CRITERIA if key in spec})


def compares(spec: EvalSuiteSpec) -> bool:
    """Does it ask how the serving revision does?"""
    return any(one.non_inferior is not None for one in spec.criteria)


def suite_status(suite: Suite, now: datetime) -> EvalSuiteStatus:
    """As it shall be. A threshold that somebody may have changed while nobody looked counts as changed just now."""
    return EvalSuiteStatus(
        observed_generation=suite.generation,
        conditions=(_ready(suite, now),),
        digest=suite.digest,
        criteria_digest=suite.criteria_digest,
        criteria_since=_criteria_since(suite, now),
    )


def _criteria_since(suite: Suite, now: datetime) -> datetime:
    known = suite.status
    if known.criteria_since is not None and known.criteria_digest == suite.criteria_digest:
        return known.criteria_since
    is_new = known.criteria_digest is None and suite.generation <= 1
    return suite.created_at if is_new else now.replace(microsecond=0)


def _ready(suite: Suite, now: datetime) -> Condition:
    is_readable = suite.spec is not None
    status = "True" if is_readable else "False"
    before = next((one for one in suite.status.conditions if one.type == ConditionType.READY.value), None)
    return Condition(
        type=ConditionType.READY,
        status=status,
        observed_generation=suite.generation,
        last_transition_time=before.last_transition_time
        if before is not None and before.status == status
        else now.replace(microsecond=0),
        reason=Reason.RECONCILED if is_readable else Reason.SUITE_UNREADABLE,
        message=suite.problem,
    )
