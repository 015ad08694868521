"""Who is woken by what: all whom it concerns, and nobody else."""

import itertools

import pytest

from leadsman.clients.kinds import AI_SERVICE, CONFIG_MAP, DEPLOYMENT, POD
from leadsman.controller.store import Key, PolicyKey
from unit.controller.recordings import GOOD, NAMESPACE, SERVICE
from unit.controller.store.telling import KEY, KINDS, Telling, everything

NOBODY: frozenset[Key] = frozenset()
POLICY = PolicyKey("high-risk")
DEPLOYED = f"Deployment/{GOOD}"


@pytest.mark.parametrize("name", sorted(everything()))
def test_a_deletion_of_anything_wakes_its_service(name: str) -> None:
    telling = Telling()
    raw = telling.stamp(telling.objects[name])

    woken = telling.tell(raw, "DELETED")

    assert woken == ({POLICY} if name == "GovernancePolicy/high-risk" else {KEY})


@pytest.mark.parametrize("name", sorted(everything()))
def test_a_repetition_wakes_nobody(name: str) -> None:
    telling = Telling()

    assert [telling.tell(telling.objects[name], event) for event in ("ADDED", "MODIFIED", None)] == [NOBODY] * 3


@pytest.mark.parametrize("name", sorted(everything()))
def test_an_event_that_changes_nothing_that_matters_wakes_nobody(name: str) -> None:
    telling = Telling()

    assert telling.tell(telling.change(name, "metadata.annotations", **{"example.com/seen": "now"})) == NOBODY


def test_the_heartbeat_of_a_pod_wakes_nobody() -> None:
    telling = Telling()
    pod = next(name for name in telling.objects if name.startswith(f"Pod/{GOOD}"))
    beat = [{"type": "Ready", "status": "True", "lastProbeTime": "2026-11-23T21:00:00Z"}]

    assert telling.tell(telling.change(pod, "status", conditions=beat)) == NOBODY


def test_a_pod_that_is_no_longer_ready_wakes_its_service() -> None:
    telling = Telling()
    pod = next(name for name in telling.objects if name.startswith(f"Pod/{GOOD}"))

    assert telling.tell(telling.change(pod, "status", conditions=[{"type": "Ready", "status": "False"}])) == {KEY}


def test_the_status_of_a_deployment_wakes_only_with_another_number_of_pods() -> None:
    telling = Telling()
    assert telling.tell(telling.change(DEPLOYED, "status", updatedReplicas=7, collisionCount=1)) == NOBODY

    assert telling.tell(telling.change(DEPLOYED, "status", readyReplicas=1)) == {KEY}


def test_the_newest_resource_version_is_known_though_nobody_was_woken() -> None:
    telling = Telling()
    raw = telling.change(DEPLOYED, "status", updatedReplicas=7)
    telling.tell(raw)

    assert telling.world().workloads[GOOD].resource_version == raw["metadata"]["resourceVersion"]


def test_the_echo_of_an_own_write_wakes_nobody_and_the_next_change_does() -> None:
    telling = Telling()
    answer = telling.change(DEPLOYED, "spec", replicas=3)
    telling.store.wrote(DEPLOYMENT, answer)
    assert telling.world().workloads[GOOD].replicas == 3
    assert telling.tell(answer) == NOBODY

    assert telling.tell(telling.change(DEPLOYED, "spec", replicas=1)) == {KEY}


def test_an_event_from_before_an_own_write_does_not_undo_it() -> None:
    telling = Telling()
    earlier = telling.change(DEPLOYED, "status", readyReplicas=0)
    telling.store.wrote(DEPLOYMENT, telling.change(DEPLOYED, "spec", replicas=3))

    assert telling.tell(earlier) == NOBODY
    assert telling.world().workloads[GOOD].replicas == 3


def test_an_answer_that_is_handled_after_the_deletion_does_not_bring_the_object_back() -> None:
    telling = Telling()
    answer = telling.change(DEPLOYED, "spec", replicas=3)
    telling.tell(telling.change(DEPLOYED, "metadata", deletionTimestamp="2026-11-23T20:00:00Z"), "DELETED")

    telling.store.wrote(DEPLOYMENT, answer)

    assert GOOD not in telling.world().workloads


def test_the_deletion_of_an_object_that_comes_after_the_creation_of_its_successor_leaves_that_alone() -> None:
    telling = Telling()
    old = telling.change(DEPLOYED, "metadata", deletionTimestamp="2026-11-23T20:00:00Z")
    new = telling.new(GOOD, DEPLOYED)
    assert telling.tell(new, "ADDED") == {KEY}

    assert telling.tell(old, "DELETED") == NOBODY

    assert telling.world().workloads[GOOD].uid == new["metadata"]["uid"]


