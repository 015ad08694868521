"""Bounds on every rollout. Of several policies the strictest holds.

Holds and requests of each stage are raised to what the policies ask for. How much the first stage takes is its author's
to write, so that one that takes too much is refused.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leadsman.api.v1alpha1.governancepolicy import Limits
from leadsman.api.v1alpha1.rollout import Stage
from leadsman.planner.world import World


class FirstWeight(NamedTuple):
    policy: str
    percent: int


def stages(world: World) -> tuple[Stage, ...]:
    """Of the spec, with at least the holds and requests that policies ask for."""
    bounds = [limits for _, limits in _limits(world)]
    hold = max((one.hold_seconds_at_least or 0 for one in bounds), default=0)
    requests = max((one.min_requests_at_least or 0 for one in bounds), default=0)
    declared = world.service.spec.rollout.stages
    if not (hold or requests):
        return declared
    return tuple(
        one.model_copy(
            update={
                "hold_seconds": max(one.hold_seconds, hold),
                "min_requests": max(one.min_requests or 0, requests) or None,
            }
        )
        for one in declared
    )


def first_weight(world: World) -> FirstWeight | None:
    """What a new revision may take at most, beside one that serves."""
    asked = ((name, limits.first_weight_at_most) for name, limits in _limits(world))
    known = [FirstWeight(name, percent) for name, percent in asked if percent is not None]
    return min(known, key=lambda one: one.percent, default=None)


def _limits(world: World) -> Iterator[tuple[str, Limits]]:
    for policy in world.policies:
        if policy.spec is not None and policy.spec.limits is not None:
            yield policy.name, policy.spec.limits
