"""Who acts in these tests, and what RBAC lets them do before any policy is asked."""

from typing import Any, Final

from harness.cluster import Object, Space

RBAC: Final = "rbac.authorization.k8s.io"
EVERY_VERB_OF_KUBERNETES: Final = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

MALLORY: Final = ("--as=mallory",)
"""Owns the namespace: every verb of Kubernetes on everything in it, and none of Leadsman's."""
ERIN: Final = ("--as=erin",)
"""Develops services, and may make nothing else."""
FRANK: Final = ("--as=frank",)
"""Edits whatever is in the namespace, as Kubernetes' own role has it, which Leadsman's developer joins."""
RITA: Final = ("--as=rita",)
"""Risk officer."""
ALICE: Final = ("--as=alice", "--as-group=staff")
"""Approves."""
CAROL: Final = ("--as=carol",)
"""Approves, and waives."""
DAVE: Final = ("--as=dave",)
"""Approves for the service `chat`, and no other."""
OLIVIA: Final = ("--as=olivia",)
"""Signs as a risk officer, anywhere, and approves here."""
WANDA: Final = ("--as=wanda",)
"""Has every verb there is on everything in the namespace."""
PETRA: Final = ("--as=petra",)
"""May purge."""
ROOT: Final = ("--as=root", "--as-group=system:masters")
"""May do everything on this cluster."""


def account(space: Space, name: str) -> tuple[str, ...]:
    """A service account of the namespace."""
    return (f"--as=system:serviceaccount:{space.name}:{name}",)


def controller(name: str) -> tuple[str, ...]:
    """Of Kubernetes. Without accounts of their own controllers may do everything."""
    return (f"--as=system:serviceaccount:kube-system:{name}", "--as-group=system:masters")


CONTROLLER_MANAGER: Final = ("--as=system:kube-controller-manager", "--as-group=system:masters")


def introduce(space: Space) -> None:
    """All of them."""
    leadsman = ["leadsman.dev"]
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": EVERY_VERB_OF_KUBERNETES}
    waive = {"apiGroups": leadsman, "resources": ["aiservices"], "verbs": ["waive"]}
    chat = {"apiGroups": leadsman, "resources": ["aiservices"], "resourceNames": ["chat"], "verbs": ["approve"]}
    make = {"apiGroups": leadsman, "resources": ["aidecisions"], "verbs": ["create", "patch"]}
    records = ["aidecisions", "aiincidents", "airevisions", "evalruns"]
    purge = {"apiGroups": leadsman, "resources": records, "verbs": ["purge"]}
    attest = {"apiGroups": leadsman, "resources": ["aiservices"], "verbs": ["attest"]}
    account = {"apiGroups": [""], "resources": ["serviceaccounts"], "resourceNames": ["bot"], "verbs": ["use"]}
    sign = {
        "apiGroups": leadsman,
        "resources": ["decisionroles"],
        "resourceNames": ["risk-officer"],
        "verbs": ["sign"],
    }
    here = f"risk-officer-{space.name}"
    space.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ci"}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "bot"}},
        _role("Role", "owner", everything),
        _role("Role", "wildcard", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}),
        _role("Role", "waiver", waive),
        _role("Role", "chat-approver", chat, make),
        _role("Role", "purger", purge),
        _role("Role", "gitops", attest),
        _role("Role", "bot-user", account),
        _role("ClusterRole", here, sign),
        _bound("ClusterRoleBinding", here, "ClusterRole", here, _user("olivia")),
        _bound("RoleBinding", "owners", "Role", "owner", _user("mallory"), _user("petra")),
        _bound("RoleBinding", "wildcards", "Role", "wildcard", _user("wanda")),
        _bound("RoleBinding", "waivers", "Role", "waiver", _user("carol")),
        _bound("RoleBinding", "chat", "Role", "chat-approver", _user("dave")),
        _bound("RoleBinding", "purgers", "Role", "purger", _user("petra")),
        _bound("RoleBinding", "gitops", "Role", "gitops", _account(space, "ci")),
        _bound("RoleBinding", "bot-users", "Role", "bot-user", _user("frank")),
        _bound("RoleBinding", "editors", "ClusterRole", "edit", _user("frank"), _account(space, "ci")),
        _bound("RoleBinding", "risk-officers", "ClusterRole", "leadsman-risk-officer", _user("rita")),
        _bound("RoleBinding", "viewers", "ClusterRole", "leadsman-viewer", _user("erin")),
        _bound("RoleBinding", "developers", "ClusterRole", "leadsman-developer", _user("erin")),
        _bound(
            "RoleBinding",
            "approvers",
            "ClusterRole",
            "leadsman-approver",
            *(_user(name) for name in ("alice", "carol", "olivia")),
            _account(space, "bot"),
        ),
        _bound("RoleBinding", "evaluators", "ClusterRole", "leadsman-evaluator", _account(space, "ci")),
    )


def dismiss(space: Space) -> None:
    """What of them does not go with the namespace."""
    space.kubectl("delete", "clusterrole,clusterrolebinding", f"risk-officer-{space.name}")


def _role(kind: str, name: str, *rules: Object) -> Object:
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": {"name": name}, "rules": list(rules)}


def _bound(kind: str, name: str, role_kind: str, role: str, *subjects: Object) -> Object:
    reference = {"apiGroup": RBAC, "kind": role_kind, "name": role}
    metadata: dict[str, Any] = {"name": name}
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": reference,
        "subjects": list(subjects),
    }


def _user(name: str) -> Object:
    return {"apiGroup": RBAC, "kind": "User", "name": name}


def _account(space: Space, name: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": space.name}
