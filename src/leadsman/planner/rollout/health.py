"""What is wrong with the pods of a revision, in words, and what of it no pod recovers from by waiting.

A crash loop, a container killed for memory and a container that keeps restarting are failures at once. An image that
cannot be pulled, an eviction, a pod without a node or one that never gets ready may heal: they are causes, which the
progress deadline turns into a failure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from leadsman.planner.world import Pod, World

RESTARTS: Final = 2
"""So many restarts of a container may be bad luck."""
_IMAGE = frozenset({"ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError"})
_STARTING = frozenset({"ContainerCreating", "PodInitializing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    cause: str
    """In words, with what the pod said."""
    pods: tuple[str, ...] = ()
    """That have it. None: it keeps pods from being made."""
    at_once: bool = False
    """Does waiting not help?"""

    def __str__(self) -> str:
        if not self.pods:
            return self.cause
        return f"pod {self.pods[0]}: {self.cause}" if len(self.pods) == 1 else f"{len(self.pods)} pods: {self.cause}"


def findings(world: World, revision: str) -> tuple[Finding, ...]:
    """What no waiting helps comes first. Pods with the same trouble are one finding."""
    found: dict[tuple[bool, str], list[str]] = {}
    for pod in world.pods:
        if pod.revision == revision and (trouble := _trouble(pod)):
            found.setdefault(trouble, []).append(pod.name)
    of_pods = (
        Finding(cause=cause, pods=tuple(sorted(pods)), at_once=at_once) for (at_once, cause), pods in found.items()
    )
    ordered = sorted(of_pods, key=lambda one: (not one.at_once, -len(one.pods), one.pods))
    return (*ordered, *_refused(world, revision))


def failure(world: World, revision: str) -> str | None:
    """Why it has failed already, without any deadline."""
    return next((str(finding) for finding in findings(world, revision) if finding.at_once), None)


def causes(world: World, revision: str) -> tuple[str, ...]:
    """Why it is not ready."""
    return tuple(str(finding) for finding in findings(world, revision))


def _refused(world: World, revision: str) -> Iterator[Finding]:
    workload = world.workloads.get(revision)
    if workload is not None and workload.refusal:
        yield Finding(cause=f"pods are refused: {workload.refusal}")


def _trouble(pod: Pod) -> tuple[bool, str] | None:
    """The first that there is: whether waiting is of no use, and what it is."""
    for at_once, look in _LOOKS:
        if cause := look(pod):
            return at_once, cause
    return None


def _killed_for_memory(pod: Pod) -> str:
    return f"out of memory: {pod.oom_killed}" if pod.oom_killed else ""


def _crash_loop(pod: Pod) -> str:
    return _with("crash loop", pod.last_exit or pod.waiting_message) if pod.waiting == "CrashLoopBackOff" else ""


def _restarts(pod: Pod) -> str:
    return _with(f"restarted {pod.restarts} times", pod.last_exit) if pod.restarts > RESTARTS else ""


def _evicted(pod: Pod) -> str:
    return f"evicted: {pod.evicted}" if pod.evicted else ""


def _unschedulable(pod: Pod) -> str:
    return f"no node takes it: {pod.unschedulable}" if pod.unschedulable else ""


def _image(pod: Pod) -> str:
    return _with(f"image cannot be pulled ({pod.waiting})", pod.waiting_message) if pod.waiting in _IMAGE else ""


def _waiting(pod: Pod) -> str:
    starts = pod.waiting in _STARTING and not pod.waiting_message
    return _with(pod.waiting, pod.waiting_message) if pod.waiting and not starts else ""


def _not_ready(pod: Pod) -> str:
    if pod.ready:
        return ""
    if pod.waiting:
        return f"still starting ({pod.waiting})"
    return _with("not ready", pod.last_exit)


def _with(what: str, more: str) -> str:
    return f"{what}: {more}" if more else what


_LOOKS: Final[tuple[tuple[bool, Callable[[Pod], str]], ...]] = (
    (True, _killed_for_memory),
    (True, _crash_loop),
    (True, _restarts),
    (False, _evicted),
    (False, _unschedulable),
    (False, _image),
    (False, _waiting),
    (False, _not_ready),
)
