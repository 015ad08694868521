"""What Argo CD, Flux and kstatus make of a service in its rollouts: of every status that was ever served."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest

from harness import kstatus
from harness.cluster import Object, Space
from harness.gitops import argo, flux
from harness.history import Moment, history
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import canary, is_back, is_promoted
from harness.services import ai_service

pytestmark = pytest.mark.integration

ARGO = {"Healthy": "Current", "Degraded": "Failed", "Progressing": "InProgress"}
BAKES = {"bakeSeconds": 1}


def judged(seen: Object) -> str:
    """All three say the same."""
    said = {kstatus.compute(seen), ARGO[argo(seen)["status"]], kstatus.compute_with_flux(seen, *flux())}
    (health,) = said
    return health


def stories(moments: list[Moment]) -> Iterator[tuple[str, list[str]]]:
    """Version by version: how its health went, without what did not change it."""
    seen = [
        (moment, found)
        for moment in moments
        if moment.kind == "AIService" and (found := moment.find("AIService", "chat"))
    ]
    for version, group in groupby(seen, lambda one: one[1]["spec"]["model"]["version"]):
        healths: list[str] = []
        for moment, found in group:
            health = judged(found)
            if health == "Current":
                assert serves_only(moment, version)
            healths += [health] if healths[-1:] != [health] else []
        yield version, healths


def serves_only(moment: Moment, version: str) -> bool:
    (revision,) = (
        found["metadata"]["name"] for found in moment.all("AIRevision") if found["spec"]["model"]["version"] == version
    )
    is_all = moment.addresses("chat", revision) == moment.addresses("chat") == 2
    return moment.selected("chat") == revision and is_all


@pytest.mark.parametrize(
    "rollout",
    [canary(**BAKES), {"strategy": "BlueGreen", **BAKES}, {"strategy": "AllAtOnce", **BAKES}],
    ids=lambda rollout: rollout["strategy"],
)
def test_a_rollout_is_in_progress_until_it_serves_and_a_failed_one_until_it_is_back(
    operator: OperatorProcess, space: Space, rollout: dict[str, Any]
) -> None:
    good, bad = (Script(), is_promoted), (Script(outcome="Crash"), is_back)
    for version, (script, end) in (("1", good), ("2", good), ("3", bad)):
        space.apply(ai_service("chat", version, script, rollout=rollout))
        space.wait("AIService", "chat", end)
    assert list(stories(history(space))) == [
        ("1", ["InProgress", "Current"]),
        ("2", ["InProgress", "Current"]),
        ("3", ["InProgress", "Failed"]),
    ]
