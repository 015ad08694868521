"""What do policies say of a service that is in a file? Approximately: the API server decides."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leadsman.api.reasons import Reason
from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus, Blocker
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, PolicyRule
from leadsman.planner.governance import Policy
from leadsman.planner.policies.expressions import Ruling, check, ruling
from leadsman.planner.policies.fields import as_admitted, code
from leadsman.planner.policies.freezes import is_time_zone
from leadsman.planner.policies.matching import covers
from leadsman.planner.policies.objections import objections_of
from leadsman.planner.world import Service

Labels = Mapping[str, str]
_NOT_YET = datetime.fromtimestamp(0, UTC)
"""Nothing asks when a service in a file was created."""
_UNVERIFIED = "the operator verifies the model's signature; offline nobody has, and it holds until it is verified"


def is_about_old(rule: PolicyRule) -> bool:
    """It holds at admission only."""
    return "oldObject" in code(rule.expression)


def matches(spec: GovernancePolicySpec, raw: Mapping[str, Any], namespace: Labels | None) -> bool | None:
    """None: it depends on the namespace's labels, which are not known."""
    labels: Labels = _metadata(raw).get("labels") or {}
    return covers(spec.match, raw["spec"]["risk"]["tier"], labels, namespace)


def _metadata(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return raw.get("metadata") or {}


def lint_by(
    name: str, policy: GovernancePolicySpec, raw: Mapping[str, Any], spec: AIServiceSpec, namespace: Labels | None
) -> Iterator[Remark]:
    """What a policy says of a service.

    Args:
        name: of the policy.
        policy: its spec.
        raw: the AIService as its user wrote it.
        spec: its spec, read.
        namespace: labels of its namespace. None: not known.
    """
    does = matches(policy, raw, namespace)
    if does is False:
        return
    if does is None:
        instead = "give the Namespace's file, or --namespace-labels KEY=VALUE,…"
        message = "not judged: whether the policy is about it depends on the namespace's labels"
        yield Remark(severity="Warning", about=f"policy {name}", message=message, instead=instead)
        return
    admitted = as_admitted(raw)
    for rule in policy.rules:
        if is_about_old(rule):
            found = Ruling(state="NotJudged", why="the rule is about an edit: it compares with oldObject")
        else:
            found = ruling(rule.expression, admitted)
        yield from _said(f"policy {name}/{rule.name}", rule, found)
    for one in _by_fields(name, policy, raw, spec):
        about = f"policy {one.name}"
        if one.reason == Reason.RESOLVING.value:
            yield Remark(severity="Warning", about=about, message=f"not judged: {_UNVERIFIED}")
        else:
            yield Remark(severity="Holds", about=about, message=one.message, instead=one.unblock)


def field_objections(
    name: str, policy: GovernancePolicySpec, raw: Mapping[str, Any], spec: AIServiceSpec
) -> Iterator[tuple[str, str]]:
    """`policy/field`, and why it holds what the policy matches."""
    for one in _by_fields(name, policy, raw, spec):
        yield one.name, _UNVERIFIED if one.reason == Reason.RESOLVING.value else one.message


def lint_policy(
    spec: GovernancePolicySpec,
    services: Sequence[tuple[Mapping[str, Any], Labels | None]],
    suites: Collection[tuple[str, Labels]],
) -> Iterator[Remark]:
    """What is wrong with a policy by itself, and beside the files that it came with.

    Args:
        spec: of the policy.
        services: AIServices at hand, each with its namespace's labels, where they are known.
        suites: names and labels of the EvalSuites at hand.
    """
    for rule in spec.rules:
        yield from _lint_rule(rule)
    for freeze in spec.freezes:
        if not is_time_zone(freeze.time_zone):
            message, instead = f"there is no time zone {freeze.time_zone}", "write one such as Europe/Berlin, or UTC"
            about = f"spec.freezes[{freeze.name}].timeZone"
            yield Remark(severity="Error", about=about, message=message, instead=instead)
    if services and all(matches(spec, raw, namespace) is False for raw, namespace in services):
        message = "it is about no service in the files given"
        yield Remark(severity="Warning", about="spec.match", message=message)
    if not (services or suites):
        return
    for gate in spec.required_gates:
        if not any(gate.suite_labels.items() <= labels.items() for _, labels in suites):
            asked = ", ".join(f"{key}={value}" for key, value in gate.suite_labels.items())
            yield Remark(
                severity="Warning",
                about=f"spec.requiredGates[{gate.name}]",
                message=f"no EvalSuite in the files given carries {asked}: without one every service is held",
                instead="add the suite's file, or see that it is in each namespace",
            )


def _lint_rule(rule: PolicyRule) -> Iterator[Remark]:
    about = f"spec.rules[{rule.name}].expression"
    found = check(rule.expression)
    if found is not None:
        severity = "Error" if found.state == "Mistaken" else "Warning"
        prefix = "" if severity == "Error" else "not judged offline: "
        yield Remark(severity=severity, about=about, message=f"{prefix}{found.why}")
    if is_about_old(rule):
        message = "speaks of oldObject: it holds at admission only, and nothing that runs is judged by it"
        yield Remark(severity="Warning", about=about, message=message)


def _said(about: str, rule: PolicyRule, found: Ruling) -> Iterator[Remark]:
    match found.state:
        case "Met":
            return
        case "Broken":
            severity = "Error" if rule.severity == "Deny" else "Warning"
            message = f"{rule.message} ({found.why})" if found.why else rule.message
            yield Remark(severity=severity, about=about, message=message)
        case "NotJudged":
            yield Remark(severity="Warning", about=about, message=f"not judged: {found.why}")
        case "Mistaken":
            yield Remark(severity="Holds", about=about, message=f"the policy holds what it matches: {found.why}")


def _by_fields(
    name: str, policy: GovernancePolicySpec, raw: Mapping[str, Any], spec: AIServiceSpec
) -> Iterator[Blocker]:
    """Provenance and the like: the API server takes it, and the operator holds the next revision."""
    metadata = _metadata(raw)
    service = Service(
        namespace=str(metadata.get("namespace", "")),
        name=str(metadata.get("name", "")),
        uid="",
        generation=0,
        resource_version="",
        created_at=_NOT_YET,
        raw=raw["spec"],
        spec=spec,
        status=AIServiceStatus(),
    )
    yield from objections_of(Policy(name=name, spec=policy, judged=True), service)
