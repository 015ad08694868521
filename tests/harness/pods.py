"""Workloads whose pods behave as told on simulated nodes; src/leadsman/sandbox/local/nodes/pods.yaml says how."""

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["Ready", "NeverReady", "Crash", "OOMKilled", "ImagePull", "Evicted", "Fail"]
PREFIX = "sandbox.leadsman.dev"


@dataclass(frozen=True, kw_only=True)
class Script:
    """What becomes of a pod."""

    outcome: Outcome = "Ready"
    ready_after: str = ""
    """As in `2s`, for a slow start."""
    good_per_second: float | None = None
    bad_per_second: float | None = None
    thumbs_up_per_second: float | None = None
    thumbs_down_per_second: float | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])

    def template(self) -> dict[str, Any]:
        numbers = {
            "good-per-second": self.good_per_second,
            "bad-per-second": self.bad_per_second,
            "thumbs-up-per-second": self.thumbs_up_per_second,
            "thumbs-down-per-second": self.thumbs_down_per_second,
        }
        annotations = {f"{PREFIX}/{key}": str(value) for key, value in numbers.items() if value is not None}
        if self.ready_after:
            annotations[f"{PREFIX}/ready-after"] = self.ready_after
        return {
            "metadata": {"labels": {**self.labels, f"{PREFIX}/outcome": self.outcome}, "annotations": annotations},
            "spec": {"containers": [{"name": "main", "image": "simulated"}]},
        }


def deployment(name: str, script: Script | None = None, *, replicas: int = 1) -> dict[str, Any]:
    script = script or Script()
    template = script.template()
    template["metadata"]["labels"]["app"] = name
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template},
    }


def job(name: str, script: Script | None = None) -> dict[str, Any]:
    template = (script or Script()).template()
    template["spec"]["restartPolicy"] = "Never"
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": template},
    }
