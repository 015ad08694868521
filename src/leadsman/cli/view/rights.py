"""Who holds a verb, by RBAC: bindings and the rules of the roles that they bind.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.api.meta import Model

Object = Mapping[str, Any]
_ANY: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """What is asked for."""

    verb: str
    group: str
    resource: str
    name: str = ""
    """Empty: no single object, as when something is created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """What is bound in a namespace, and cluster-wide, as far as it could be read."""

    bindings: tuple[Object, ...]
    """RoleBindings of the namespace, and ClusterRoleBindings."""
    roles: Mapping[tuple[str, str], Object]
    """By kind and name."""


class Holder(Model):
    kind: str
    """User, Group or ServiceAccount."""
    name: str
    """A ServiceAccount's as namespace/name."""
    by: tuple[str, ...]
    """The bindings, and what they bind: `RoleBinding approvers to ClusterRole leadsman-approver`."""
    may_write: bool = False
    """May it create AIDecisions in this namespace, too?"""


def holders(bound: Bindings, right: Right, needed: Right) -> tuple[Holder, ...]:
    """Who holds the right, people before groups before service accounts.

    Args:
        bound: what is bound.
        right: the verb that is asked for.
        needed: what else it takes to make use of it.
    """
    by: dict[tuple[str, str], list[str]] = {}
    writers = {subject for binding in _granting(bound, needed) for subject in _subjects(binding)}
    for binding in _granting(bound, right):
        role, said = binding["roleRef"], f"{binding['kind']} {binding['metadata']['name']}"
        for subject in _subjects(binding):
            by.setdefault(subject, []).append(f"{said} to {role['kind']} {role['name']}")
    order = {"User": 0, "Group": 1}
    return tuple(
        Holder(kind=kind, name=name, by=tuple(by[kind, name]), may_write=(kind, name) in writers)
        for kind, name in sorted(by, key=lambda one: (order.get(one[0], 2), one))
    )


def _granting(bound: Bindings, right: Right) -> Iterator[Object]:
    for binding in bound.bindings:
        role = bound.roles.get((binding["roleRef"]["kind"], binding["roleRef"]["name"]))
        if role is not None and any(grants(rule, right) for rule in role.get("rules") or ()):
            yield binding


def grants(rule: Object, right: Right) -> bool:
    """A rule with resourceNames grants nothing where no name is asked for."""
    names: Iterable[str] = rule.get("resourceNames") or ()
    return (
        _covers(rule.get("verbs"), right.verb)
        and _covers(rule.get("apiGroups"), right.group)
        and _covers(rule.get("resources"), right.resource)
        and (not names or right.name in names)
    )


def _covers(given: Iterable[str] | None, asked: str) -> bool:
    values = set(given or ())
    return _ANY in values or asked in values


def _subjects(binding: Object) -> Iterator[tuple[str, str]]:
    for subject in binding.get("subjects") or ():
        place = f"{subject.get('namespace', '')}/" if subject["kind"] == "ServiceAccount" else ""
        yield subject["kind"], f"{place}{subject['name']}"
