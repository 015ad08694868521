"""What the roles of the manifests let people do: no more verbs of Leadsman's than the documentation says."""

from typing import Final, get_args

import pytest

from harness.cluster import Object, Space
from harness.waiting import eventually
from leadsman.api.v1alpha1.aidecision import Decision

pytestmark = pytest.mark.integration

SAFER: Final = {"pause", "abort", "rollback"}
FORWARD: Final = {"approve", "reject", "revoke", "retry", "promote", "resume", "closeincident"}
RISK: Final = {"approve", "reject", "revoke", "waive", "resume", "closeincident", "retier", "certify"}
VERBS: Final[dict[str, set[str]]] = {
    "view": set(),
    "edit": SAFER,
    "admin": SAFER,
    "leadsman-viewer": set(),
    "leadsman-developer": SAFER,
    "leadsman-evaluator": {"evaluate"},
    "leadsman-approver": SAFER | FORWARD,
    "leadsman-risk-officer": SAFER | RISK,
    "leadsman-break-glass": SAFER | {"resume", "breakglass"},
    "leadsman-auditor": set(),
    "leadsman-operator": set(),
}
"""Of Leadsman's, by role."""
ON_SERVICES: Final = {*(kind.lower() for kind in get_args(Decision)), "evaluate", "retier", "attest"}
KINDS: Final = {"aiservices", "evalsuites", "evalruns", "aidecisions", "aiincidents", "riskbudgets", "airevisions"}
CREATES: Final[dict[str, set[str]]] = {
    "view": set(),
    "edit": {"aiservices", "evalsuites", "aidecisions", "aiincidents"},
    "leadsman-evaluator": {"evalruns"},
    "leadsman-approver": {"aidecisions"},
    "leadsman-risk-officer": {"aidecisions", "aiincidents", "riskbudgets"},
    "leadsman-break-glass": {"aidecisions", "aiincidents"},
    "leadsman-auditor": set(),
    "leadsman-operator": {"aiservices", "evalruns", "airevisions", "riskbudgets", "aiincidents"},
}
"""What they may create, by role."""


def may(space: Space, user: str, verb: str, resource: str) -> bool:
    """Says the API server."""
    reviews = space.cluster.client.resources.get(api_version="authorization.k8s.io/v1", kind="SubjectAccessReview")
    asked: Object = {"namespace": space.name, "group": "leadsman.dev", "resource": resource, "verb": verb}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
    return reviews.create(body={**body, "spec": {"user": user, "resourceAttributes": asked}}).status.allowed


def bind(space: Space, role: str) -> str:
    """A user of the namespace who has this role and no other."""
    user = f"only-{role}"
    space.kubectl("create", "rolebinding", user, f"--clusterrole={role}", f"--user={user}")
    # The cluster adds roles to its own a moment later.
    eventually(lambda: may(space, user, "pause" if role == "leadsman-developer" else "list", "aiservices"))
    return user


@pytest.mark.parametrize("role", VERBS)
def test_a_role_has_its_verbs_and_no_other(own_space: Space, role: str) -> None:
    user = bind(own_space, role)
    asked = [*((verb, "aiservices") for verb in ON_SERVICES), ("certify", "evalsuites")]
    asked += [("purge", kind) for kind in ("airevisions", "evalruns", "aidecisions", "aiincidents")]
    assert {verb for verb, resource in asked if may(own_space, user, verb, resource)} == VERBS[role]


@pytest.mark.parametrize("role", CREATES)
def test_a_role_makes_its_kinds_and_no_other(own_space: Space, role: str) -> None:
    user = bind(own_space, role)
    assert {kind for kind in KINDS if may(own_space, user, "create", kind)} == CREATES[role]
