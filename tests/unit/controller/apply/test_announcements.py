"""Events as the API server takes them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from harness.manifests import EXAMPLES
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.clients.kubernetes import Kubernetes
from leadsman.controller.apply.announcements import Announcements, event_object
from leadsman.planner.plan import Event
from leadsman.planner.world import Service
from unit.clients.playing import playing

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RAW = EXAMPLES["aiservice-minimal"]["spec"]
SERVICE = Service(
    namespace="support",
    name="assistant",
    uid="uid-1",
    generation=1,
    resource_version="7",
    created_at=NOON,
    raw=RAW,
    spec=AIServiceSpec.from_dict(RAW),
    status=AIServiceStatus(),
)
PROMOTED = Event(type="Normal", reason="Promoted", message="assistant-1 serves everyone", key="sha256:1")


def name_of(service: Service, event: Event) -> str:
    return event_object(service, event, NOON, "pod-1")["metadata"]["name"]


def test_one_key_has_one_name_whatever_else_differs_so_that_it_is_posted_once() -> None:
    assert name_of(SERVICE, PROMOTED) == name_of(SERVICE, replace(PROMOTED, message="in other words"))
    assert name_of(SERVICE, PROMOTED).startswith("assistant.")


def test_another_key_or_a_service_that_was_created_again_has_events_of_its_own() -> None:
    again = replace(SERVICE, uid="uid-2")
    other = replace(PROMOTED, key="sha256:2")
    assert len({name_of(SERVICE, PROMOTED), name_of(SERVICE, other), name_of(again, PROMOTED)}) == 3


def test_a_message_that_the_api_server_would_refuse_is_cut() -> None:
    message = event_object(SERVICE, replace(PROMOTED, message="x" * 5000), NOON, "pod-1")["message"]
    assert len(message) == 1024
    assert message.endswith("…")


@pytest.mark.asyncio
async def test_an_api_server_that_does_not_take_events_holds_up_nothing(caplog: pytest.LogCaptureFixture) -> None:
    hanging, closing = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        hanging.set()
        await closing.wait()
        return web.Response()

    async with playing(hang) as server, aiohttp.ClientSession() as session:
        announcements = Announcements(Kubernetes(session, server.address), "pod-1", within_seconds=0.2)
        await announcements.post(SERVICE, [PROMOTED, PROMOTED], NOON)
        closing.set()

    assert hanging.is_set()
    assert "events could not be posted in time" in caplog.text
