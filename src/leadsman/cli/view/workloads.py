"""Deployments and pods of a revision, and what is wrong with them, in the words that kubectl uses."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from leadsman.api.meta import Model

Object = Mapping[str, Any]
NOTHING: Final[Object] = {}


class PodView(Model):
    name: str
    ready: bool
    restarts: int
    reason: str
    """Running, or why not."""
    message: str = ""


class DeploymentView(Model):
    name: str
    desired: int
    ready: int
    refusal: str = ""
    """Why pods are refused (quota, pod security)."""
    pods: tuple[PodView, ...] = ()
    """Those with something wrong first."""


def view_deployment(deployment: Object, pods: Iterable[Object]) -> DeploymentView:
    status: Object = deployment.get("status") or NOTHING
    failure = _condition(status, "ReplicaFailure")
    views = [view_pod(pod) for pod in pods]
    return DeploymentView(
        name=deployment["metadata"]["name"],
        desired=deployment["spec"].get("replicas", 1),
        ready=status.get("readyReplicas", 0),
        refusal=failure.get("message", "") if failure.get("status") == "True" else "",
        pods=tuple(sorted(views, key=lambda pod: (pod.ready, pod.name))),
    )


def view_pod(pod: Object) -> PodView:
    status: Object = pod.get("status") or NOTHING
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    reason, message = _reason(pod, status, containers)
    return PodView(
        name=pod["metadata"]["name"],
        ready=_condition(status, "Ready").get("status") == "True",
        restarts=sum(container.get("restartCount", 0) for container in containers),
        reason=reason,
        message=" ".join(message.split()),
    )


def _reason(pod: Object, status: Object, containers: list[Object]) -> tuple[str, str]:
    if pod["metadata"].get("deletionTimestamp"):
        return "Terminating", ""
    if status.get("reason"):
        return status["reason"], status.get("message", "")
    for container in containers:
        if found := _trouble(container):
            return found
    scheduled = _condition(status, "PodScheduled")
    if scheduled.get("status") == "False":
        return scheduled.get("reason", "Unschedulable"), scheduled.get("message", "")
    if status.get("phase") == "Running" and _condition(status, "Ready").get("status") != "True":
        return "NotReady", _condition(status, "Ready").get("message", "")
    return status.get("phase", "Unknown"), ""


def _trouble(container: Object) -> tuple[str, str] | None:
    """Why a container does not run; with how it ended last, which is what its owner wants to know."""
    state: Object = container.get("state") or NOTHING
    waiting: Object = state.get("waiting") or NOTHING
    ended: Object = state.get("terminated") or NOTHING
    before: Object = container.get("lastState") or NOTHING
    if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
        return waiting["reason"], _ending(before.get("terminated") or NOTHING) or waiting.get("message", "")
    if ended.get("exitCode"):
        return ended.get("reason", "Error"), _ending(ended)
    return None


def _ending(ended: Object) -> str:
    if not ended:
        return ""
    said = f": {ended['message'].strip().splitlines()[-1]}" if (ended.get("message") or "").strip() else ""
    return f"last exit {ended.get('exitCode', '?')} ({ended.get('reason', 'Error')}){said}"


def _condition(status: Object, type_: str) -> Object:
    return next((one for one in status.get("conditions") or () if one["type"] == type_), NOTHING)