def test_after_a_restore_of_etcd_a_list_counts_though_it_is_older() -> None:
    telling = Telling()
    restored = telling.objects[DEPLOYED]
    telling.tell(telling.change(DEPLOYED, "spec", replicas=9))

    assert telling.tell(restored, None) == {KEY}

    assert telling.world().workloads[GOOD].replicas == 2


def test_what_a_restore_of_etcd_brought_back_is_followed_from_there_on() -> None:
    telling = Telling()
    restored = telling.objects[DEPLOYED]
    telling.tell(telling.change(DEPLOYED, "metadata", deletionTimestamp="2026-11-23T20:00:00Z"), "DELETED")
    assert telling.tell(restored, None) == {KEY}
    telling.versions = itertools.count(1000)  # where the restored cluster goes on

    telling.objects[DEPLOYED] = restored
    assert telling.tell(telling.change(DEPLOYED, "spec", replicas=5)) == {KEY}

    assert telling.world().workloads[GOOD].replicas == 5


def test_late_news_of_an_object_whose_successor_is_gone_too_does_not_bring_it_back() -> None:
    telling = Telling()
    late = telling.change(DEPLOYED, "status", readyReplicas=1)
    deleted = telling.change(DEPLOYED, "metadata", deletionTimestamp="2026-11-23T20:00:00Z")
    successor = telling.new(GOOD, DEPLOYED)
    for event, raw in (("ADDED", successor), ("DELETED", deleted), ("DELETED", telling.stamp(successor))):
        telling.tell(raw, event)

    assert telling.tell(late) == NOBODY

    assert GOOD not in telling.world().workloads


def test_an_object_that_loses_our_label_is_gone_and_comes_back_with_it() -> None:
    telling = Telling()
    stripped = telling.change(DEPLOYED, "metadata.labels", **{"leadsman.dev/service": None})
    assert telling.tell(stripped, "DELETED") == {KEY}  # as a watch with a selector tells it
    assert GOOD not in telling.world().workloads

    assert telling.tell(telling.change(DEPLOYED, "metadata.labels", **{"leadsman.dev/service": SERVICE}), "ADDED") == {
        KEY
    }

    assert GOOD in telling.world().workloads


def test_an_object_that_changes_hands_wakes_both_services() -> None:
    telling = Telling()
    other = Key(NAMESPACE, "other")
    telling.tell(telling.new("other", f"AIService/{SERVICE}"), "ADDED")

    assert telling.tell(telling.change(DEPLOYED, "metadata.labels", **{"leadsman.dev/service": "other"})) == {
        KEY,
        other,
    }


def test_children_without_a_service_wake_nobody_and_are_there_when_it_comes() -> None:
    telling = Telling(listed=False)
    objects = everything()
    service = objects.pop(f"AIService/{SERVICE}")
    for raw in objects.values():
        assert telling.tell(raw, None) <= {POLICY}

    assert telling.tell(service, None) == {KEY}

    assert telling.world() == Telling().world()


def test_what_was_deleted_unseen_is_dropped_by_its_uid() -> None:
    telling = Telling()
    uid = telling.objects[DEPLOYED]["metadata"]["uid"]
    assert telling.store.known(DEPLOYMENT)[uid] == (NAMESPACE, GOOD)

    assert telling.store.drop(DEPLOYMENT, uid) == {KEY}

    assert uid not in telling.store.known(DEPLOYMENT)
    assert telling.store.drop(DEPLOYMENT, uid) == NOBODY
    assert GOOD not in telling.world().workloads


def test_all_that_is_known_is_known_to_a_sweep() -> None:
    telling = Telling()
    seen = {(KINDS[raw["kind"]], raw["metadata"]["uid"]) for raw in telling.objects.values()}

    assert {
        (kind, uid) for kind in KINDS.values() if kind in {one for one, _ in seen} for uid in telling.store.known(kind)
    } == seen


def test_inputs_and_their_copies_are_both_known_to_a_sweep() -> None:
    telling = Telling()

    assert len(telling.store.known(CONFIG_MAP)) == 2


def test_a_sweep_gets_to_know_all_that_there_is_of_a_kind() -> None:
    telling = Telling()
    telling.tell(telling.new("other", f"AIService/{SERVICE}"), "ADDED")

    assert set(telling.store.known(AI_SERVICE).values()) == {KEY, (NAMESPACE, "other")}
    assert len(telling.store.known(POD)) == 7
