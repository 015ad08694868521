"""The operator under its role, with all guards in force: a service's whole life, and nothing denied."""

import json
from collections.abc import Iterator
from typing import Final

import pytest
import yaml

from harness.audit import Asked, asked_by
from harness.cluster import Object, Space
from harness.gates import SUITE, job_suite
from harness.guards import OPERATOR, RBAC
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, canary, condition_of, is_back, says
from harness.services import ai_service, serves
from harness.waiting import eventually
from integration.admission.served import declared, incident, prompts

pytestmark = pytest.mark.integration

Right = tuple[str, str, str]
"""API group, resource, verb."""
RULES: Final[list[Object]] = next(yaml.safe_load_all((RBAC / "operator.yaml").read_text()))["rules"]
POLICY: Final = "whole-life"
CHILDREN: Final = "deployments,replicasets,pods,services,endpointslices,networkpolicies,pdb"
OURS: Final = "leadsman.dev"
ADMISSION: Final = "admissionregistration.k8s.io"
AFTER_A_CRASH: Final[set[Right]] = {
    (OURS, "airevisions", "get"),
    (OURS, "aiincidents", "get"),
    (OURS, "evalruns", "get"),
    (ADMISSION, "validatingadmissionpolicies", "get"),
    (ADMISSION, "validatingadmissionpolicybindings", "get"),
}
"""Only where something is there already, though no watch has told of it yet."""
NOT_HERE: Final[set[Right]] = {
    (OURS, "aidecisions/status", "update"),
    (OURS, "aiincidents", "create"),
    ("openreports.io", "reports", "create"),
    ("openreports.io", "reports", "update"),
}
"""For decisions, what goes wrong before users, and an API of others: there is none of these in this life."""


def rights() -> Iterator[Right]:
    """Of the role."""
    for rule in RULES:
        for group in rule["apiGroups"]:
            yield from ((group, resource, verb) for resource in rule["resources"] for verb in rule["verbs"])


def merge(space: Space, kind: str, name: str, patch: Object) -> None:
    """As somebody whom no guard stops."""
    space.kubectl("patch", kind, name, "--type=merge", "-p", json.dumps(patch))


def put_back(space: Space, revision: str) -> None:
    """What somebody changed while the guards were not there."""
    (copied,) = space.list("configmaps", selector=f"leadsman.dev/revision={revision}")
    edits: tuple[tuple[str, str, Object], ...] = (
        ("Service", "chat", {"spec": {"selector": {"app": "another"}}}),
        ("NetworkPolicy", "chat", {"spec": {"ingress": [{}]}}),
        ("PodDisruptionBudget", "chat", {"spec": {"maxUnavailable": 2}}),
        ("RiskBudget", "chat", {"spec": {"windowDays": 92}}),
        ("ConfigMap", copied["metadata"]["name"], {"metadata": {"labels": {"leadsman.dev/service": "another"}}}),
        ("Deployment", revision, {"spec": {"minReadySeconds": 1}}),
    )
    for kind, name, edit in edits:
        before = space.get(kind, name)
        merge(space, kind, name, edit)
        space.wait(
            kind,
            name,
            lambda seen, before=before: (
                seen.get("spec") == before.get("spec") and seen["metadata"]["labels"] == before["metadata"]["labels"]
            ),
        )


def evaluate(space: Space) -> None:
    """By a Job, whose results are asked for, in vain on simulated nodes, and which is ended with its candidate."""
    spec = {"gates": [{"name": "quality", "suite": SUITE}], "rollout": AT_ONCE}
    space.apply(job_suite(timeoutSeconds=600), ai_service("gated", "1", None, **spec))
    seen = space.wait("AIService", "gated", says("Ready", "GatesRunning"))
    first = f"{seen['status']['candidateRevision']}-{SUITE}-1"
    run = space.wait("EvalRun", first, lambda seen: "job" in seen.get("status", {}))
    eventually(lambda: any(one.resource == "pods/log" for one in asked_by(OPERATOR, space)))
    space.apply(ai_service("gated", "2", None, **spec))
    space.wait("EvalRun", first, lambda seen: seen["status"]["state"] == "Errored")
    space.kubectl("wait", "--for=delete", f"job/{run['status']['job']}", "--timeout=60s")


