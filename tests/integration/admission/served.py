"""A service that serves, with all that belongs to it, and what somebody would put in its place."""

import copy
from typing import Any, Final

from harness.cluster import Object, Space
from harness.gates import suite
from harness.manifests import EXAMPLES
from harness.pods import deployment
from harness.rollouts import AT_ONCE
from harness.services import ai_service, serves
from harness.waiting import eventually
from integration.admission.scene import Scene

SERVICE: Final = "leadsman.dev/service"
REVISION: Final = "leadsman.dev/revision"
LABELS: Final = {SERVICE: "chat", REVISION: "<revision>"}
CERTIFIED: Final = {"certified.leadsman.dev/topic": "safety"}
ELSEWHERE: Final = {"addresses": ["192.0.2.1"], "conditions": {"ready": True}}
"""Where no pod of the service is."""


def declared(version: str = "1", **spec: Any) -> Object:
    """As High, in a namespace where Limited is the least."""
    full: dict[str, Any] = {
        "risk": {"tier": "High"},
        "inputs": [{"configMap": "prompts"}],
        "access": {"allowFrom": [{"namespace": "default"}]},
        "riskBudget": {"channels": [{"name": "unmonitored", "minutes": 60}]},
        "rollout": AT_ONCE,
        **spec,
    }
    return ai_service("chat", version, None, **full)


def serve(space: Space) -> Scene:
    """Until the operator, who has to be there, has done it."""
    space.apply(prompts(), declared(change={"author": "erin"}), suite(), certified(), incident())
    space.apply(deployment("stranger"), slice_("strangers", name="strangers"), unbound())
    served = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    selector = f"{SERVICE}=chat"
    (copied,) = space.list("configmaps", selector=REVISION)
    (made,) = space.list("replicasets", selector=selector)
    (listed,) = eventually(lambda: space.list("endpointslices", selector=selector))
    pod = space.list("pods", selector=selector)[0]
    found = {"copy": copied, "replicaset": made, "slice": listed, "pod": pod}
    return Scene(space, {"revision": served, **{mark: one["metadata"]["name"] for mark, one in found.items()}})


def prompts() -> Object:
    metadata = {"name": "prompts", "labels": {"leadsman.dev/input": "true"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"system": "Be kind."}}


def certified(name: str = "certified", **spec: Any) -> Object:
    made = suite(name, **spec)
    return made | {"metadata": {"name": name, "labels": CERTIFIED}}


def incident() -> Object:
    return copy.deepcopy(EXAMPLES["aiincident"]) | {"metadata": {"name": "incident"}}


def replica_set(name: str, *, labels: Object = LABELS, **metadata: Any) -> Object:
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "mine"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, **metadata},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


def pod(name: str, **metadata: Any) -> Object:
    """As if it were of the revision."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": LABELS, **metadata},
        "spec": {"containers": [{"name": "main", "image": "mine"}]},
    }


def unbound() -> Object:
    """A pod that no scheduler takes care of."""
    made = pod("unbound", labels={})
    return made | {"spec": made["spec"] | {"schedulerName": "nobody"}}


def bound(name: str, labels: Object) -> Object:
    metadata = {"name": name, "labels": labels}
    target = {"apiVersion": "v1", "kind": "Node", "name": "node-0"}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}


def owner(kind: str, name: str, api: str = "apps/v1") -> Object:
    return {"ownerReferences": [{"apiVersion": api, "kind": kind, "name": name, "uid": "1", "controller": True}]}


def service(name: str, selector: Object, **metadata: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, **metadata},
        "spec": {"selector": selector, "ports": [{"port": 80}]},
    }


def slice_(of: str, *, name: str = "attempt", **labels: str) -> Object:
    """With an address from elsewhere."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": name, "labels": {"kubernetes.io/service-name": of, **labels}},
        "addressType": "IPv4",
        "endpoints": [ELSEWHERE],
        "ports": [{"name": "http", "port": 8080}],
    }
