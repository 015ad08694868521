"""Revisions of the service in `harness.moments`, with their Deployments and pods, as the API server shows them."""

from typing import Any

from harness.cluster import Object
from harness.manifests import EXAMPLES


def revision(name: str, number: int, **status: Any) -> Object:
    example = EXAMPLES["airevision"]
    spec = example["spec"] | {"service": example["spec"]["service"] | {"name": "assistant"}, "number": number}
    return {**example, "metadata": {"name": name}, "spec": spec, "status": {"observedGeneration": 1} | status}


def deployment(name: str, desired: int, ready: int) -> Object:
    labels = {"leadsman.dev/service": "assistant", "leadsman.dev/revision": name}
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"replicas": desired},
        "status": {"readyReplicas": ready},
    }


def pod(revision: str, name: str, *, ready: bool = True, restarts: int = 0) -> Object:
    labels = {"leadsman.dev/service": "assistant", "leadsman.dev/revision": revision}
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": f"{revision}-{name}", "labels": labels},
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "containerStatuses": [{"restartCount": restarts, "state": {"running": {}}}],
        },
    }
