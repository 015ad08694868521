"""Simulated nodes (kwok): pods are scheduled and become ready without running. No root needed, ready in a second.

How a pod behaves is scripted by labels and annotations, see pods.yaml beside this file.
"""

import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import yaml

from leadsman.sandbox.parts.addresses import LOOPBACK, PODS
from leadsman.sandbox.parts.blueprint import Blueprint
from leadsman.sandbox.parts.kubectl import Kubectl
from leadsman.sandbox.parts.process import Command

BEHAVIOUR = Path(__file__).with_name("pods.yaml")


@contextlib.asynccontextmanager
async def simulated_nodes(plan: Blueprint, kubectl: Kubectl, count: int) -> AsyncGenerator[list[str]]:
    """Yields their names; they are ready a moment later."""
    async with plan.process(kwok(plan)):
        nodes = [node(number) for number in range(1, count + 1)]
        await kubectl.apply(nodes)
        yield [wanted["metadata"]["name"] for wanted in nodes]


def kwok(plan: Blueprint) -> Command:
    config = plan.client_config("kwok", user="leadsman-simulated-nodes", groups=("system:masters",))
    address = plan.addresses.at("kwok")
    behaviour = plan.place.config / "kwok.yaml"
    behaviour.write_text("\n---\n".join(json.dumps(document) for document in yaml.safe_load(BEHAVIOUR.read_text())))
    return Command(
        name="kwok",
        argv=(
            str(plan.binaries["kwok"]),
            f"--kubeconfig={config}",
            f'--config="{behaviour}"',  # kwok reads a list of them, as CSV
            "--manage-all-nodes=true",
            f"--node-ip={LOOPBACK}",
            f"--node-port={plan.addresses.ports['kwok']}",
            f"--server-address={address}",
            f"--cidr={PODS}",
            "--node-lease-duration-seconds=40",
            "--v=WARN",
        ),
        ready=plan.answers(f"http://{address}/healthz"),
    )


def node(number: int) -> dict[str, Any]:
    """A Node as it is created; kwok fills in its status and keeps its lease."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"simulated-{number}",
            "labels": {
                "kubernetes.io/hostname": f"simulated-{number}",
                "kubernetes.io/os": "linux",
                "leadsman.dev/nodes": "simulated",
            },
        },
    }
