"""Are the admission policies of each GovernancePolicy with rules in force, as they were written?"""

from collections.abc import Mapping
from typing import Any, Final

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.governancepolicy import RuleError
from leadsman.clients import kinds
from leadsman.clients.kinds import Kind
from leadsman.controller.observe.enforcement import Enforced, altered, enforced
from leadsman.controller.observe.metadata import Metadata
from leadsman.controller.observe.policies import Scope
from leadsman.controller.store.key import Key
from leadsman.controller.store.shelf import Reader, Shelf
from leadsman.planner.policies.admission import judged_rules, part_names, rendered

Object = dict[str, Any]
KINDS: Final = (kinds.VALIDATING_ADMISSION_POLICY, kinds.VALIDATING_ADMISSION_POLICY_BINDING)


class Enforcement:
    def __init__(self) -> None:
        self.operator = ""
        """Who we are to the API server. Until that is known nothing is in force."""
        self._shelves: Final[Mapping[Kind, Shelf[Enforced]]] = {kind: Shelf(_reader(kind)) for kind in KINDS}
        self._rendered: Final[dict[tuple[str, int], tuple[Object, ...]]] = {}
        self._refused: Final[dict[tuple[str, int], tuple[RuleError, ...]]] = {}
        """By UID and generation of the policy: rules that the API server does not take."""

    def shelves(self) -> Mapping[Kind, Shelf[Enforced]]:
        return self._shelves

    def wanted(self, policy: Scope) -> tuple[Object, ...]:
        """What is to be written. Nothing for a policy without rules, or one that cannot be read."""
        if policy.spec is None or not policy.spec.rules:
            return ()
        place = (policy.uid, policy.generation)
        if place not in self._rendered:
            for old in [one for one in self._rendered if one[0] == policy.uid]:
                del self._rendered[old]
            self._rendered[place] = rendered(policy.name, policy.uid, policy.spec, self.operator)
        return self._rendered[place]

    def standing(self, policy: Scope) -> dict[tuple[str, str], Enforced]:
        """What is there of it, by kind and name."""
        found = (one for shelf in self._shelves.values() for one in shelf.of(Key("", policy.name)).values())
        return {(one.kind, one.name): one for one in found}

    def refuse(self, policy: Scope, errors: tuple[RuleError, ...]) -> None:
        """What the API server said to the policy as it is. Nothing: it takes it."""
        for old in [one for one in self._refused if one[0] == policy.uid]:
            del self._refused[old]
        if errors:
            self._refused[policy.uid, policy.generation] = errors

    def errors(self, policy: Scope) -> tuple[RuleError, ...]:
        """Rules that do not compile, or speak of fields that there are not."""
        known = {one.rule: one for one in self._refused.get((policy.uid, policy.generation), ())}
        for standing in self.standing(policy).values():
            for number, said in standing.complaints:
                if rule := rule_at(policy, standing.name, number):
                    known.setdefault(rule, RuleError(rule=rule, message=said))
        return tuple(sorted(known.values(), key=lambda one: one.rule))

    def missing(self, policy: Scope) -> str:
        """Which of them is not in force, and why. Empty: all are."""
        standing = self.standing(policy)
        for one in self.wanted(policy):
            kind, name = one["kind"], one["metadata"]["name"]
            found = standing.get((kind, name))
            if found is None:
                return f"{kind} {name} is not there"
            if why := altered(one, found):
                return f"{kind} {name}: {why}"
        return ""

    def problem(self, policy: Scope) -> tuple[str, str]:
        """In words, and as a reason. Empty: the rules are in force."""
        if errors := self.errors(policy):
            return "; ".join(f"rule {one.rule}: {one.message}" for one in errors), Reason.COMPILE_ERROR
        missing = self.missing(policy)
        return (missing, Reason.ADMISSION_MISSING) if missing else ("", "")


def rule_at(policy: Scope, part: str, number: int) -> str:
    """The rule in a validation of one of its admission policies. Empty: there is none."""
    if policy.spec is None:
        return ""
    severity = next((one for one, name in part_names(policy.name).items() if name == part), "")
    judged = [one.name for _, one in judged_rules(policy.spec)] if severity == "Judge" else []
    rules = judged or [one.name for one in policy.spec.rules if one.severity == severity]
    return rules[number] if number < len(rules) else ""


def _reader(kind: Kind) -> Reader[Enforced]:
    def read(seen: Metadata, raw: Mapping[str, Any], _: Enforced | None, /) -> tuple[str, Enforced] | None:
        return enforced(seen, raw, kind.name)

    return read
