"""A pod, and what is wrong with it, in the kubelet's words."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadsman.clients.errors import one_line
from leadsman.controller.observe.fields import NOTHING, condition, count, mapping, mappings, text
from leadsman.controller.observe.metadata import Metadata
from leadsman.planner import labels
from leadsman.planner.world import Pod

LINE: Final = 512
"""Characters of what a container or a node says. Of an image that cannot be pulled the cause comes last."""
_BEGINS: Final = frozenset({"ContainerCreating", "PodInitializing"})
"""Every pod goes through these. One that stays in them lacks a volume, or an init container does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Container:
    title: str
    """`container app`, `init container load`, `sidecar proxy`."""
    status: Mapping[str, Any]
    limit: str
    """Of memory. Empty: none."""
    ends: bool
    """Is it meant to?"""

    @property
    def waiting(self) -> Mapping[str, Any]:
        return mapping(mapping(self.status.get("state")).get("waiting"))

    @property
    def exits(self) -> Iterator[Mapping[str, Any]]:
        """The last one first."""
        for state in ("state", "lastState"):
            if ended := mapping(mapping(self.status.get(state)).get("terminated")):
                yield ended

    @property
    def restarts(self) -> int:
        return count(self.status.get("restartCount"))


def pod(seen: Metadata, raw: Mapping[str, Any]) -> tuple[str, Pod] | None:
    """With the service that it belongs to. None: to none, or it is on its way out, and how it ends says nothing."""
    service = seen.labels.get(labels.SERVICE)
    if not service or service == labels.EVALUATION or seen.deleting:
        return None
    return service, trouble(seen, raw)


def trouble(seen: Metadata, raw: Mapping[str, Any]) -> Pod:
    """A pod of anything."""
    status = mapping(raw.get("status"))
    containers = list(_containers(mapping(raw.get("spec")), status))
    waiting = _waiting(containers)
    return Pod(
        name=seen.name,
        revision=sys.intern(seen.labels.get(labels.REVISION) or revision_of(seen.name)),
        ready=condition(status, "Ready").get("status") == "True" and status.get("phase") != "Failed",
        restarts=max((one.restarts for one in containers), default=0),
        oom_killed=_oom_killed(containers),
        waiting=sys.intern(text(waiting.get("reason"))),
        waiting_message=one_line(text(waiting.get("message")), limit=LINE),
        last_exit=_last_exit(containers),
        evicted=_evicted(status),
        unschedulable=_unschedulable(status),
    )


def revision_of(pod_name: str) -> str:
    """`<revision>-<template hash>-<five letters>`: the hash and the letters have no dash."""
    return pod_name.rsplit("-", 2)[0]


def _containers(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[_Container]:
    """Not the ephemeral ones: those are people who look for the cause."""
    whole_pod = _limit(spec)
    for statuses, specs in (("initContainerStatuses", "initContainers"), ("containerStatuses", "containers")):
        written = {text(one.get("name")): one for one in mappings(spec.get(specs))}
        for one in mappings(status.get(statuses)):
            name = text(one.get("name"))
            declared = written.get(name, NOTHING)
            is_init = specs == "initContainers"
            is_sidecar = is_init and declared.get("restartPolicy") == "Always"
            title = "sidecar" if is_sidecar else "init container" if is_init else "container"
            yield _Container(
                title=f"{title} {name}",
                status=one,
                limit=_limit(one) or _limit(declared) or whole_pod,  # what is in force comes before what was asked for
                ends=is_init and not is_sidecar,
            )


def _limit(declared: Mapping[str, Any]) -> str:
    limits = mapping(mapping(declared.get("resources")).get("limits"))
    return str(limits.get("memory") or "")


def _waiting(containers: list[_Container]) -> Mapping[str, Any]:
    """Of several the one that says most: a crash loop, else any trouble, else what every pod goes through."""
    found = [one.waiting for one in containers if one.waiting]
    return min(
        found,
        key=lambda one: (one.get("reason") != "CrashLoopBackOff", text(one.get("reason")) in _BEGINS),
        default=NOTHING,
    )


def _oom_killed(containers: list[_Container]) -> str:
    for one in containers:
        if any(ended.get("reason") == "OOMKilled" for ended in one.exits):
            limit = f"limit {one.limit}" if one.limit else "no limit"
            restarts = f"{one.restarts} restart{'s' * (one.restarts != 1)}"
            return one_line(f"{one.title} ({limit}, {restarts})", limit=LINE)
    return ""


def _last_exit(containers: list[_Container]) -> str:
    ends = [
        (text(ended.get("finishedAt")), one.title, ended)
        for one in containers
        for ended in one.exits
        if not (one.ends and ended.get("exitCode") == 0)
    ]
    if not ends:
        return ""
    _, title, last = max(ends, key=lambda end: end[0])
    reason = text(last.get("reason"))
    words = f"{title} exited with {last.get('exitCode')}" + (f" ({reason})" if reason else "")
    said = [line for line in text(last.get("message")).splitlines() if line.strip()]
    return one_line(": ".join([words, *said[-1:]]), limit=LINE)


def _evicted(status: Mapping[str, Any]) -> str:
    """Also where the node refused it, or went away under it."""
    if status.get("phase") != "Failed":
        return ""
    reason, message = text(status.get("reason")), text(status.get("message"))
    if reason in {"", "Evicted"}:
        return one_line(message or reason, limit=LINE)
    return one_line(f"{reason}: {message}" if message else reason, limit=LINE)


def _unschedulable(status: Mapping[str, Any]) -> str:
    scheduled = condition(status, "PodScheduled")
    if scheduled.get("status") != "False":
        return ""
    return one_line(text(scheduled.get("message")) or text(scheduled.get("reason")), limit=LINE)
