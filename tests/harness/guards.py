"""The admission policies on a test's cluster, such that tests of other folders do not notice them.

They hold in namespaces with a label only, and the operator that they are told of is the cluster's administrator.
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from harness.cluster import Cluster, Object, Space
from harness.gates import suite
from harness.manifests import ROOT
from harness.waiting import eventually

MANIFESTS: Final = ROOT / "manifests" / "admission"
ADMINISTRATOR: Final = "leadsman-administrator"
"""Of a sandbox: who a test's kubectl is, and an operator that runs as a process."""
GUARDED: Final = "tests.leadsman.dev/guarded"
STAMPED: Final = "tests.leadsman.dev/stamped"
"""Labels of namespaces in which policies validate, and in which they mutate."""
OBJECTS: Final[tuple[Object, ...]] = tuple(
    found
    for path in sorted(MANIFESTS.glob("*.yaml"))
    if path.stem != "kustomization"
    for found in yaml.safe_load_all(path.read_text())
)


def overlay(folder: Path, *, operator: str) -> Path:
    """The operator is named as the kustomization tells users to."""
    rename = [{"op": "replace", "path": "/spec/variables/0/expression", "value": f"['{operator}']"}]
    target = {"kind": "ValidatingAdmissionPolicy", "labelSelector": "leadsman.dev/names-operators"}
    patches = [{"target": target, "patch": json.dumps(rename)}]
    for kind, label in (("ValidatingAdmissionPolicyBinding", GUARDED), ("MutatingAdmissionPolicyBinding", STAMPED)):
        narrow = {"namespaceSelector": {"matchLabels": {label: "true"}}}
        patch = [{"op": "add", "path": "/spec/matchResources", "value": narrow}]
        patches.append({"target": {"kind": kind}, "patch": json.dumps(patch)})
    written = {"resources": [os.path.relpath(MANIFESTS, folder.resolve())], "patches": patches}
    (folder / "kustomization.yaml").write_text(json.dumps(written))
    return folder


@contextmanager
def guards(cluster: Cluster, folder: Path) -> Generator[None]:
    """In force within the block, and gone after it."""
    words = ("-k", str(overlay(folder, operator=ADMINISTRATOR)))
    cluster.kubectl("apply", "--server-side", "-k", str(MANIFESTS.parent / "rbac"))
    try:
        cluster.kubectl("apply", "--server-side", *words)
        with guarded_space(cluster, "guards-in-force") as space:
            space.apply(suite())
            eventually(lambda: _stamps(space) and _refuses(space), within_seconds=60)
        yield
    finally:
        cluster.kubectl("delete", "--ignore-not-found", *words)


@contextmanager
def guarded_space(cluster: Cluster, name: str) -> Generator[Space]:
    """A namespace where they hold."""
    labels = {GUARDED: "true", STAMPED: "true"}
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
