"""What has to be written so that a service's objects are as they should be."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.children import (
    COPY_OF_NEW,
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
    settled,
    wanted,
    world,
)
from leadsman.planner.children import Wanted, operations
from leadsman.planner.plan import Delete, Replace, Scale

Json = dict[str, Any]


def test_a_new_service_gets_all_its_objects_and_what_pods_need_comes_before_them() -> None:
    done = planned(world(service()), wanted(old=4, apex=narrow(OLD), preview=narrow(OLD)))

    assert described(done) == [
        "create Service assistant",
        "create Service assistant-preview",
        f"create ConfigMap {COPY_OF_OLD}",
        "create NetworkPolicy assistant",
        "create PodDisruptionBudget assistant",
        f"create Deployment {OLD} x4",
    ]


def test_where_all_is_as_it_should_be_nothing_is_sent(stored: Stored) -> None:
    assert planned(world(service(), stored), RESTING) == ()


def test_pods_wait_until_the_record_is_there_that_owns_their_inputs() -> None:
    done = planned(world(service()), wanted(old=4), records={})

    assert described(done) == ["create NetworkPolicy assistant", "create PodDisruptionBudget assistant"]


def test_a_service_without_ports_access_or_a_second_pod_has_a_deployment_and_nothing_else() -> None:
    bare = service(service=None, access=None, replicas=1, inputs=[])

    assert described(planned(world(bare), wanted(old=1, apex=narrow(OLD)))) == [f"create Deployment {OLD} x1"]


def test_what_the_user_takes_out_of_the_spec_is_deleted(stored: Stored) -> None:
    done = planned(world(service(service=None, access=None, replicas=1), stored), wanted(old=1, apex=narrow(OLD)))

    assert described(done) == [
        f"scale {OLD} x1",
        "delete Service assistant",
        "delete NetworkPolicy assistant",
        "delete PodDisruptionBudget assistant",
    ]


def test_a_candidate_in_the_dark_has_a_preview_and_loses_it_again(stored: Stored) -> None:
    dark = wanted(old=4, new=4, apex=narrow(OLD), preview=narrow(NEW))

    assert described(planned(world(service(), stored), dark)) == [
        "create Service assistant-preview",
        f"create ConfigMap {COPY_OF_NEW}",
        f"create Deployment {NEW} x4",
    ]
    both = settled(service(), RESTING, dark)
    assert described(planned(world(service(), both), wanted(old=4, new=4, apex=narrow(OLD)))) == [
        "delete Service assistant-preview"
    ]


def test_more_pods_come_before_fewer() -> None:
    both = settled(service(), wanted(old=4, new=0, apex=WIDE))

    done = planned(world(service(), both), wanted(old=3, new=1, apex=WIDE))

    assert described(done) == [f"scale {NEW} x1", f"scale {OLD} x3"]


def test_no_pod_is_taken_away_before_the_apex_is_seen_to_select_another_revision() -> None:
    both = settled(service(), wanted(old=4, new=4, apex=WIDE))
    back = wanted(old=4, new=0, apex=narrow(OLD))

    first = planned(world(service(), both), back)
    both.carry_out(first)
    second = planned(world(service(), both), back)

    assert described(first) == ["change Service assistant"]
    assert described(second) == [f"scale {NEW} x0"]


def test_a_drifted_deployment_that_the_apex_selects_is_put_back_with_all_its_pods() -> None:
    both = settled(service(), wanted(old=4, new=4, apex=WIDE))
    containers(both, NEW).append({"name": "miner", "image": "miner"})

    done = planned(world(service(), both), wanted(old=4, new=0, apex=narrow(OLD)))

    assert described(done) == ["change Service assistant", f"put back Deployment {NEW} x4"]


def test_a_service_being_deleted_is_left_to_the_garbage_collector(stored: Stored) -> None:
    gone = replace(service(access=None), deleting=True)

    assert planned(world(gone, stored), wanted(new=1)) == ()


def test_a_revision_out_of_history_is_scaled_down_first_and_deleted_when_it_has_no_pods() -> None:
    both = settled(service(), wanted(old=4, new=2, apex=narrow(OLD)))
    both.edit(f"Deployment/{NEW}")["status"] = {"replicas": 2}

    first = planned(world(service(), both), RESTING)
    both.carry_out(first)
    second = planned(world(service(), both), RESTING)
    both.edit(f"Deployment/{NEW}")["status"] = {"replicas": 0}
    third = planned(world(service(), both), RESTING)

    assert described(first) == [f"scale {NEW} x0", f"delete ConfigMap {COPY_OF_NEW}"]
    assert second == ()
    assert described(third) == [f"delete Deployment {NEW}"]


def test_a_deletion_names_exactly_what_was_seen(stored: Stored) -> None:
    live = stored.objects["NetworkPolicy/assistant"]["metadata"]

    (done,) = planned(world(service(access=None), stored), RESTING)

    assert isinstance(done, Delete)
    assert (done.uid, done.resource_version) == (live["uid"], live["resourceVersion"])


def test_a_changed_spec_changes_objects_without_blaming_anybody(stored: Stored) -> None:
    other = service(
        service={"ports": [{"name": "http", "port": 81}]},
        access={"allowFrom": []},
        rollout={"progressDeadlineSeconds": 60},
    )

    assert described(planned(world(other, stored), RESTING)) == [
        "change Service assistant",
        "change NetworkPolicy assistant",
        f"change Deployment {OLD} x4",
    ]


def test_a_restart_is_a_change_of_the_deployment(stored: Stored) -> None:
    restarted = service(restartedAt="2026-11-23T10:00:00Z")

    (done,) = planned(world(restarted, stored), RESTING)

    assert isinstance(done, Replace)
    pods = done.object["spec"]["template"]["metadata"]
    assert pods["annotations"] == {"leadsman.dev/restarted-at": "2026-11-23T10:00:00Z"}
    assert not done.drift


def test_pods_that_are_missing_come_before_a_change_that_may_be_refused(stored: Stored) -> None:
    later = service(rollout={"surge": 2}, replicas=8)
    up = wanted(old=8, apex=narrow(OLD))

    assert described(planned(world(later, stored), up)) == [f"scale {OLD} x8"]
    stored.carry_out(planned(world(later, stored), up))
    assert described(planned(world(later, stored), up)) == [f"change Deployment {OLD} x8"]


def test_a_revision_whose_record_cannot_be_read_can_still_be_scaled(stored: Stored) -> None:
    seen = world(service(), stored)

    done = operations(seen, wanted(old=6, apex=narrow(OLD)), {}, {})

    assert described(done) == [f"scale {OLD} x6"]


selectors = st.sampled_from([WIDE, narrow(OLD), narrow(NEW), None])
numbers = st.integers(min_value=0, max_value=3)
states = st.builds(wanted, apex=selectors, preview=selectors, old=numbers, new=numbers)


@given(st.lists(states, min_size=1, max_size=4))
def test_whatever_is_wanted_one_after_the_other_is_reached_and_then_nothing_is_sent(ways: list[Wanted]) -> None:
    stored = settled(service(), *ways)

    last = ways[-1]
    assert {name: stored.objects[f"Deployment/{name}"]["spec"]["replicas"] for name in (OLD, NEW)} == last.deployments


@given(states, states)
def test_no_write_alone_takes_pods_that_the_apex_selects_and_shall_not(before: Wanted, after: Wanted) -> None:
    """Whichever of the writes of one plan succeed: what the apex selected until now keeps its pods."""
    seen = world(service(), settled(service(), before))
    if seen.apex is None or after.apex is None or seen.apex.selector == after.apex:
        return

    for one in planned(seen, after):
        if isinstance(one, Scale):
            assert one.replicas > seen.workloads[one.revision].replicas
        assert not isinstance(one, Delete)
