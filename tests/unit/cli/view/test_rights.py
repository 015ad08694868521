"""Who holds a verb, by RBAC."""

from typing import Any

import pytest

from leadsman.cli.view.rights import Bindings, Right, grants, holders

Object = dict[str, Any]
APPROVE = Right(verb="approve", group="leadsman.dev", resource="aiservices", name="chat")
WRITE = Right(verb="create", group="leadsman.dev", resource="aidecisions")
RULE: Object = {"apiGroups": ["leadsman.dev"], "resources": ["aiservices"], "verbs": ["approve"]}
WRITES: Object = {"apiGroups": ["leadsman.dev"], "resources": ["aidecisions"], "verbs": ["create"]}


def user(name: str, kind: str = "User", **more: str) -> Object:
    return {"kind": kind, "name": name, **more}


def binding(
    name: str, role: str, *subjects: Object, kind: str = "RoleBinding", role_kind: str = "ClusterRole"
) -> Object:
    return {
        "kind": kind,
        "metadata": {"name": name},
        "roleRef": {"kind": role_kind, "name": role},
        "subjects": list(subjects),
    }


def bound(roles: dict[tuple[str, str], list[Object]], *bindings: Object) -> Bindings:
    return Bindings(bindings=bindings, roles={key: {"rules": rules} for key, rules in roles.items()})


@pytest.mark.parametrize(
    ("change", "granted"),
    [
        ({}, True),
        ({"verbs": ["*"]}, True),
        ({"resources": ["*"]}, True),
        ({"apiGroups": ["*"]}, True),
        ({"resourceNames": ["chat", "x"]}, True),
        ({"resourceNames": ["x"]}, False),
        ({"verbs": ["reject"]}, False),
        ({"apiGroups": [""]}, False),
        ({"resources": ["aiservices/status"]}, False),
        ({"resources": None, "nonResourceURLs": ["*"]}, False),
    ],
)
def test_a_rule_grants_what_it_covers(change: Object, granted: bool) -> None:
    assert grants({**RULE, **change}, APPROVE) is granted


def test_a_rule_about_names_grants_no_creation() -> None:
    assert not grants({**WRITES, "resourceNames": ["one"]}, WRITE)


def test_people_come_first_with_all_the_bindings_that_make_them_holders() -> None:
    roles = {("ClusterRole", "approver"): [RULE, WRITES], ("Role", "chat"): [{**RULE, "resourceNames": ["chat"]}]}
    account = user("bot", "ServiceAccount", namespace="shop")
    found = holders(
        bound(
            roles,
            binding("approvers", "approver", account, user("staff", "Group"), user("alice")),
            {**binding("all", "approver", user("alice")), "kind": "ClusterRoleBinding"},
            binding("chat", "chat", user("dave"), role_kind="Role"),
            binding("gone", "nobody-wrote-it", user("mallory")),
            {**binding("empty", "approver"), "subjects": None},
        ),
        APPROVE,
        WRITE,
    )

    assert [(one.kind, one.name) for one in found] == [
        ("User", "alice"), ("User", "dave"), ("Group", "staff"), ("ServiceAccount", "shop/bot"),
    ]  # fmt: skip
    assert found[0].by == (
        "RoleBinding approvers to ClusterRole approver",
        "ClusterRoleBinding all to ClusterRole approver",
    )
    assert [one.may_write for one in found] == [True, False, True, True]


def test_a_role_of_another_kind_by_the_same_name_grants_nothing() -> None:
    found = holders(
        bound({("ClusterRole", "chat"): [RULE]}, binding("chat", "chat", user("dave"), role_kind="Role")),
        APPROVE,
        WRITE,
    )

    assert found == ()
