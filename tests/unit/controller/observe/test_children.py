"""Children, as records."""

from typing import Any

from leadsman.controller.observe.children import child
from leadsman.controller.observe.slices import endpoint_slice
from leadsman.planner.children.content import content
from leadsman.planner.world import Child, ChildKind, Route, Workload
from unit.controller.recordings import GOOD, SERVICE, recorded, said_of


def seen(kind: ChildKind, raw: dict[str, Any], kept: Child | None = None) -> Child:
    return child(kind, said_of(raw), raw, kept)


def workload(state: str) -> Workload:
    found = seen(ChildKind.DEPLOYMENT, recorded("deployments")[state])
    assert isinstance(found, Workload)
    return found


def test_a_deployment_says_how_many_pods_it_has_and_how_many_are_ready() -> None:
    found = workload("ready")

    assert (found.name, found.replicas, found.pods, found.ready) == (GOOD, 2, 2, 2)
    assert found.observed
    assert found.refusal == ""


def test_pods_that_exist_are_not_ready_ones() -> None:
    found = workload("never-ready")

    assert (found.replicas, found.pods, found.ready) == (1, 1, 0)


def test_a_deployment_whose_pods_are_refused_says_by_what() -> None:
    found = workload("refused")

    assert "exceeded quota: none" in found.refusal
    assert (found.pods, found.ready) == (0, 0)


def test_a_refusal_that_is_over_is_none() -> None:
    raw = recorded("deployments")["refused"]
    for condition in raw["status"]["conditions"]:
        condition["status"] = "False"
    found = seen(ChildKind.DEPLOYMENT, raw)

    assert isinstance(found, Workload)
    assert found.refusal == ""


def test_a_deployment_that_changed_a_moment_ago_was_not_observed_yet() -> None:
    raw = recorded("deployments")["ready"]
    raw["metadata"]["generation"] += 1
    found = seen(ChildKind.DEPLOYMENT, raw)

    assert isinstance(found, Workload)
    assert not found.observed


def test_only_our_annotations_are_kept_and_all_labels() -> None:
    found = workload("ready")

    assert found.annotations == {"leadsman.dev/rendered": "sha256:" + "a" * 64}
    assert found.labels == {"leadsman.dev/service": SERVICE, "leadsman.dev/revision": GOOD}


def test_no_digest_is_made_again_for_a_change_of_the_status() -> None:
    raw = recorded("deployments")["ready"]
    before = seen(ChildKind.DEPLOYMENT, raw)
    raw["spec"]["template"] = "something that the digest would show"
    raw["status"]["readyReplicas"] = 1

    after = seen(ChildKind.DEPLOYMENT, raw, before)

    assert before.content == content(ChildKind.DEPLOYMENT, recorded("deployments")["ready"])
    assert after.content == before.content
    assert isinstance(after, Workload)
    assert after.ready == 1


def test_a_service_says_whom_it_selects() -> None:
    found = seen(ChildKind.SERVICE, recorded("services")[SERVICE])

    assert isinstance(found, Route)
    assert found.selector == {"leadsman.dev/service": SERVICE, "leadsman.dev/revision": GOOD}


def test_a_child_knows_its_controller_and_no_other_owner() -> None:
    raw = recorded("guards")["NetworkPolicy"]
    one = {"apiVersion": "leadsman.dev/v1alpha1", "kind": "AIService", "name": SERVICE, "uid": "u-1"}
    raw["metadata"]["ownerReferences"] = [{**one, "uid": "u-0"}, {**one, "controller": True}]

    found = seen(ChildKind.NETWORK_POLICY, raw)

    assert (found.owner, found.owner_uid) == (f"AIService/{SERVICE}", "u-1")
    assert (workload("ready").owner, workload("ready").owner_uid) == ("", None)


def test_a_child_that_is_being_deleted_says_so() -> None:
    raw = recorded("guards")["PodDisruptionBudget"]
    assert not seen(ChildKind.POD_DISRUPTION_BUDGET, raw).deleting
    raw["metadata"]["deletionTimestamp"] = "2026-11-23T20:00:00Z"

    assert seen(ChildKind.POD_DISRUPTION_BUDGET, raw).deleting


def test_the_pods_that_a_slice_lists_as_ready_are_counted_once() -> None:
    raw = recorded("endpoint_slices")[SERVICE]
    raw["endpoints"] += raw["endpoints"]

    found = endpoint_slice(said_of(raw), raw)

    assert found
    service, listed = found
    assert (service, listed.route, len(listed.ready)) == (SERVICE, SERVICE, 2)


def test_addresses_that_are_not_ready_take_no_traffic() -> None:
    raw = recorded("endpoint_slices")[f"{SERVICE}-preview"]

    found = endpoint_slice(said_of(raw), raw)

    assert found
    assert found[1].ready == frozenset()


def test_an_address_of_which_nobody_says_whether_it_is_ready_is() -> None:
    """As the API reference of EndpointConditions has it: who sends traffic does so."""
    raw = recorded("endpoint_slices")[SERVICE]
    for endpoint in raw["endpoints"]:
        del endpoint["conditions"]

    found = endpoint_slice(said_of(raw), raw)

    assert found
    assert len(found[1].ready) == 2
