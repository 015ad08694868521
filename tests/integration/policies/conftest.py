"""An operator with its own account and role, so that the administrator is one of its users: rules hold for them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.accounts import kubeconfig_of
from harness.cluster import Cluster, Object, Space
from harness.guards import HOME, RBAC
from harness.operator import OperatorProcess
from harness.waiting import eventually


@pytest.fixture
def operator(definitions: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    definitions.kubectl("apply", "--server-side", "-k", str(RBAC))
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "leadsman", "namespace": HOME}}
    Space(definitions, HOME).apply(home, account)
    operator = OperatorProcess(
        cluster=definitions,
        log=tmp_path / "operator.log",
        namespaces=(space.name,),
        kubeconfig=kubeconfig_of(Space(definitions, HOME), "leadsman", tmp_path),
    )
    try:
        operator.start()
        yield operator
        assert operator.metric("leadsman_api_requests_total", code="403") == 0
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


class Office:
    """The risk office. Its policies are about one namespace, and gone after the test."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._written: set[str] = set()

    def writes(self, name: str, *rules: Object, **spec: Any) -> str:
        """A policy of this name, or what it is from now on. With its full name."""
        full = f"{name}-{self._space.name[-6:]}"
        match = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": self._space.name}}}
        asked = {"match": match, **({"rules": list(rules)} if rules else {}), **spec}
        made = {
            "apiVersion": "leadsman.dev/v1alpha1",
            "kind": "GovernancePolicy",
            "metadata": {"name": full},
            "spec": asked,
        }
        self._space.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(made))
        self._written.add(full)
        return full

    def sees(self, name: str) -> Object:
        return json.loads(self._space.cluster.kubectl("get", "governancepolicy", name, "-o", "json").stdout)

    def waits(self, name: str, **status: object) -> Object:
        """Until the policy's status says so of the policy as it is."""

        def said() -> Object | None:
            seen = self.sees(name)
            found = seen.get("status", {})
            is_current = found.get("observedGeneration") == seen["metadata"]["generation"]
            return seen if is_current and status.items() <= found.items() else None

        return eventually(said) or {}

    def waits_until_it_says(self, name: str, condition: str, status: str, reason: str) -> str:
        """The message of the policy's condition, once it is so."""

        def said() -> str | None:
            seen = self.sees(name)
            for one in seen.get("status", {}).get("conditions", []):
                is_current = one["observedGeneration"] == seen["metadata"]["generation"]
                if is_current and (one["type"], one["status"], one["reason"]) == (condition, status, reason):
                    return one.get("message", "") or reason
            return None

        return eventually(said) or ""

    def leaves(self) -> None:
        if self._written:
            self._space.cluster.kubectl("delete", "governancepolicy", *sorted(self._written), "--ignore-not-found")


@pytest.fixture
def office(space: Space) -> Iterator[Office]:
    with ExitStack() as after:
        office = Office(space)
        after.callback(office.leaves)
        yield office
