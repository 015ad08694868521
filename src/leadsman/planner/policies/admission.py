"""A policy's CEL rules as the API server enforces them: admission policies that Leadsman writes, one evaluator for all.

    <policy>.deny…    what breaks a rule is refused. What broke it before stays editable; what complies cannot regress
    <policy>.warn…    … is let through with a warning
    <policy>.judge…   for dry runs of the operator only: says which rules are met, to judge what runs (`judging`)

A rule is asked of the old object too, by binding the old one to the name of the new one. Edits that no rule is about
(a pause, replicas, annotations) are not looked at, so that nothing stands in the way of holding and going back.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from leadsman.api.meta import GROUP, VERSION
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, PolicyRule
from leadsman.ledger.canonical import digest

Object = dict[str, Any]
POLICY: Final = "ValidatingAdmissionPolicy"
BINDING: Final = "ValidatingAdmissionPolicyBinding"
API_VERSION: Final = "admissionregistration.k8s.io/v1"
SUFFIX: Final = "policies.leadsman.dev"
LONGEST: Final = 63
"""Characters that the name of a policy with rules may have: it stands twice in each warning."""
AT_ONCE: Final = 12
"""So many rules are asked in one dry run: the API server cuts warnings that have more than 4096 characters together."""
JUDGED_BY: Final = "leadsman.dev/judged-by"
"""Annotation of the operator's dry runs: which policy is asked, and after a slash which part of its rules."""
MET: Final = "leadsman.dev/met:"
"""In front of the number of a rule that is met, in a warning."""
RULE: Final = "leadsman.dev/rule:"
"""In front of the number of a rule, in the expression that the API server shows if it ends in an error."""
SEAL: Final = "leadsman.dev/judged:"
"""In front of the digest of the rules that were asked."""
_OLD: Final = re.compile(r"\boldObject\b")
_MATTERS: Final = """\
oldObject == null || object.metadata.?labels.orValue({}) != oldObject.metadata.?labels.orValue({}) ||
!object.spec.all(k, k in ['replicas', 'rollout'] || (k in oldObject.spec && object.spec[k] == oldObject.spec[k])) ||
!oldObject.spec.all(k, k in ['replicas', 'rollout'] || k in object.spec) ||
!dyn(object.spec.?rollout.orValue({})).all(k, k == 'paused' ||
  dyn(oldObject.spec.?rollout.orValue({}))[?k] == optional.of(object.spec.rollout[k])) ||
!dyn(oldObject.spec.?rollout.orValue({})).all(k, k == 'paused' || k in dyn(object.spec.?rollout.orValue({})))"""
"""Does an edit change more than a pause and the number of pods?"""


def rules_digest(rules: Sequence[PolicyRule]) -> str:
    """16 hex digits."""
    return digest(f"{GROUP}/rules/v1", [one.to_dict() for one in rules]).removeprefix("sha256:")[:16]


def judged_rules(spec: GovernancePolicySpec) -> tuple[tuple[int, PolicyRule], ...]:
    """With their numbers. Those about oldObject say nothing of what runs."""
    return tuple((number, one) for number, one in enumerate(spec.rules) if not _OLD.search(one.expression))


def part_names(policy: str) -> dict[str, str]:
    """Names of the admission policies, by severity, and of the one that judges."""
    return {
        "Deny": f"{policy}.deny.{SUFFIX}",
        "Warn": f"{policy}.warn.{SUFFIX}",
        "Judge": f"{policy}.judge.{SUFFIX}",
    }


def rendered(name: str, uid: str, spec: GovernancePolicySpec, operator: str) -> tuple[Object, ...]:
    """Admission policies and their bindings, for the rules that there are.

    Args:
        name: of the GovernancePolicy.
        uid: the same. What it owns goes with it.
        spec: with its rules.
        operator: who the operator is to the API server.
    """
    owner = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "GovernancePolicy", "name": name, "uid": uid}
    names = part_names(name)
    made: list[Object] = []
    for severity in ("Deny", "Warn"):
        if rules := [one for one in spec.rules if one.severity == severity]:
            made += _pair(names[severity], owner, severity, _enforcing(name, spec, rules, operator))
    if judged := judged_rules(spec):
        made += _pair(names["Judge"], owner, "Warn", _judging(name, spec, judged, operator))
    return tuple(made)


def _pair(name: str, owner: Object, action: str, spec: Object) -> Iterator[Object]:
    binding = {"policyName": name, "validationActions": [action]}
    for kind, content in ((POLICY, spec), (BINDING, binding)):
        metadata = {
            "name": name,
            "labels": {"app.kubernetes.io/managed-by": "leadsman"},
            "ownerReferences": [{**owner, "controller": True}],
        }
        yield {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": content}


def _enforcing(name: str, spec: GovernancePolicySpec, rules: Sequence[PolicyRule], operator: str) -> Object:
    constraints: Object = {"resourceRules": [_resources("CREATE", "UPDATE")]}
    if spec.match.namespace_selector is not None:
        constraints["namespaceSelector"] = spec.match.namespace_selector.to_dict()
    if spec.match.selector is not None:
        constraints["objectSelector"] = spec.match.selector.to_dict()
    conditions = [
        {"name": "not-the-operators", "expression": f"request.userInfo.username != {_text(operator)}"},
        {"name": "matters", "expression": _MATTERS},
    ]
    if spec.match.tiers:
        tiers = ", ".join(map(_text, sorted(spec.match.tiers)))
        conditions.append({"name": "tiers", "expression": f"object.spec.risk.tier in [{tiers}]"})
    return {
        "failurePolicy": "Fail",
        "matchConstraints": constraints,
        "matchConditions": conditions,
        "validations": [
            {"expression": _ratchet(one.expression), "message": " ".join(f"{name}/{one.name}: {one.message}".split())}
            for one in rules
        ],
    }


def _judging(name: str, spec: GovernancePolicySpec, judged: Sequence[tuple[int, PolicyRule]], operator: str) -> Object:
    asked = f"object.metadata.?annotations[?{_text(JUDGED_BY)}].orValue('')"
    return {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [_resources("CREATE")]},
        "matchConditions": [
            {"name": "dry-run", "expression": "request.?dryRun.orValue(false)"},
            {"name": "the-operators", "expression": f"request.userInfo.username == {_text(operator)}"},
            {"name": "asked", "expression": f"{asked}.startsWith({_text(name + '/')})"},
        ],
        "validations": [
            # Said if it is met: an answer that is lost on the way, or an error, is no pass.
            *(
                {
                    "expression": f"'{RULE}{number};' == '' || {asked} != {_text(f'{name}/{index // AT_ONCE}')} || "
                    f"!(\n{one.expression}\n)",
                    "message": f"{MET}{number};",
                }
                for index, (number, one) in enumerate(judged)
            ),
            {"expression": "false", "message": f"{SEAL}{rules_digest(spec.rules)};"},
        ],
    }


def _ratchet(rule: str) -> str:
    if _OLD.search(rule):
        return rule
    return f"[object].all(object, (\n{rule}\n)) || (oldObject != null && [oldObject].exists(object, !(\n{rule}\n)))"


def _resources(*operations: str) -> Object:
    return {
        "apiGroups": [GROUP],
        "apiVersions": [VERSION],
        "resources": ["aiservices"],
        "operations": list(operations),
    }


def _text(value: str) -> str:
    """As a string of CEL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
