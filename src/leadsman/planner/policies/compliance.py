"""What a GovernancePolicy's status says: are its rules in force, and who satisfies it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from leadsman.api.meta import Condition
from leadsman.api.reasons import ConditionType as Type
from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicyStatus, RuleError, Violation

LISTED: Final = 100
_MESSAGE: Final = 1024
_UNKNOWN: Final = frozenset({Reason.RESOLVING.value, Reason.ADMISSION_MISSING.value, Reason.COMPILE_ERROR.value})
"""Reasons of objections that are about the policy, and say nothing of the service."""
Value = Literal["True", "False"]
Said = tuple[Type, Value, Reason, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """At the API server."""

    has_rules: bool
    errors: tuple[RuleError, ...]
    missing: str
    """Which admission policy is not in force, and why. Empty: all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one service."""

    namespace: str
    service: str
    objections: tuple[Blocker, ...]

    @property
    def broken(self) -> tuple[Blocker, ...]:
        return tuple(one for one in self.objections if one.reason not in _UNKNOWN)


def policy_status(  # noqa: PLR0913  all that it says, by name
    *,
    name: str,
    generation: int,
    unreadable: str,
    enforcement: Enforcement,
    verdicts: Sequence[Verdict],
    before: GovernancePolicyStatus,
    now: datetime,
) -> GovernancePolicyStatus:
    """As it shall be.

    Args:
        name: of the policy.
        generation: of its spec.
        unreadable: why its spec cannot be read. Empty: it can.
        enforcement: of its rules.
        verdicts: of all services that it is about.
        before: its status as it was written last.
        now: the time.
    """
    said = (_ready(unreadable, enforcement), _compiled(enforcement), _in_place(enforcement))
    broken = sorted((one for one in verdicts if one.broken), key=lambda one: (one.namespace, one.service))
    return GovernancePolicyStatus(
        observed_generation=generation,
        conditions=tuple(_condition(one, generation, before, now) for one in said),
        matched=len(verdicts),
        compliant=sum(not one.objections for one in verdicts),
        violating=len(broken),
        violations=tuple(found for one in broken for found in _violations(name, one))[:LISTED],
        rule_errors=enforcement.errors,
    )


def _violations(policy: str, verdict: Verdict) -> Iterator[Violation]:
    for one in verdict.broken:
        yield Violation(
            namespace=verdict.namespace,
            service=verdict.service,
            rule=one.name.removeprefix(f"{policy}/")[:253],
            message=one.message[:_MESSAGE],
        )


def _condition(said: Said, generation: int, before: GovernancePolicyStatus, now: datetime) -> Condition:
    """Whose status is as it was keeps its time."""
    type_, value, reason, message = said
    old = next((one for one in before.conditions if one.type == type_.value), None)
    since = old.last_transition_time if old is not None and old.status == value else now.replace(microsecond=0)
    return Condition(
        type=type_,
        status=value,
        observed_generation=generation,
        last_transition_time=since,
        reason=reason,
        message=message,
    )


def _ready(unreadable: str, enforcement: Enforcement) -> Said:
    if unreadable:
        return Type.READY, "False", Reason.SPEC_UNREADABLE, unreadable
    if enforcement.errors:
        return Type.READY, "False", Reason.COMPILE_ERROR, _errors(enforcement)
    if enforcement.missing:
        return Type.READY, "False", Reason.ADMISSION_MISSING, enforcement.missing
    return Type.READY, "True", Reason.RECONCILED, ""


def _compiled(enforcement: Enforcement) -> Said:
    if enforcement.errors:
        return Type.RULES_COMPILED, "False", Reason.COMPILE_ERROR, _errors(enforcement)
    reason = Reason.RECONCILED if enforcement.has_rules else Reason.NOT_APPLICABLE
    return Type.RULES_COMPILED, "True", reason, ""


def _in_place(enforcement: Enforcement) -> Said:
    if enforcement.missing:
        return Type.ADMISSION_IN_PLACE, "False", Reason.ADMISSION_MISSING, enforcement.missing
    reason = Reason.RECONCILED if enforcement.has_rules else Reason.NOT_APPLICABLE
    return Type.ADMISSION_IN_PLACE, "True", reason, ""


def _errors(enforcement: Enforcement) -> str:
    return "; ".join(f"rule {one.rule}: {one.message}" for one in enforcement.errors)
