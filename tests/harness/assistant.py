"""The service of the demo on real nodes: the sample model server, governed, and what becomes of it."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from harness.cluster import Object, Space
from harness.manifests import MODEL_SERVER, ROOT
from harness.operator import OperatorProcess
from harness.services import reason_of, serves

NAME = "support-assistant"
DEMO: Object = yaml.safe_load((ROOT / "examples" / "rollout" / "service.yaml").read_text())
GOOD, BAD = "v2", "v3"
PATIENCE_SECONDS = 60
"""For a pod to get ready on a machine that does much else."""
Start = Callable[[OperatorProcess], None]
"""Starts an operator that ends with the test."""


@dataclass(frozen=True)
class Story:
    """A service in a namespace of its own, and the operator that looks after it."""

    space: Space
    rollout: dict[str, Any]
    spec: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of the service, besides."""

    def apply(self, version: str, *, replicas: int = 2, **knobs: str) -> None:
        """The demo's service as of that image. A knob is what its users do not know of."""
        made = copy.deepcopy(DEMO)
        spec = made["spec"]
        spec |= {"replicas": replicas, "rollout": self.rollout, **self.spec}
        spec["model"]["version"] = version
        (container,) = spec["template"]["spec"]["containers"]
        container["image"] = f"leadsman.dev/samples/model-server:{version}"
        container["env"] += [{"name": name, "value": value} for name, value in knobs.items()]
        self.space.apply(made)

    def prepare(self) -> None:
        """What it knows."""
        prompts = f"--from-file={MODEL_SERVER / 'model_server' / 'prompts.json'}"
        self.space.kubectl("create", "configmap", "support-prompts", prompts)
        self.space.kubectl("label", "configmap", "support-prompts", "leadsman.dev/input=true")

    def serve(self, *, replicas: int = 2) -> str:
        """The first revision, and its name."""
        self.prepare()
        self.apply("v1", replicas=replicas)
        return self.wait(serves("v1"))["status"]["servingRevision"]

    def wait(self, until: Callable[[Object], bool], *, within_seconds: float = 60) -> Object:
        return self.space.wait("AIService", NAME, until, within_seconds=within_seconds)

    def record(self, revision: str) -> Object:
        return self.space.get("airevision", revision)["status"]

    def events(self, reason: str) -> list[str]:
        found = self.space.kubectl("get", "events", "-o", "yaml", f"--field-selector=reason={reason}").stdout
        return [event["message"] for event in yaml.safe_load(found)["items"]]


def is_promoted(seen: Object) -> bool:
    return serves(GOOD)(seen) and reason_of(seen, "Ready") == "Promoted"


def is_back(seen: Object) -> bool:
    """Everyone is served by the revision before, and the other one is quarantined."""
    return reason_of(seen, "Stalled") == "RevisionQuarantined"
