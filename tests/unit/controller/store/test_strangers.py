"""What stands where a child should be."""

from leadsman.clients import kinds
from leadsman.controller.store import Key
from leadsman.planner.world import ChildKind
from unit.controller.recordings import GOOD, NAMESPACE, SERVICE
from unit.controller.store.telling import KEY, START, Object, Telling

APEX = f"Service/{SERVICE}"


def somebody_elses(telling: Telling, name: str, like: str) -> Object:
    return telling.new(name, like, labels={"app": "mine"}, ownerReferences=[])


def with_a_stranger() -> tuple[Telling, Object]:
    telling = Telling()
    telling.tell(telling.stamp(telling.objects[APEX]), "DELETED")
    stranger = somebody_elses(telling, SERVICE, APEX)
    telling.store.found(KEY, kinds.SERVICE, stranger)
    return telling, stranger


def test_a_foreign_service_in_the_place_of_the_apex_is_seen_as_what_it_is() -> None:
    telling, stranger = with_a_stranger()

    found = telling.world().apex

    assert found
    assert (found.uid, found.labels, found.owner_uid) == (stranger["metadata"]["uid"], {"app": "mine"}, None)


def test_it_is_looked_at_again_after_half_a_minute_since_nobody_tells_when_it_goes() -> None:
    telling, _ = with_a_stranger()
    again = telling.store.look_again_at(KEY)
    assert again
    assert again > START

    telling.pass_seconds((again - START).total_seconds())

    assert telling.world().apex is None
    assert telling.store.look_again_at(KEY) is None


def test_once_it_is_ours_the_watch_tells_of_it() -> None:
    telling, stranger = with_a_stranger()
    stranger["metadata"]["labels"] = {"leadsman.dev/service": SERVICE}
    telling.store.wrote(kinds.SERVICE, telling.stamp(stranger))
    assert telling.store.look_again_at(KEY) is None

    assert telling.tell(telling.stamp(stranger), "DELETED") == {KEY}

    assert telling.world().apex is None


def test_a_stranger_that_is_no_more_is_dropped_by_its_uid() -> None:
    telling, stranger = with_a_stranger()

    assert telling.store.drop(kinds.SERVICE, stranger["metadata"]["uid"]) == {KEY}

    assert telling.world().apex is None


def test_a_child_whose_creation_was_refused_before_the_watch_told_of_it_is_no_stranger() -> None:
    telling = Telling()
    child = telling.new("support-assistant-9999999999", f"Deployment/{GOOD}")

    telling.store.found(KEY, kinds.DEPLOYMENT, child)

    assert telling.world().workloads["support-assistant-9999999999"].ready == 2
    assert telling.store.look_again_at(KEY) is None
    assert telling.tell(child, "ADDED") == set()


def test_the_apex_of_another_service_may_stand_where_the_preview_should_be() -> None:
    """Of two services `a` and `a-preview` the second one's apex has the name of the first one's preview."""
    telling = Telling()
    preview = f"{SERVICE}-preview"
    other = Key(NAMESPACE, preview)
    telling.tell(telling.new(preview, f"AIService/{SERVICE}"), "ADDED")
    telling.tell(telling.stamp(telling.objects[f"Service/{preview}"]), "DELETED")
    theirs = telling.new(preview, APEX, labels={"leadsman.dev/service": preview})

    telling.store.found(KEY, kinds.SERVICE, theirs)

    mine, its = telling.world().preview, telling.world(other).apex
    assert mine
    assert its
    assert mine.uid == its.uid == theirs["metadata"]["uid"]
    assert telling.tell(theirs, "ADDED") == {other}, "which did not ask, and so does not know yet"


def test_a_copy_that_lost_the_label_it_is_watched_by_is_held_as_a_stranger() -> None:
    telling = Telling()
    copy = "ConfigMap/support-prompts-1111111111"
    stripped = telling.change(copy, "metadata.labels", **{"leadsman.dev/input": None})
    telling.tell(stripped, "DELETED")
    place = (ChildKind.CONFIG_MAP, "support-prompts-1111111111")
    assert place not in telling.world().others

    telling.store.found(KEY, kinds.CONFIG_MAP, telling.stamp(stripped))

    assert telling.world().others[place].uid == stripped["metadata"]["uid"]
    assert telling.store.look_again_at(KEY) is not None


def test_strangers_of_a_service_that_is_deleted_are_forgotten() -> None:
    telling, _ = with_a_stranger()
    telling.tell(telling.stamp(telling.objects[f"AIService/{SERVICE}"]), "DELETED")

    assert telling.store.look_again_at(KEY) is None
