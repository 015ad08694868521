"""What the planner gets to see."""

from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.clients import kinds
from leadsman.controller.observe.services import Unreadable
from leadsman.controller.store import Key, PolicyKey
from leadsman.planner.world import ChildKind, InputState
from unit.controller.recordings import GOOD, NAMESPACE, SERVICE
from unit.controller.store.telling import KEY, START, Telling

POLICY = PolicyKey("high-risk")
LAME = "support-assistant-6666666666"


def test_all_that_was_seen_of_a_service_is_its_world() -> None:
    world = Telling().world()

    assert (world.service.namespace, world.service.name) == KEY
    assert [revision.name for revision in world.revisions] == ["support-assistant-9b2e41c07d"]
    assert {name: found.ready for name, found in world.workloads.items()} == {GOOD: 2, LAME: 0}
    assert sorted(pod.revision[-10:-9] for pod in world.pods) == list("1234567")
    assert world.inputs["support-prompts"].state is InputState.PRESENT
    assert set(world.others) == {
        (ChildKind.CONFIG_MAP, "support-prompts-1111111111"),
        (ChildKind.POD_DISRUPTION_BUDGET, SERVICE),
        (ChildKind.NETWORK_POLICY, SERVICE),
    }
    assert world.providers == {"default"}
    assert (world.unreadable, world.policies, world.template) == ((), (), None)


def test_routes_know_whom_they_send_traffic_to() -> None:
    world = Telling().world()

    assert world.apex
    assert world.apex.selector["leadsman.dev/revision"] == GOOD
    assert world.apex.ready == {GOOD: 2}
    assert world.preview
    assert world.preview.ready == {}


def test_traffic_may_still_reach_a_pod_that_is_gone_until_its_address_is() -> None:
    telling = Telling()
    pod = next(raw for name, raw in telling.objects.items() if name.startswith(f"Pod/{GOOD}"))
    assert telling.tell(telling.stamp(pod), "DELETED") == {KEY}

    world = telling.world()

    assert world.apex
    assert world.apex.ready == {GOOD: 2}


def test_a_service_of_which_nothing_was_seen_has_no_world() -> None:
    assert Telling().looked_at(Key(NAMESPACE, "other")) is None


def test_a_deleted_service_has_no_world_and_finds_its_records_when_it_is_created_again() -> None:
    telling = Telling()
    before = telling.world()
    telling.tell(telling.stamp(telling.objects[f"AIService/{SERVICE}"]), "DELETED")
    assert telling.looked_at() is None

    telling.tell(telling.new(SERVICE, f"AIService/{SERVICE}"), "ADDED")

    assert telling.world().revisions == before.revisions
    assert telling.world().service.uid != before.service.uid


def test_a_service_that_cannot_be_read_says_why_and_what_it_was() -> None:
    telling = Telling()
    telling.change(f"AIService/{SERVICE}", "spec", shape="round")
    woken = telling.tell(telling.change(f"AIService/{SERVICE}", "metadata", generation=2))

    found = telling.looked_at()

    assert woken == {KEY}
    assert isinstance(found, Unreadable)
    assert found.message == "spec.shape: Extra inputs are not permitted"
    assert found.generation == 2


def test_a_status_that_cannot_be_read_is_empty_and_noted() -> None:
    telling = Telling()
    assert telling.store.note(KEY) == ""
    telling.tell(telling.change(f"AIService/{SERVICE}", "status", attempt="first"))

    assert telling.world().service.status == AIServiceStatus()
    assert "status.attempt" in telling.store.note(KEY)


def test_a_revision_that_cannot_be_read_is_named_with_the_reason() -> None:
    telling = Telling()
    telling.tell(telling.change("AIRevision/support-assistant-9b2e41c07d", "status", verdict="Fine"))

    world = telling.world()

    assert world.revisions == ()
    assert [text.partition(":")[0] for text in world.unreadable] == ["support-assistant-9b2e41c07d"]


