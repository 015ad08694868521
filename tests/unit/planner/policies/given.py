"""Policies, as the risk office writes them, and services that they are about."""

from dataclasses import replace
from typing import Any

from harness.simulation import Simulation
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.governance import Policy
from leadsman.planner.world import World
from unit.planner.stories import image, serving, spec


def policy(name: str = "house", **asks: Any) -> Policy:
    """Rules, if there are any, were judged."""
    return Policy(name=name, spec=GovernancePolicySpec.from_dict(asks), judged=True)


def world(*policies: Policy, **changes: Any) -> World:
    """Of a service that nobody has looked at yet."""
    return replace(Simulation(spec(**changes)).world(), policies=policies)


def rolling_out(*policies: Policy, **changes: Any) -> Simulation:
    """Version 1 serves since before the policies were there; then they are written, and version 2."""
    simulation, _ = serving(spec(**changes) if changes else None)
    simulation.policies = policies
    simulation.edit(image(2))
    simulation.run(30, step=10)
    return simulation


def held_by(simulation: Simulation) -> list[tuple[str, str]]:
    """Type and name of what policies hold."""
    return [(one.type, one.name) for one in simulation.status.blockers if one.type in {"Policy", "Freeze", "Gate"}]
