"""What in the spec, or in a policy itself, forbids to move forward? Never what serves already.

A policy that cannot be read, or whose rules do not hold at the API server, forbids everything: nobody can tell what it
would have said.
"""

from collections.abc import Iterator

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.governance import Policy
from leadsman.planner.policies import signatures
from leadsman.planner.policies.monitors import clashing
from leadsman.planner.policies.provenance import complaints
from leadsman.planner.world import Service, World

_NAME, _MESSAGE = 1024, 4096
"""Characters that fit into a blocker."""


def objections(world: World) -> Iterator[Blocker]:
    """Of each policy that matches, by name."""
    for policy in world.policies:
        yield from objections_of(policy, world.service)


def warnings(world: World) -> Iterator[str]:
    """Rules that are broken and forbid nothing."""
    for policy in world.policies:
        for one in policy.violations:
            if one.severity == "Warn":
                yield f"{policy.name}/{one.rule} (warns): {one.message}"


def objections_of(policy: Policy, service: Service) -> Iterator[Blocker]:
    """Of one policy: it cannot be relied on, a rule is broken, a field forbids it."""
    if (unusable := _unusable(policy)) is not None:
        yield unusable
    for one in (one for one in policy.violations if one.severity == "Deny"):
        yield _blocker(policy, one.rule, Reason.POLICY_DENIED, one.message, "correct the spec as the rule says")
    if policy.spec is None:
        return
    for field, wrong, instead in complaints(service, policy.spec):
        yield _blocker(policy, field, Reason.POLICY_DENIED, wrong, instead)
    for name in clashing(service, policy):
        words = f"the policy adds a monitor of the name {name}"
        yield _blocker(policy, name, Reason.POLICY_DENIED, words, "give the monitor under spec.monitors another name")
    if (unsigned := signatures.objection(service, policy)) is not None:
        yield _blocker(policy, signatures.FIELD, *unsigned)


def _unusable(policy: Policy) -> Blocker | None:
    """It says nothing that one could rely on, or nothing yet."""
    correct = f"correct it: kubectl edit governancepolicy {policy.name}"
    if policy.spec is None:
        words = f"the policy cannot be read: {policy.problem}"
        return _blocker(policy, "", Reason.SPEC_UNREADABLE, words, correct)
    if policy.problem:
        return _blocker(policy, "", policy.reason or Reason.COMPILE_ERROR, policy.problem, correct)
    if policy.spec.rules and not policy.judged:
        return _blocker(policy, "rules", Reason.RESOLVING, "the API server has not been asked about its rules", "wait")
    return None


def _blocker(policy: Policy, rule: str, reason: str, message: str, unblock: str) -> Blocker:
    name = f"{policy.name}/{rule}" if rule else policy.name
    return Blocker(type="Policy", name=name[:_NAME], reason=reason, message=message[:_MESSAGE], unblock=unblock)
