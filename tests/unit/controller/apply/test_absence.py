"""Objects that were deleted while no watch looked: the first write that meets nothing tells."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from leadsman.api.v1alpha1.airevision_status import AIRevisionStatus
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.clients.errors import NotFound
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.children import Children
from leadsman.controller.apply.records import Records
from leadsman.controller.apply.trial import Trials
from leadsman.planner.plan import Delete, Dossier, Operation, Replace, Scale
from leadsman.planner.world import ChildKind, World
from unit.clients.playing import Answering, Playing, always, playing
from unit.controller.recordings import GOOD, NAMESPACE, SERVICE
from unit.controller.store.telling import KEY, Telling

GONE = always(json.dumps({"kind": "Status", "reason": "NotFound", "message": "not found"}), status=404)
DELETED = always(json.dumps({"kind": "Status", "status": "Success"}))


@dataclass
class Hands:
    telling: Telling
    server: Playing
    children: Children
    records: Records


@asynccontextmanager
async def hands(answer: Answering) -> AsyncGenerator[Hands]:
    telling = Telling()
    async with playing(answer) as server, aiohttp.ClientSession() as session:
        api = Kubernetes(session, server.address)
        children = Children(api, telling.store, Trials(api))
        yield Hands(telling, server, children, Records(api, telling.store))


def scaling(world: World) -> Operation:
    return Scale(revision=GOOD, replicas=4, resource_version=world.workloads[GOOD].resource_version)


def replacing(world: World) -> Operation:
    version = world.workloads[GOOD].resource_version
    rendered = {"metadata": {"namespace": NAMESPACE, "name": GOOD}}
    return Replace(kind=ChildKind.DEPLOYMENT, object=rendered, resource_version=version, drift=False)


@pytest.mark.asyncio
@pytest.mark.parametrize("operation", [scaling, replacing])
async def test_a_deployment_that_is_gone_unseen_is_missing_after_the_first_write(
    operation: Callable[[World], Operation],
) -> None:
    async with hands(GONE) as here:
        with pytest.raises(NotFound):
            await here.children.carry_out(KEY, operation(here.telling.world()))

        assert GOOD not in here.telling.world().workloads


@pytest.mark.asyncio
async def test_one_that_came_in_its_place_meanwhile_is_not_forgotten() -> None:
    async with hands(GONE) as here:
        late = scaling(here.telling.world())
        here.telling.tell(here.telling.stamp(here.telling.objects[f"Deployment/{GOOD}"]))
        with pytest.raises(NotFound):
            await here.children.carry_out(KEY, late)

        assert GOOD in here.telling.world().workloads


@pytest.mark.asyncio
async def test_a_record_that_is_gone_unseen_is_known_to_be_after_the_first_write() -> None:
    async with hands(GONE) as here:
        world = here.telling.world()
        (record,) = world.revisions
        aborted = Dossier(revision=record.name, status=AIRevisionStatus(verdict="Aborted"))
        with pytest.raises(NotFound):
            await here.records.write_dossier(world, aborted)

        assert here.telling.world().revisions == ()


@pytest.mark.asyncio
async def test_a_service_that_is_gone_unseen_is_no_longer_looked_after() -> None:
    async with hands(GONE) as here:
        with pytest.raises(NotFound):
            await here.records.write_status(here.telling.world().service, AIServiceStatus(observed_generation=99))

        assert here.telling.looked_at() is None


@pytest.mark.asyncio
async def test_what_was_deleted_is_forgotten_at_once_and_not_deleted_again() -> None:
    async with hands(DELETED) as here:
        apex = here.telling.world().apex
        assert apex
        deletion = Delete(kind=ChildKind.SERVICE, name=SERVICE, uid=apex.uid, resource_version=apex.resource_version)
        await here.children.carry_out(KEY, deletion)

        assert here.telling.world().apex is None
