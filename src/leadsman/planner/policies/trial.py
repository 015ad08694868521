"""What would a policy do with a service, or with an edit of one? For tests of policies: the API server decides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, PolicyRule
from leadsman.planner.policies.expressions import Ruling, ruling
from leadsman.planner.policies.fields import as_admitted
from leadsman.planner.policies.freezes import freezes_of
from leadsman.planner.policies.offline import field_objections, is_about_old, matches

Object = Mapping[str, Any]
What = Literal["denied", "warned", "held", "gates", "approvals", "frozen", "notJudged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One thing that a policy does."""

    what: What
    name: str
    """`policy/rule`, or `policy/field`, such as high-risk/provenance.digest."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A service, as somebody applies it."""

    raw: Object
    spec: AIServiceSpec
    namespace_labels: Mapping[str, str]
    before: Object | None = None
    """As it was. None: it is created."""
    at: datetime | None = None
    """When it rolls out, for freezes. None: nobody asks."""


def trial(name: str, policy: GovernancePolicySpec, subject: Subject) -> Iterator[Tried]:
    """All that the policy does with it. Nothing, where it is about other services.

    Args:
        name: of the policy.
        policy: its spec.
        subject: the service.
    """
    if not matches(policy, subject.raw, subject.namespace_labels):
        return
    if subject.before is None or _matters(subject.before, subject.raw):
        for rule in policy.rules:
            yield from _of_rule(f"{name}/{rule.name}", rule, subject)
    for about, message in field_objections(name, policy, subject.raw, subject.spec):
        yield Tried(what="held", name=about, why=message)
    yield from (Tried(what="gates", name=f"{name}/{one.name}") for one in policy.required_gates)
    asked = policy.approvals.requirements if policy.approvals is not None else ()
    yield from (Tried(what="approvals", name=f"{name}/{one.name}") for one in asked)
    on = (one for one in freezes_of(name, policy) if subject.at is not None and one.is_on(subject.at))
    yield from (Tried(what="frozen", name=one.full_name) for one in on)


def rule_names(name: str, policy: GovernancePolicySpec) -> Iterable[str]:
    return (f"{name}/{rule.name}" for rule in policy.rules)


def _of_rule(name: str, rule: PolicyRule, subject: Subject) -> Iterator[Tried]:
    """An edit is not refused for what was wrong before it: the API server's policies ratchet, too."""
    old = as_admitted(subject.before) if subject.before is not None else None
    found = ruling(rule.expression, as_admitted(subject.raw), old)
    if found.state == "NotJudged":
        yield Tried(what="notJudged", name=name, why=found.why)
    elif found.state == "Mistaken":
        yield Tried(what="held", name=name, why=found.why)
    elif found.state == "Broken" and not _was_broken(rule, old):
        yield Tried(what="denied" if rule.severity == "Deny" else "warned", name=name, why=_why(rule, found))


def _was_broken(rule: PolicyRule, old: Object | None) -> bool:
    if old is None or is_about_old(rule):
        return False
    return ruling(rule.expression, old).state == "Broken"


def _why(rule: PolicyRule, found: Ruling) -> str:
    return f"{rule.message} ({found.why})" if found.why else rule.message


def _matters(before: Object, after: Object) -> bool:
    """Does the edit change more than a pause and the number of pods? Others are not judged at admission."""
    return _judged(before) != _judged(after)


def _judged(raw: Object) -> tuple[Object, Object, Object]:
    metadata: Object = raw.get("metadata") or {}
    rollout: Object = raw["spec"].get("rollout") or {}
    return (
        metadata.get("labels") or {},
        {key: value for key, value in raw["spec"].items() if key not in {"replicas", "rollout"}},
        {key: value for key, value in rollout.items() if key != "paused"},
    )