def govern(space: Space) -> None:
    """By a policy with rules, one of which is dropped again, and whose admission policy somebody alters."""
    spec = {"match": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space.name}}}}
    rules = [
        {"name": name, "expression": "object.spec.replicas >= 0", "message": "never", "severity": severity}
        for name, severity in (("denies", "Deny"), ("warns", "Warn"))
    ]
    policy = {"apiVersion": "leadsman.dev/v1alpha1", "kind": "GovernancePolicy", "metadata": {"name": POLICY}}
    denies, warns = (f"{POLICY}.{part}.policies.leadsman.dev" for part in ("deny", "warn"))

    def there(kind: str, name: str) -> str:
        words = ("get", kind, name, "--ignore-not-found", "-o", "jsonpath={.spec}")
        return space.cluster.kubectl(*words).stdout

    for asked in (rules, rules[:1]):
        written = json.dumps({**policy, "spec": {**spec, "rules": asked}})
        space.cluster.kubectl("apply", "-f", "-", stdin=written)
        for kind in ("validatingadmissionpolicy", "validatingadmissionpolicybinding"):
            eventually(lambda kind=kind, asked=asked: bool(there(kind, warns)) == (len(asked) > 1))
            eventually(lambda kind=kind: bool(there(kind, denies)))
    for kind, edit in (
        ("validatingadmissionpolicy", {"spec": {"matchConditions": [{"name": "never", "expression": "false"}]}}),
        ("validatingadmissionpolicybinding", {"spec": {"validationActions": ["Audit"]}}),
    ):
        before = there(kind, denies)
        space.cluster.kubectl("patch", kind, denies, "--type=merge", "-p", json.dumps(edit))
        eventually(lambda kind=kind, before=before: there(kind, denies) == before)


def test_a_whole_life(operator: OperatorProcess, own_space: Space) -> None:
    govern(own_space)
    own_space.apply(prompts(), declared("1"))
    first = own_space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    put_back(own_space, first)
    own_space.apply(declared("2", rollout=canary({"name": "half", "weight": 50})))
    second = own_space.wait("AIService", "chat", serves("2"))["status"]["servingRevision"]
    broken = Script(outcome="Crash").template()
    own_space.apply(declared("3", template=broken, rollout=canary()))
    assert own_space.wait("AIService", "chat", is_back)["status"]["servingRevision"] == second
    worse = incident()
    worse["spec"] |= {"service": "chat", "revision": second, "severity": "Sev4"}
    own_space.apply(worse)
    own_space.wait("AIIncident", "incident", lambda seen: seen.get("status", {}).get("state") == "Open")
    own_space.wait("AIService", "chat", lambda seen: seen["status"].get("evidenceHold") == ["incident"])
    for version in ("4", "5", "6"):
        own_space.apply(ai_service("chat", version, replicas=1, rollout=AT_ONCE | {"historyLimit": 1}))
        own_space.wait("AIService", "chat", serves(version))
    own_space.kubectl("wait", "--for=delete", "pdb/chat", "networkpolicy/chat", f"deployment/{first}", "--timeout=30s")
    own_space.kubectl("wait", "--for=delete", "riskbudget/chat", "--timeout=30s")
    evaluate(own_space)
    assert condition_of(own_space.get("aiservice", "chat"), "PolicyCompliant")["status"] == "True"
    own_space.cluster.kubectl("delete", "governancepolicy", POLICY)
    own_space.kubectl("delete", "aiservice", "chat")
    own_space.kubectl("wait", "--for=delete", CHILDREN, "-l", "leadsman.dev/service=chat", "--timeout=60s")
    assert len(own_space.list("airevisions", selector="leadsman.dev/service=chat")) == 6
    assert operator.metric("leadsman_api_requests_total", code="403") == 0
    # Kopf says of what it tries again that it is an error.
    assert not [one for one in operator.lines() if one["level"] == "error" and one["logger"].startswith("leadsman")]
    _compare(asked_by(OPERATOR, own_space))


def _compare(asked: list[Asked]) -> None:
    """With the role."""
    assert [one for one in asked if one.code == 403] == []
    used = {(one.group, one.resource, one.verb) for one in asked}
    given = set(rights())
    assert used <= given
    assert given - used <= AFTER_A_CRASH | NOT_HERE


def test_the_role_has_no_wildcard_and_no_right_of_a_persons() -> None:
    kubernetes = {"get", "list", "watch", "create", "update", "patch", "delete"}
    assert {verb for _, _, verb in rights()} <= kubernetes
    assert not [
        right for right in rights() if "*" in right or (right[1] in {"secrets", "aidecisions"} and right[2] == "create")
    ]
    assert not [
        right
        for right in rights()
        if right[0] == OURS and right[1] == "aiservices" and right[2] in {"update", "patch", "delete"}
    ]
