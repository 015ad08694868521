"""What stands in the way, whose it is, and what becomes of it."""

from typing import Any

import pytest

from harness.children import OLD, RESTING, Stored, described, narrow, planned, service, wanted, world
from leadsman.planner.children import foreign, strangers
from leadsman.planner.plan import Delete, Replace

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
    assert not [line for line in described(planned(seen, wanted(new=1))) if line.endswith(key.replace("/", " "))]
