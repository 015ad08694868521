"""Rollouts as users declare them, and where in one a service is, as its status says."""

from collections.abc import Callable
from typing import Any

from harness.cluster import Object, Space
from harness.services import reason_of

Predicate = Callable[[Object], bool]


def canary(*stages: dict[str, Any], **rollout: Any) -> dict[str, Any]:
    """By default two stages that hold for no time; no bake."""
    declared = stages or ({"name": "some", "weight": 25}, {"name": "half", "weight": 50})
    return {"strategy": "Canary", "stages": list(declared), "bakeSeconds": 0, **rollout}


HOLDS = canary({"name": "some", "weight": 25, "holdSeconds": 3600})
"""A rollout that stays in its stage."""
AT_ONCE = {"strategy": "AllAtOnce", "bakeSeconds": 0}


def is_current(seen: Object) -> bool:
    """Is the status about the spec as it is now?"""
    return seen.get("status", {}).get("observedGeneration") == seen["metadata"]["generation"]


def is_in(stage: str) -> Predicate:
    """With the weight achieved."""

    def held(seen: Object) -> bool:
        found = seen.get("status", {}).get("stage", {})
        return is_current(seen) and found.get("name") == stage and "holdUntil" in found

    return held


def is_held_by(reason: str) -> Predicate:
    """Does something with this reason stand in its way?"""

    def held(seen: Object) -> bool:
        return is_current(seen) and reason in {one["reason"] for one in seen["status"].get("blockers", [])}

    return held


def says(condition: str, reason: str) -> Predicate:
    return lambda seen: is_current(seen) and reason_of(seen, condition) == reason


is_back = says("Stalled", "RevisionQuarantined")
is_promoted = says("Ready", "Promoted")


def condition_of(seen: Object, name: str) -> Object:
    return next(one for one in seen["status"]["conditions"] if one["type"] == name)


def let_pods_be(space: Space, revision: str, outcome: str) -> None:
    """From now on (harness.pods)."""
    words = ("label", "pods", "-l", f"leadsman.dev/revision={revision}", f"sandbox.leadsman.dev/outcome={outcome}")
    space.kubectl(*words, "--overwrite")