def test_a_world_does_not_change_after_it_was_given() -> None:
    telling = Telling()
    world = telling.world()
    telling.tell(telling.objects[f"Deployment/{GOOD}"], "DELETED")

    assert GOOD in world.workloads
    assert GOOD not in telling.world().workloads


def test_policies_that_could_match_are_named() -> None:
    telling = Telling()
    assert telling.world().service.spec.risk.tier == "Limited"
    woken = telling.tell(telling.change("GovernancePolicy/high-risk", "spec.match", tiers=["Limited", "High"]))
    assert woken == {KEY, POLICY}
    assert tuple(one.name for one in telling.world().policies) == ("high-risk",)

    woken = telling.tell(telling.change("GovernancePolicy/high-risk", "spec.match", tiers=["Minimal"]))
    assert woken == {KEY, POLICY}
    assert telling.world().policies == ()


def test_a_policy_that_is_about_others_wakes_nobody() -> None:
    telling = Telling()

    assert telling.tell(telling.change("GovernancePolicy/high-risk", "spec.match", tiers=["Minimal"])) == {POLICY}


def test_a_label_of_a_service_can_put_it_under_a_policy() -> None:
    telling = Telling()
    selector = {"matchLabels": {"audience": "public"}}
    telling.tell(telling.change("GovernancePolicy/high-risk", "spec.match", tiers=[], selector=selector))
    assert telling.world().policies == ()

    woken = telling.tell(telling.change(f"AIService/{SERVICE}", "metadata.labels", audience="public"))

    assert woken == {KEY, POLICY}
    assert tuple(one.name for one in telling.world().policies) == ("high-risk",)


def test_a_label_of_a_namespace_can_put_its_services_under_a_policy() -> None:
    telling = Telling()
    selector = {"matchLabels": {"env": "prod"}}

    def labelled(version: str, **labels: str) -> set[object]:
        metadata = {
            "name": NAMESPACE,
            "uid": "of-the-namespace",
            "resourceVersion": version,
            "creationTimestamp": "2026-11-23T10:00:00Z",
            "labels": labels,
        }
        return set(telling.store.observe(kinds.NAMESPACE, "MODIFIED", {"metadata": metadata}))

    telling.tell(telling.change("GovernancePolicy/high-risk", "spec.match", tiers=[], namespaceSelector=selector))
    assert tuple(one.name for one in telling.world().policies) == ("high-risk",)  # nobody knows the namespace yet
    assert labelled("7", env="test") == {KEY, POLICY}
    assert telling.world().policies == ()
    assert labelled("8", env="prod") == {KEY, POLICY}
    assert tuple(one.name for one in telling.world().policies) == ("high-risk",)
    assert labelled("9", env="prod") == set()


def test_when_a_service_changed_is_known_from_when_it_was_seen_to() -> None:
    telling = Telling()
    assert telling.world().service.changed_at is None
    telling.pass_seconds(5)
    telling.tell(telling.change(f"AIService/{SERVICE}", "status", attempt=1))
    assert telling.world().service.changed_at is None

    telling.tell(telling.change(f"AIService/{SERVICE}", "metadata", generation=2))

    assert telling.world().service.changed_at == telling.now
    assert telling.now > START


def test_a_service_that_was_just_created_has_just_changed() -> None:
    telling = Telling()
    telling.tell(telling.new("other", f"AIService/{SERVICE}"), "ADDED")

    assert telling.world(Key(NAMESPACE, "other")).service.changed_at == telling.now


def test_a_service_that_is_gone_leaves_no_time_of_change_to_its_successor() -> None:
    telling = Telling()
    telling.tell(telling.change(f"AIService/{SERVICE}", "metadata", generation=2))
    telling.tell(telling.stamp(telling.objects[f"AIService/{SERVICE}"]), "DELETED")

    telling.tell(telling.new(SERVICE, f"AIService/{SERVICE}"), None)

    assert telling.world().service.changed_at is None


def test_what_comes_in_another_order_is_shown_in_the_same() -> None:
    telling = Telling(listed=False)
    for raw in reversed(Telling().objects.values()):
        telling.tell(raw, None)

    assert telling.world() == Telling().world()
