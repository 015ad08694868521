"""What docs/operator.md says that the operator has to be allowed is enough, and it asks for nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster import Cluster, Space
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.services import ai_service, serves

pytestmark = pytest.mark.integration

DOCUMENTED = (ROOT / "docs" / "operator.md").read_text().partition("## What it needs to be allowed")[2]


def rules() -> list[dict[str, Any]]:
    rows = [line.strip("|").split("|") for line in DOCUMENTED.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip().replace("`", "") for cell in row] for row in rows]
    return [
        {
            "apiGroups": ["" if group == "core" else group],
            "resources": resources.split(", "),
            "verbs": verbs.split(", "),
        }
        for group, resources, verbs in cells
    ]


@pytest.fixture
def limited(definitions: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator with a service account that may do what the page says."""
    group = "rbac.authorization.k8s.io"
    name = f"operator-{space.name}"
    space.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "operator"}},
        {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules()},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "operator", "namespace": space.name}],
        },
    )
    config = yaml.safe_load(space.cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": space.kubectl("create", "token", "operator").stdout.strip()}
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    log = tmp_path / "operator.log"
    operator = OperatorProcess(cluster=space.cluster, log=log, namespaces=(space.name,), kubeconfig=kubeconfig)
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


def test_it_makes_changes_and_removes_all_that_a_service_needs(limited: OperatorProcess, space: Space) -> None:
    quick = {"strategy": "AllAtOnce", "bakeSeconds": 0, "historyLimit": 1}
    access = {"allowFrom": [{"namespace": space.name}]}
    space.kubectl("create", "configmap", "prompts", "--from-literal=greeting=hello")
    space.kubectl("label", "configmap", "prompts", "leadsman.dev/input=true")
    inputs = [{"configMap": "prompts"}, {"configMap": "forgotten"}]
    space.apply(ai_service("chat", "1", rollout=quick, access=access, inputs=inputs))
    space.kubectl("create", "configmap", "forgotten", "--from-literal=a=b")
    space.kubectl("label", "configmap", "forgotten", "leadsman.dev/input=true")
    space.wait("AIService", "chat", serves("1"))
    space.kubectl("patch", "service", "chat", "--type=merge", "-p", '{"spec": {"selector": {"app": "another"}}}')
    space.wait("Service", "chat", lambda seen: "app" not in seen["spec"]["selector"])
    for version in ("2", "3", "4"):
        space.apply(ai_service("chat", version, rollout=quick, replicas=1))
        space.wait("AIService", "chat", serves(version))
    space.kubectl("wait", "--for=delete", "poddisruptionbudget/chat", "networkpolicy/chat", "--timeout=30s")
    assert limited.metric("leadsman_api_requests_total", code="403") == 0
    assert not [line for line in limited.lines() if line["level"] == "error"]
