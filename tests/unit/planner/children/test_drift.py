"""What somebody else changes, relabels, scales or deletes is put back."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from harness.children import (
    COPY_OF_OLD,
    NEW,
    OLD,
    RESTING,
    WIDE,
    Stored,
    containers,
    described,
    narrow,
    planned,
    service,
    wanted,
    world,
)
from leadsman.planner.plan import Replace, Scale

Json = dict[str, Any]


EDITS: dict[str, Callable[[Stored], object]] = {
    "a sidecar": lambda stored: containers(stored, OLD).append({"name": "miner", "image": "miner"}),
    "an environment variable": lambda stored: containers(stored, OLD)[0].update(env=[{"name": "DEBUG", "value": "1"}]),
    "an image": lambda stored: containers(stored, OLD)[0].update(image="other"),
    "kubectl rollout restart": lambda stored: stored.edit(f"Deployment/{OLD}")["spec"]["template"]["metadata"].update(
        annotations={"kubectl.kubernetes.io/restartedAt": "now"}
    ),
    "a pause": lambda stored: stored.edit(f"Deployment/{OLD}")["spec"].update(paused=True),
    "a selector": lambda stored: stored.edit("Service/assistant")["spec"].update(selector=WIDE),
    "a port": lambda stored: stored.edit("Service/assistant")["spec"]["ports"].append({"name": "x", "port": 22}),
    "an address": lambda stored: stored.edit("Service/assistant")["spec"].update(externalIPs=["192.0.2.1"]),
    "unready pods": lambda stored: stored.edit("Service/assistant")["spec"].update(publishNotReadyAddresses=True),
    "nearer pods": lambda stored: stored.edit("Service/assistant")["spec"].update(trafficDistribution="PreferClose"),
    "callers": lambda stored: stored.edit("NetworkPolicy/assistant")["spec"].update(ingress=[{}]),
    "evictions": lambda stored: stored.edit("PodDisruptionBudget/assistant")["spec"].update(maxUnavailable="100%"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_somebody_edits_is_put_back(stored: Stored, edit: str) -> None:
    before = copy.deepcopy(stored.objects)
    EDITS[edit](stored)

    (done,) = planned(world(service(), stored), RESTING)
    stored.carry_out((done,))

    assert isinstance(done, Replace)
    assert done.drift
    assert {key: one["spec"] for key, one in stored.objects.items() if "spec" in one} == {
        key: one["spec"] for key, one in before.items() if "spec" in one
    }


ALL = [
    f"Deployment/{OLD}",
    "Service/assistant",
    "NetworkPolicy/assistant",
    "PodDisruptionBudget/assistant",
    f"ConfigMap/{COPY_OF_OLD}",
]


@pytest.mark.parametrize("key", ALL)
def test_what_somebody_relabels_is_put_back_and_labels_of_theirs_stay(stored: Stored, key: str) -> None:
    stored.edit(key)["metadata"]["labels"] = {"leadsman.dev/service": "another", "cost-centre": "7"}

    (done,) = planned(world(service(), stored), RESTING)
    stored.carry_out((done,))

    assert isinstance(done, Replace)
    assert done.drift
    labels = stored.objects[key]["metadata"]["labels"]
    assert labels["cost-centre"] == "7"
    assert labels["leadsman.dev/service"] == "assistant"
    assert planned(world(service(), stored), RESTING) == ()


@pytest.mark.parametrize("key", ALL)
def test_what_somebody_disowns_is_owned_again(stored: Stored, key: str) -> None:
    owners = stored.edit(key)["metadata"].pop("ownerReferences")

    (done,) = planned(world(service(), stored), RESTING)
    stored.carry_out((done,))

    assert isinstance(done, Replace)
    assert done.drift

    assert stored.objects[key]["metadata"]["ownerReferences"] == owners
    assert planned(world(service(), stored), RESTING) == ()


def test_a_label_of_a_revision_on_what_has_none_is_taken_off(stored: Stored) -> None:
    metadata = stored.edit("NetworkPolicy/assistant")["metadata"]
    metadata["labels"]["leadsman.dev/revision"] = NEW
    del metadata["ownerReferences"]

    assert described(planned(world(service(), stored), RESTING)) == ["put back NetworkPolicy assistant"]


@pytest.mark.parametrize("key", ALL)
def test_what_somebody_deletes_is_made_again(stored: Stored, key: str) -> None:
    lost_one = stored.objects.pop(key)
    kind, name = lost_one["kind"], lost_one["metadata"]["name"]

    done = planned(world(service(), stored), RESTING)

    assert [line.removesuffix(" x4") for line in described(done)] == [f"create {kind} {name}"]


@pytest.mark.parametrize("key", ALL)
def test_what_is_on_its_way_out_is_waited_for(stored: Stored, key: str) -> None:
    stored.put(stored.objects[key], deletionTimestamp="2026-11-23T10:00:00Z", labels={})

    assert planned(world(service(), stored), RESTING) == ()


def test_what_somebody_scales_is_scaled_back(stored: Stored) -> None:
    stored.edit(f"Deployment/{OLD}")["spec"]["replicas"] = 40

    (done,) = planned(world(service(), stored), RESTING)

    version = stored.objects[f"Deployment/{OLD}"]["metadata"]["resourceVersion"]
    assert done == Scale(revision=OLD, replicas=4, resource_version=version)


def test_more_pods_of_what_somebody_changed_never_start(stored: Stored) -> None:
    containers(stored, OLD).append({"name": "miner", "image": "miner"})

    assert described(planned(world(service(), stored), wanted(old=8, apex=narrow(OLD)))) == [
        f"put back Deployment {OLD} x8"
    ]
