"""Verdicts as labels: each is written over what was seen, and over nothing newer."""

import json

import aiohttp
import pytest

from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.records import Records
from unit.clients.playing import Playing, always, playing
from unit.controller.store.telling import Object, Telling


async def labelled(telling: Telling, answer: Object, verdict: str) -> tuple[bool, Playing]:
    async with playing(always(json.dumps(answer))) as server, aiohttp.ClientSession() as session:
        records = Records(Kubernetes(session, server.address), telling.store)
        world = telling.world()
        (record,) = world.revisions
        return await records.write_verdicts(world, {record.name: verdict}), server


@pytest.mark.asyncio
async def test_a_verdict_is_labelled_once_the_record_says_it_and_only_as_it_was_seen() -> None:
    telling = Telling()
    (name,) = [name for name in telling.objects if name.startswith("AIRevision/")]
    telling.tell(telling.change(name, "status", verdict="Serving"))
    (record,) = telling.world().revisions

    wrote, server = await labelled(telling, telling.objects[name], "Serving")

    assert wrote
    (request,) = server.asked
    assert await request.json() == {
        "metadata": {"resourceVersion": record.resource_version, "labels": {"leadsman.dev/verdict": "Serving"}}
    }


@pytest.mark.asyncio
async def test_a_verdict_that_the_record_does_not_say_yet_is_not_labelled() -> None:
    wrote, server = await labelled(Telling(), {}, "Serving")

    assert not wrote
    assert server.asked == []
