"""Which gates must a revision pass? Those of its service, and those that policies require.

A policy names its gate's suite by labels, and the service chooses: the suite of one of its own gates, if that carries
them, else the first by name in its namespace that does. Such a gate is called policy/<policy>/<name>, so that nobody
waives it by waiving one of his own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from leadsman.api.v1alpha1.governancepolicy import RequiredGate
from leadsman.planner.governance import Policy, Suite
from leadsman.planner.world import World

_WEIGHTS: Final = {"Traffic": 0, "Promotion": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGate:
    """A gate of the service, or of a policy."""

    name: str
    suite: str | None
    """None: there is none that would do."""
    weight: int
    """It is due before the candidate gets this much. 0: before any traffic."""
    is_waivable: bool = True
    labels: Mapping[str, str] | None = None
    """What the suite of a policy's gate must carry."""


def asked_gates(world: World) -> tuple[AskedGate, ...]:
    """The service's own first."""
    weights = {stage.name: stage.weight for stage in world.service.spec.rollout.stages}
    own = [
        AskedGate(name=gate.name, suite=gate.suite, weight=weights.get(gate.before, 0))
        for gate in world.service.spec.gates
    ]
    return (*own, *(_asked(world, policy, one) for policy, one in _required(world.policies)))


def wanted_labels(policies: Iterable[Policy]) -> Iterator[Mapping[str, str]]:
    """Suites that carry one of these may be asked for."""
    return (one.suite_labels for _, one in _required(policies))


def weight_of(before: str) -> int:
    """Of Traffic, Promotion, or a weight as text."""
    return _WEIGHTS[before] if before in _WEIGHTS else int(before)


def carries(suite: Suite, labels: Mapping[str, str]) -> bool:
    return labels.items() <= suite.labels.items()


def _required(policies: Iterable[Policy]) -> Iterator[tuple[str, RequiredGate]]:
    for policy in policies:
        for one in policy.spec.required_gates if policy.spec is not None else ():
            yield policy.name, one


def _asked(world: World, policy: str, required: RequiredGate) -> AskedGate:
    will_do = sorted(name for name, suite in world.suites.items() if carries(suite, required.suite_labels))
    chosen = [gate.suite for gate in world.service.spec.gates if gate.suite in will_do]
    return AskedGate(
        name=f"policy/{policy}/{required.name}",
        suite=next(iter((*chosen, *will_do)), None),
        weight=weight_of(required.before),
        is_waivable=required.waivable == "Allowed",
        labels=required.suite_labels,
    )
