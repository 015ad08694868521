"""The admission policies on a test's cluster, such that tests of other folders do not notice them.

They hold in namespaces with a label only. The operators that they are told of are the one with the account of the
manifests, and the cluster's administrator, so that tests can write what only an operator may.
"""

import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from harness.cluster import Cluster, Object, Space
from harness.gates import suite
from harness.manifests import ROOT
from harness.waiting import eventually

MANIFESTS: Final = ROOT / "manifests" / "admission"
RBAC: Final = ROOT / "manifests" / "rbac"
ADMINISTRATOR: Final = "leadsman-administrator"
"""Of a sandbox: who a test's kubectl is, and an operator that runs as a process."""
HOME: Final = "leadsman-system"
OPERATOR: Final = f"system:serviceaccount:{HOME}:leadsman"
"""Who the operator is by default."""
ONLY_ASKS: Final = "operator.aiservices.leadsman.dev"
"""The policy that keeps operators from declaring services: tests do, as the administrator."""
GUARDED: Final = "tests.leadsman.dev/guarded"
STAMPED: Final = "tests.leadsman.dev/stamped"
"""Labels of namespaces in which policies validate, and in which they mutate."""
OBJECTS: Final[tuple[Object, ...]] = tuple(
    found
    for path in sorted(MANIFESTS.glob("*.yaml"))
    if path.stem != "kustomization"
    for found in yaml.safe_load_all(path.read_text())
)


def overlay(folder: Path, *operators: str, everywhere: bool = False) -> Path:
    """They are named as the kustomization tells users to. By default they hold in labelled namespaces only."""
    kind = {"kind": "ValidatingAdmissionPolicy"}
    patches = [
        {"target": {**kind, "labelSelector": "leadsman.dev/names-operators"}, "patch": _named(operators)},
        {"target": {**kind, "name": ONLY_ASKS}, "patch": _named(one for one in operators if one != ADMINISTRATOR)},
    ]
    narrowed = (("ValidatingAdmissionPolicyBinding", GUARDED), ("MutatingAdmissionPolicyBinding", STAMPED))
    for kind, label in () if everywhere else narrowed:
        narrow = {"namespaceSelector": {"matchLabels": {label: "true"}}}
        patch = [{"op": "add", "path": "/spec/matchResources", "value": narrow}]
        patches.append({"target": {"kind": kind}, "patch": json.dumps(patch)})
    written = {"resources": [os.path.relpath(MANIFESTS, folder.resolve())], "patches": patches}
    (folder / "kustomization.yaml").write_text(json.dumps(written))
    return folder


def _named(operators: Iterable[str]) -> str:
    value = f"[{', '.join(repr(one) for one in operators)}]"
    return json.dumps([{"op": "replace", "path": "/spec/variables/0/expression", "value": value}])


@contextmanager
def guards(cluster: Cluster, folder: Path) -> Generator[None]:
    """In force within the block, and gone after it."""
    words = ("-k", str(overlay(folder, OPERATOR, ADMINISTRATOR)))
    cluster.kubectl("apply", "--server-side", "-k", str(RBAC))
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "leadsman", "namespace": HOME}}
    Space(cluster, HOME).apply(home, account)
    try:
        cluster.kubectl("apply", "--server-side", *words)
        with guarded_space(cluster, "guards-in-force") as space:
            space.apply(suite())
            eventually(lambda: _stamps(space) and _refuses(space), within_seconds=60)
        yield
    finally:
        cluster.kubectl("delete", "--ignore-not-found", *words)


@contextmanager
def guarded_space(cluster: Cluster, name: str, **labels: str) -> Generator[Space]:
    """A namespace where they hold, with these labels of leadsman.dev."""
    labels = {GUARDED: "true", STAMPED: "true", **{f"leadsman.dev/{key}": value for key, value in labels.items()}}
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(made))
    space = Space(cluster, name)
    space.wait("ServiceAccount", "default", lambda _: True)
    try:
        yield space
    finally:
        cluster.kubectl("delete", "namespace", name, "--wait=false")


def decision(decision: str, *, name: str = "signed", service: str = "chat", **spec: object) -> Object:
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIDecision",
        "metadata": {"name": name},
        "spec": {
            "service": service,
            "revision": f"{service}-9b2e41c07d",
            "decision": decision,
            "reason": "read the difference of the prompts",
            **spec,
        },
    }


def _stamps(space: Space) -> bool:
    words = ("create", "--dry-run=server", "-o", "jsonpath={.spec.actor.username}", "-f", "-")
    return space.kubectl(*words, stdin=json.dumps(decision("Approve")), check=False).stdout == ADMINISTRATOR


def _refuses(space: Space) -> bool:
    """The policy whose binding comes last."""
    who = ("--as=somebody", "--as-group=system:masters")
    words = ("patch", "evalsuite", suite()["metadata"]["name"], "--subresource=status", "--type=merge", "-p", "{}")
    return "ValidatingAdmissionPolicy" in space.kubectl(*who, *words, check=False).stderr
