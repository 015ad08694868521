"""Do policies let a revision go on? Written from their text: it looks at specs and clocks, and at no blocker."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from leadsman.api.v1alpha1.aiservice import Gate
from leadsman.planner.governance import Policy
from leadsman.planner.world import World


def forbids(world: World, now: dt.datetime, *, waived: set[str]) -> Iterator[str]:
    """Why no weight may rise.

    Args:
        world: as it was seen.
        now: the time.
        waived: scopes of the waivers that are in force.
    """
    for policy in world.policies:
        if policy.spec is None or policy.problem:
            yield f"{policy.name} says nothing"
            continue
        if policy.spec.rules and not policy.judged:
            yield f"{policy.name} is not judged"
        yield from (f"{policy.name}/{one.rule}" for one in policy.violations if one.severity == "Deny")
        if policy.spec.provenance and policy.spec.provenance.digest == "Required" and not _model(world).get("digest"):
            yield f"{policy.name}: no digest"
        for freeze in policy.spec.freezes:
            assert freeze.time_zone == "UTC", "the oracle knows no other"
            is_on = _utc(freeze.start) <= now < _utc(freeze.end)
            if is_on and "freeze" not in waived:
                yield f"{policy.name}/{freeze.name} is on"


def least_hold(world: World) -> int:
    """Seconds, of every stage."""
    limits = (policy.spec.limits for policy in world.policies if policy.spec is not None)
    return max((one.hold_seconds_at_least or 0 for one in limits if one is not None), default=0)


def most_at_first(world: World) -> int:
    """Percent."""
    limits = (policy.spec.limits for policy in world.policies if policy.spec is not None)
    return min((one.first_weight_at_most or 100 for one in limits if one is not None), default=100)


def required(world: World) -> Iterator[tuple[Gate, Policy]]:
    """Gates of policies, with the suite that a service has no choice about: it is the only one that will do."""
    for policy in world.policies:
        for asked in policy.spec.required_gates if policy.spec is not None else ():
            suites = [
                name for name, suite in world.suites.items() if asked.suite_labels.items() <= suite.labels.items()
            ]
            assert len(suites) < 2, "the oracle does not choose"
            suite = suites[0] if suites else "none"
            yield Gate.model_construct(name=f"policy/{policy.name}/{asked.name}", suite=suite, before="Traffic"), policy


def _model(world: World) -> dict[str, Any]:
    return world.service.raw["model"]


def _utc(local: str) -> dt.datetime:
    return dt.datetime.fromisoformat(local).replace(tzinfo=dt.UTC)
