"""The immutable copies of a revision's inputs."""

from typing import Any

from harness.children import (
    COPY_OF_OLD,
    NEW,
    OLD,
    PROMPTS,
    RESTING,
    Stored,
    described,
    narrow,
    planned,
    revision_spec,
    service,
    settled,
    wanted,
    world,
)
from leadsman.planner.children import Wanted, copy_name, lost

Json = dict[str, Any]


def test_copies_of_inputs_stay_as_long_as_the_revision_is_kept() -> None:
    both = settled(service(), wanted(old=4, new=0, apex=narrow(OLD)))
    kept = Wanted(deployments={OLD: 4}, apex=narrow(OLD), preview=None, keep=frozenset({NEW}))

    assert described(planned(world(service(), both), kept)) == [f"delete Deployment {NEW}"]


def test_a_lost_copy_of_an_input_is_made_again_while_the_input_still_says_the_same(stored: Stored) -> None:
    del stored.objects[f"ConfigMap/{COPY_OF_OLD}"]
    spec = revision_spec(service(), OLD)

    assert lost(world(service(), stored), spec) == ()
    assert lost(world(service(), stored, prompts={"data": {"system": "Be rude."}}), spec) == (COPY_OF_OLD,)
    assert lost(world(service(), stored, prompts=None), spec) == (COPY_OF_OLD,)


def test_a_copy_that_says_something_else_is_deleted_and_made_again(stored: Stored) -> None:
    stored.edit(f"ConfigMap/{COPY_OF_OLD}")["data"] = {"system": "Be rude."}

    first = planned(world(service(), stored), RESTING)
    stored.carry_out(first)
    second = planned(world(service(), stored), RESTING)
    stored.carry_out(second)

    assert described(first) == [f"delete ConfigMap {COPY_OF_OLD}"]
    assert described(second) == [f"create ConfigMap {COPY_OF_OLD}"]
    assert stored.objects[f"ConfigMap/{COPY_OF_OLD}"]["data"] == PROMPTS["data"]


def test_a_copy_that_says_something_else_stays_where_nobody_knows_what_it_said(stored: Stored) -> None:
    stored.edit(f"ConfigMap/{COPY_OF_OLD}")["data"] = {"system": "Be rude."}
    seen = world(service(), stored, prompts=None)

    assert planned(seen, RESTING) == ()
    assert lost(seen, revision_spec(service(), OLD)) == (COPY_OF_OLD,)


def test_a_copy_keeps_its_data_when_its_labels_are_put_back_and_the_input_is_gone(stored: Stored) -> None:
    stored.edit(f"ConfigMap/{COPY_OF_OLD}")["metadata"]["labels"] = {}

    stored.carry_out(planned(world(service(), stored, prompts=None), RESTING))

    copied = stored.objects[f"ConfigMap/{COPY_OF_OLD}"]
    assert (copied["data"], copied["immutable"]) == (PROMPTS["data"], True)
    assert planned(world(service(), stored, prompts=None), RESTING) == ()


def test_pods_wait_until_a_copy_that_says_something_else_was_made_again(stored: Stored) -> None:
    stored.edit(f"ConfigMap/{COPY_OF_OLD}")["data"] = {"system": "Be rude."}
    del stored.objects[f"Deployment/{OLD}"]

    assert described(planned(world(service(), stored), RESTING)) == [f"delete ConfigMap {COPY_OF_OLD}"]


def test_pods_wait_while_a_copy_is_on_its_way_out(stored: Stored) -> None:
    stored.put(stored.objects[f"ConfigMap/{COPY_OF_OLD}"], deletionTimestamp="2026-11-23T10:00:00Z")
    del stored.objects[f"Deployment/{OLD}"]

    assert planned(world(service(), stored), RESTING) == ()


def test_what_others_own_is_not_deleted_for_a_label_that_it_has(stored: Stored) -> None:
    copied = stored.objects[f"ConfigMap/{COPY_OF_OLD}"]
    owner = {"kind": "Release", "name": "x", "uid": "y", "controller": True}
    theirs = {
        **copied["metadata"],
        "name": "theirs",
        "labels": {"leadsman.dev/revision": NEW},
        "ownerReferences": [owner],
    }
    stored.put({**copied, "metadata": theirs})

    assert planned(world(service(), stored), RESTING) == ()


def test_no_deployment_is_made_whose_inputs_are_lost() -> None:
    done = planned(world(service(), prompts=None), RESTING)

    assert not [line for line in described(done) if "Deployment" in line or "ConfigMap" in line]


def test_two_services_of_the_same_pods_and_model_have_copies_of_their_own() -> None:
    assert copy_name("prompts", "blue-1111111111") != copy_name("prompts", "green-1111111111")
