"""Plans carried out on a real API server: what stops what, and what doesn't."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from harness.cluster import Cluster, Object, Space
from harness.manifests import EXAMPLES
from harness.services import ai_service
from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus, Attempt, Reading
from leadsman.clients import kinds
from leadsman.clients.credentials import connection
from leadsman.clients.errors import Conflict
from leadsman.clients.kubernetes import Kubernetes
from leadsman.clients.pool import Pool
from leadsman.controller import clock
from leadsman.controller.apply.apply import Apply, Done
from leadsman.controller.apply.records import Records
from leadsman.controller.metrics import Metrics
from leadsman.controller.store import Key, Store
from leadsman.planner.plan import Create, Dossier, Event, Plan
from leadsman.planner.world import ChildKind, World

pytestmark = pytest.mark.integration

REVISION = "chat-0123456789"


@dataclass(frozen=True)
class Hands:
    """What the operator has to write with, and what it knows."""

    space: Space
    store: Store
    apply: Apply

    def see(self) -> None:
        """Everything as it is now."""
        for kind in (kinds.AI_SERVICE, kinds.AI_REVISION):
            for one in self.space.list(kind.name):
                self.store.observe(kind, None, one)

    def world(self) -> World:
        found = self.store.world(Key(self.space.name, "chat"), signals={}, template=None, now=clock.now())
        assert isinstance(found, World)
        return found

    async def carry_out(self, world: World, plan: Plan) -> Done:
        return await self.apply(world, plan, clock.now(), refused={})


@pytest_asyncio.fixture
async def hands(definitions: Cluster, space: Space) -> AsyncIterator[Hands]:
    space.apply(ai_service("chat", "1"), revision_object())
    async with Pool(await connection(kubeconfig=space.cluster.kubeconfig)) as pool:
        store = Store(clock.now)
        api = Kubernetes(pool.session(), pool.server)
        hands = Hands(space, store, Apply(api, store, Records(api, store), Metrics(), instance="test"))
        hands.see()
        yield hands


def revision_object(**spec: Any) -> Object:
    example = EXAMPLES["airevision"]["spec"]
    labels = {"leadsman.dev/service": "chat"}
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIRevision",
        "metadata": {"name": REVISION, "labels": labels},
        "spec": {**example, **spec, "service": {**example["service"], "name": "chat"}},
    }


def config_map(hands: Hands, name: str) -> Create:
    metadata = {"name": name, "namespace": hands.space.name}
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
    return Create(kind=ChildKind.CONFIG_MAP, object=made)


def service_object(hands: Hands) -> Create:
    metadata = {"name": "chat", "namespace": hands.space.name}
    made = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 80}]}}
    return Create(kind=ChildKind.SERVICE, object=made)


def names(hands: Hands, kind: str) -> set[str]:
    return {one["metadata"]["name"] for one in hands.space.list(kind)}


@pytest.mark.asyncio
async def test_who_decided_on_an_old_record_changes_nothing_and_announces_nothing(hands: Hands) -> None:
    old = hands.world()
    first = Dossier(revision=REVISION, status=AIRevisionStatus(verdict="Admitted"))
    await hands.carry_out(old, Plan(dossiers=(first,)))
    second = Plan(
        dossiers=(Dossier(revision=REVISION, status=AIRevisionStatus(verdict="Serving")),),
        operations=(config_map(hands, "too-late"),),
        events=(Event(type="Normal", reason="Promoted", message="it is not", key="1"),),
    )
    with pytest.raises(Conflict):
        await hands.carry_out(old, second)
    assert hands.space.get("AIRevision", REVISION)["status"]["verdict"] == "Admitted"
    assert "too-late" not in names(hands, "ConfigMap")
    assert "Promoted" not in hands.space.kubectl("get", "events").stdout


@pytest.mark.asyncio
async def test_what_was_written_is_known_at_once_and_is_not_written_again(hands: Hands) -> None:
    plan = Plan(dossiers=(Dossier(revision=REVISION, status=AIRevisionStatus(verdict="Admitted")),))
    assert (await hands.carry_out(hands.world(), plan)).wrote
    version = hands.space.get("AIRevision", REVISION)["metadata"]["resourceVersion"]
    assert [one.resource_version for one in hands.world().revisions] == [version]
    assert not (await hands.carry_out(hands.world(), plan)).wrote


@pytest.mark.asyncio
async def test_a_child_that_is_refused_does_not_stand_in_the_way_of_the_others(hands: Hands) -> None:
    no_name = config_map(hands, "Not-A-Name")
    done = await hands.carry_out(hands.world(), Plan(operations=(no_name, config_map(hands, "next"))))
    assert set(done.refused) == {(ChildKind.CONFIG_MAP, "Not-A-Name")}
    assert "next" in names(hands, "ConfigMap")


@pytest.mark.asyncio
async def test_what_stands_in_the_place_of_a_child_is_found(hands: Hands) -> None:
    hands.space.kubectl("create", "service", "clusterip", "chat", "--tcp=1:1")
    with pytest.raises(Conflict):
        await hands.carry_out(hands.world(), Plan(operations=(service_object(hands),)))
    apex = hands.world().apex
    assert apex is not None
    assert apex.owner_uid is None


@pytest.mark.asyncio
async def test_an_event_is_posted_once_whoever_posts_it(hands: Hands) -> None:
    event = Event(type="Normal", reason="Promoted", message="chat serves", key="1")
    for _ in range(2):
        again = Apply(hands.apply._children._api, hands.store, hands.apply._records, Metrics(), instance="test")
        await again(hands.world(), Plan(events=(event,)), clock.now(), refused={})
    listed = hands.space.kubectl("get", "events", "--field-selector=reason=Promoted", "-o", "name").stdout.split()
    assert len(listed) == 1


@pytest.mark.asyncio
async def test_a_record_that_does_not_fit_is_written_without_its_oldest_readings(hands: Hands) -> None:
    """By etcd's own limit. The template that fills it up is larger than the operator lets through."""
    hands.space.kubectl("delete", "airevision", REVISION)
    filling = {"metadata": {"annotations": {"filling": "x" * 1_450_000}}}
    hands.space.apply(revision_object(template=filling))
    hands.see()
    now = clock.now()
    readings = tuple(Reading(monitor=f"monitor-{i}", state="Passed", at=now, message="y" * 250) for i in range(64))
    attempts = tuple(Attempt(number=i + 1, started_at=now, readings=readings) for i in range(8))
    status = AIRevisionStatus(verdict="RolledBack", attempts=attempts)
    await hands.carry_out(hands.world(), Plan(dossiers=(Dossier(revision=REVISION, status=status),)))
    written = hands.space.get("AIRevision", REVISION)["status"]
    assert written["verdict"] == "RolledBack"
    assert len(written["attempts"][-1]["readings"]) == 64
    assert "readings" not in written["attempts"][0] or not written["attempts"][0]["readings"]
