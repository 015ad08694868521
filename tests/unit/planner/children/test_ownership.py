"""What stands in the way, whose it is, and what becomes of it."""

import copy
from typing import Any

import pytest

from harness.children import NEW, OLD, RESTING, Stored, described, narrow, planned, service, settled, wanted, world
from leadsman.planner.children import carried, foreign, strangers
from leadsman.planner.plan import Delete, Replace
from leadsman.planner.world import ChildKind

Json = dict[str, Any]


def test_after_a_replacement_by_force_the_children_get_the_new_owner_before_they_are_collected(stored: Stored) -> None:
    again = service(uid="service-2")

    done = planned(world(again, stored), RESTING)
    stored.carry_out(done)

    assert not any(one.drift for one in done if isinstance(one, Replace))
    owners = {key: one["metadata"]["ownerReferences"] for key, one in stored.objects.items()}
    assert {owner["uid"] for key, (owner,) in owners.items() if not key.startswith("ConfigMap")} == {"service-2"}
    assert planned(world(again, stored), RESTING) == ()


STRANGER: Json = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "assistant"},
    "spec": {"selector": {"app": "legacy"}, "ports": [{"port": 80}], "clusterIP": "10.0.0.7"},
}


def test_a_service_of_somebody_else_is_left_as_it_is_and_named() -> None:
    stored = Stored()
    stored.put(STRANGER)

    seen = world(service(), stored)

    assert foreign(seen) == "assistant"
    assert not any("Service" in line for line in described(planned(seen, RESTING)))


def test_a_service_that_is_handed_over_is_taken_without_blame() -> None:
    stored = Stored()
    stored.put(STRANGER, annotations={"leadsman.dev/adopt": "true", "team": "legacy"}, finalizers=["example.com/dns"])
    seen = world(service(), stored)

    done = planned(seen, RESTING)
    stored.carry_out(done)

    assert foreign(seen) is None
    assert described(done)[0] == "change Service assistant"
    taken = stored.objects["Service/assistant"]
    assert taken["spec"]["selector"] == narrow(OLD)
    assert taken["metadata"]["finalizers"] == ["example.com/dns"]
    assert taken["metadata"]["annotations"].items() >= {"team": "legacy", "leadsman.dev/adopt": "true"}.items()


@pytest.mark.parametrize(
    "metadata",
    [
        {"annotations": {"leadsman.dev/adopt": "false"}},
        {"labels": {"leadsman.dev/service": "assistant"}},
        {"annotations": {"leadsman.dev/adopt": "true"}, "ownerReferences": [{"controller": True, "kind": "Knative"}]},
    ],
)
def test_what_was_not_handed_over_or_has_another_controller_is_not_taken(metadata: Json) -> None:
    stored = Stored()
    owners = [{"name": "x", "uid": "y", **one} for one in metadata.pop("ownerReferences", ())]
    stored.put(STRANGER, **metadata, ownerReferences=owners)

    assert foreign(world(service(), stored)) == "assistant"


def test_a_service_that_is_handed_over_but_not_wanted_is_not_deleted() -> None:
    stored = Stored()
    stored.put(STRANGER, annotations={"leadsman.dev/adopt": "true"})

    done = planned(world(service(service=None, access=None, replicas=1), stored), wanted(old=1))

    assert not [one for one in done if isinstance(one, Delete)]


@pytest.mark.parametrize("key", ["NetworkPolicy/assistant", "PodDisruptionBudget/assistant", f"Deployment/{OLD}"])
def test_other_objects_of_somebody_else_are_left_as_they_are_too(stored: Stored, key: str) -> None:
    theirs = stored.edit(key)
    theirs["metadata"].update(annotations={}, ownerReferences=[], labels={})

    seen = world(service(access=None, replicas=1), stored)

    assert [f"{kind}/{name}" for kind, name in strangers(seen)] == [key]
    before = copy.deepcopy(stored.objects[key])
    stored.carry_out(planned(seen, wanted(new=1)))
    assert stored.objects[key] == before


def test_a_deployment_is_not_handed_over_since_its_selector_cannot_change(stored: Stored) -> None:
    theirs = stored.edit(f"Deployment/{OLD}")["metadata"]
    theirs.update(annotations={"leadsman.dev/adopt": "true"}, ownerReferences=[])

    assert [name for _, name in strangers(world(service(), stored))] == [OLD]


def test_pods_do_not_stay_for_the_sake_of_a_service_of_somebody_else() -> None:
    stored = settled(service(), wanted(old=4))
    stored.put(STRANGER)

    assert described(planned(world(service(), stored), wanted(old=0, apex=narrow(NEW)))) == [f"scale {OLD} x0"]


def test_what_others_put_into_the_metadata_is_carried_over_and_nothing_that_passes_for_ours() -> None:
    ours = {
        "name": "a",
        "labels": {"leadsman.dev/service": "a"},
        "annotations": {},
        "ownerReferences": [{"uid": "new"}],
    }
    operation = Replace(
        kind=ChildKind.SERVICE, object={"metadata": ours, "spec": {}}, resource_version="7", drift=False
    )
    live = {
        "metadata": {
            "uid": "u",
            "resourceVersion": "8",
            "generation": 3,
            "labels": {"leadsman.dev/revision": "x", "team": "y"},
            "annotations": {"leadsman.dev/applied": "x", "leadsman.dev/adopt": "true"},
            "ownerReferences": [{"uid": "old", "controller": True}, {"uid": "other"}],
            "finalizers": ["example.com/dns"],
        },
        "data": {},
    }

    assert carried(operation, live) == {
        "metadata": {
            "name": "a",
            "uid": "u",
            "resourceVersion": "7",
            "labels": {"leadsman.dev/service": "a", "team": "y"},
            "annotations": {"leadsman.dev/adopt": "true"},
            "ownerReferences": [{"uid": "new"}, {"uid": "other"}],
            "finalizers": ["example.com/dns"],
        },
        "spec": {},
    }
