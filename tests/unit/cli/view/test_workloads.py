"""What is wrong with pods, in the words that kubectl uses."""

from typing import Any

import pytest

from harness.cluster import Object
from leadsman.cli.view.workloads import PodView, view_deployment, view_pod

OOM = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}


def pod(name: str = "a", *containers: Object, **status: Any) -> Object:
    ready = status.pop("ready", False)
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}, *status.pop("conditions", [])]
    return {
        "metadata": {"name": name},
        "status": {"phase": "Running", "conditions": conditions, "containerStatuses": list(containers)} | status,
    }


def waits(reason: str, message: str = "", *, restarts: int = 0, last: Object | None = None) -> Object:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": "main", "restartCount": restarts, "state": state, "lastState": last or {}}


@pytest.mark.parametrize(
    ("found", "reason", "message"),
    [
        (pod(ready=True), "Running", ""),
        (pod(), "NotReady", ""),
        (pod("a", waits("CrashLoopBackOff", "back-off 5m", last=OOM)), "CrashLoopBackOff", "last exit 137 (OOMKilled)"),
        (pod("a", waits("ImagePullBackOff", "no such image")), "ImagePullBackOff", "no such image"),
        (pod("a", waits("ContainerCreating"), phase="Pending"), "Pending", ""),
        (pod(phase="Failed", reason="Evicted", message="low on memory"), "Evicted", "low on memory"),
        (
            pod("a", {"state": {"terminated": {"exitCode": 3, "reason": "Error", "message": "x\nno key\n"}}}),
            "Error",
            "last exit 3 (Error): no key",
        ),
        (
            pod(
                phase="Pending",
                conditions=[
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
                ],
            ),
            "Unschedulable",
            "0/3 nodes",
        ),
        (
            pod("a", {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}, phase="Succeeded"),
            "Succeeded",
            "",
        ),
        ({"metadata": {"name": "a", "deletionTimestamp": "2026-11-23T10:00:00Z"}}, "Terminating", ""),
        ({"metadata": {"name": "a"}}, "Unknown", ""),
    ],
)
def test_a_pod_says_why_it_does_not_serve(found: Object, reason: str, message: str) -> None:
    view = view_pod(found)

    assert (view.reason, view.message) == (reason, message)
    assert view.ready == (reason == "Running")


def test_restarts_of_all_containers_count() -> None:
    found = pod("a", waits("CrashLoopBackOff", restarts=3), {"name": "sidecar", "restartCount": 2, "state": {}})

    assert view_pod(found).restarts == 5


def test_pods_with_something_wrong_come_first() -> None:
    deployment = {"metadata": {"name": "web"}, "spec": {"replicas": 3}, "status": {"readyReplicas": 2}}

    view = view_deployment(deployment, [pod("a", ready=True), pod("c"), pod("b", ready=True)])

    assert [one.name for one in view.pods] == ["c", "a", "b"]
    assert (view.ready, view.desired, view.refusal) == (2, 3, "")


def test_a_quota_that_refuses_pods_is_shown() -> None:
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}
    deployment = {"metadata": {"name": "web"}, "spec": {"replicas": 1}, "status": {"conditions": [refused]}}

    assert view_deployment(deployment, []).refusal == "exceeded quota"


def test_a_deployment_that_nobody_has_looked_at_has_no_ready_pods() -> None:
    view = view_deployment({"metadata": {"name": "web"}, "spec": {"replicas": 0}}, [])

    assert view.to_dict() == {"name": "web", "desired": 0, "ready": 0, "refusal": "", "pods": []}
    assert isinstance(view_pod(pod()), PodView)
