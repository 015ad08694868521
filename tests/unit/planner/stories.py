"""Services, and what happens to them: the vocabulary of the planner's tests."""

import copy
from collections.abc import Callable
from typing import Any

from harness.simulation import START, Simulation
from leadsman.planner.governance import Budget
from leadsman.planner.plan import Watch
from leadsman.planner.world import Signal

ERRORS: dict[str, Any] = {
    "name": "errors",
    "class": "Health",
    "ratio": {"bad": 'http_requests_total{code=~"5.."}', "total": "http_requests_total"},
    "max": "0.02",
}
CANARY: dict[str, Any] = {
    "strategy": "Canary",
    "stages": [
        {"name": "canary", "weight": 25, "holdSeconds": 60},
        {"name": "half", "weight": 50, "holdSeconds": 120},
    ],
    "bakeSeconds": 300,
}
SPEC: dict[str, Any] = {
    "owner": {"team": "support-ai", "accountable": "dana@example.com"},
    "purpose": {"intendedUse": "Drafts replies."},
    "risk": {"tier": "Limited"},
    "model": {"name": "llm", "version": "1"},
    "replicas": 4,
    "template": {"spec": {"containers": [{"name": "server", "image": "registry.example.com/server:1"}]}},
    "service": {"ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    "rollout": CANARY,
    "monitors": [ERRORS],
}


def spec(**changes: Any) -> dict[str, Any]:
    """With fields of the spec replaced; None removes one."""
    made = copy.deepcopy(SPEC) | changes
    return {key: value for key, value in made.items() if value is not None}


def image(version: int) -> Callable[[dict[str, Any]], None]:
    """An edit."""

    def change(raw: dict[str, Any]) -> None:
        raw["template"]["spec"]["containers"][0]["image"] = f"registry.example.com/server:{version}"

    return change


def says(state: str, **fields: Any) -> Callable[[Watch], Signal | None]:
    """Every monitor, of every revision."""

    def say(watch: Watch) -> Signal | None:
        return Signal(monitor=watch.monitor.name, state=state, at=START, requests=10_000, **fields)  # pyright: ignore[reportArgumentType]

    return say


def healthy(raw: dict[str, Any] | None = None) -> Simulation:
    simulation = Simulation(raw or spec())
    simulation.says = says("Passed", value=0.0, limit=0.02, samples=1000)
    return simulation


def serving(raw: dict[str, Any] | None = None, budgets: tuple[Budget, ...] = ()) -> tuple[Simulation, str]:
    """Version 1 serves, and its bake is over."""
    simulation = healthy(raw)
    simulation.budgets = budgets
    simulation.settle()
    simulation.run(400, step=50)
    name = simulation.status.serving_revision
    assert name is not None
    return simulation, name


def bad(revision: Callable[[], str | None], **fields: Any) -> Callable[[Watch], Signal | None]:
    """One revision fails its monitors, all others pass."""
    good, failing = says("Passed"), says("Failed", **fields)
    return lambda watch: failing(watch) if watch.revision == revision() else good(watch)
