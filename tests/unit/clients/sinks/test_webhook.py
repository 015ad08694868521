"""A receiver that is down, slow, wrong or asks for a pause; and one that does not believe everybody."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from leadsman.clients.errors import DeliveryFailed
from leadsman.clients.sinks.webhook import BODY_BYTES, Receiver, Webhook, sign
from unit.clients.sinks.test_file import ENTRIES, lines

pytestmark = pytest.mark.asyncio

SECRET = b"0123456789abcdef0123456789abcdef"
Answer = Callable[[], Awaitable[web.Response]]


@dataclass
class Receiving:
    """Takes what is signed with the secret, as the specification's libraries check it."""

    answers: list[Answer] = field(default_factory=list[Answer])
    """Before it is well again."""
    asked: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ids: list[str] = field(default_factory=list[str])

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        body = await request.read()
        head = request.headers
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
        if not hmac.compare_digest(expected, head["webhook-signature"]):
            return web.Response(status=401)
        assert head["Content-Type"] == "application/cloudevents-batch+json; charset=UTF-8"
        assert len(body) <= 2 * BODY_BYTES
        if self.answers:
            return await self.answers.pop(0)()
        self.ids.append(head["webhook-id"])
        self.taken.extend(json.loads(body))
        return web.Response(status=204)


def saying(status: int, **headers: str) -> Answer:
    async def answer() -> web.Response:
        return web.Response(status=status, headers=headers)

    return answer


async def never() -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


@asynccontextmanager
async def sink(receiving: Receiving, key_file: Path, **how: Any) -> AsyncGenerator[Webhook]:
    app = web.Application()
    app.router.add_post("/ledger", receiving.take)
    clock = how.pop("clock", lambda: 0.0)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        address = str(server.make_url("/ledger"))
        yield Webhook("siem", Receiver(address=address, key_file=key_file, cluster="prod", **how), session, clock)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(f"whsec_{base64.b64encode(SECRET).decode()}\n")
    return file


async def test_entries_arrive_as_cloud_events_in_their_order(key_file: Path) -> None:
    receiving = Receiving()
    async with sink(receiving, key_file) as webhook:
        await webhook.deliver(lines())
    assert [one["id"] for one in receiving.taken] == [entry.hash for entry in ENTRIES]
    assert [one["data"] for one in receiving.taken] == [line.to_dict() for line in lines()]
    first = {key: value for key, value in receiving.taken[0].items() if key not in {"id", "data"}}
    assert first == {
        "specversion": "1.0",
        "source": "/prod/support/chat",
        "type": "dev.leadsman.ledger.stage.entered",
        "subject": "chat-1",
        "time": receiving.taken[0]["data"]["entry"]["at"],
        "datacontenttype": "application/json",
        "dataschema": "tag:leadsman.dev,2026:ledger-entry/v1",
    }


@pytest.mark.parametrize("status", [302, 400, 401, 413, 429, 500, 503])
async def test_what_is_not_taken_is_sent_again_as_the_same(key_file: Path, status: int) -> None:
    receiving = Receiving(answers=[saying(status)])
    async with sink(receiving, key_file) as webhook:
        with pytest.raises(DeliveryFailed, match=f"sink siem: it answered {status}"):
            await webhook.deliver(lines())
        await webhook.deliver(lines())
        await webhook.deliver(lines())
    assert len(set(receiving.ids)) == 1
    assert receiving.taken[:5] == receiving.taken[5:]


async def test_a_receiver_that_does_not_answer_is_not_waited_for(key_file: Path) -> None:
    async with sink(Receiving(answers=[never]), key_file, timeout_seconds=0.1) as webhook:
        with pytest.raises(DeliveryFailed, match="sink siem: no answer in time"):
            await webhook.deliver(lines())


async def test_a_pause_that_is_asked_for_is_kept(key_file: Path) -> None:
    receiving, now = Receiving(answers=[saying(503, **{"Retry-After": "30"})]), [0.0]
    async with sink(receiving, key_file, clock=lambda: now[0]) as webhook:
        with pytest.raises(DeliveryFailed, match="it answered 503"):
            await webhook.deliver(lines())
        now[0] = 29.0
        with pytest.raises(DeliveryFailed, match="it asked for a pause of 1 s more"):
            await webhook.deliver(lines())
        assert receiving.asked == 1
        now[0] = 30.0
        await webhook.deliver(lines())
    assert len(receiving.taken) == 5


async def test_who_has_another_secret_is_not_believed(key_file: Path) -> None:
    key_file.write_text(f"whsec_{base64.b64encode(b'f' * 32).decode()}")
    receiving = Receiving()
    async with sink(receiving, key_file) as webhook:
        with pytest.raises(DeliveryFailed, match="it answered 401"):
            await webhook.deliver(lines())
    assert receiving.taken == []


@pytest.mark.parametrize("key", ["", "secret", "whsec_%", "whsec_c2hvcnQ=", "-----BEGIN nothing"])
async def test_what_is_no_key_signs_nothing(key_file: Path, key: str) -> None:
    key_file.write_text(key)
    receiving = Receiving()
    async with sink(receiving, key_file) as webhook:
        with pytest.raises(DeliveryFailed, match="sink siem: its key cannot be used"):
            await webhook.deliver(lines())
    assert receiving.asked == 0


async def test_with_a_private_key_whoever_has_the_public_one_can_check() -> None:
    key = Ed25519PrivateKey.generate()
    signature = sign(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "id", 7, b"body")
    version, _, text = signature.partition(",")
    assert version == "v1a"
    key.public_key().verify(base64.b64decode(text), b"id.7.body")
    with pytest.raises(InvalidSignature):
        key.public_key().verify(base64.b64decode(text), b"id.7.other")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://siem.example.com", "starts with https://"),
        ("ftp://siem.example.com", "starts with https:// and a host"),
        ("https://me:pass@siem.example.com", "holds credentials"),
    ],
)
async def test_addresses_that_would_leak_are_refused(key_file: Path, address: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Receiver(address=address, key_file=key_file, cluster="prod")


async def test_http_is_for_those_who_say_so(key_file: Path) -> None:
    assert Receiver(address="http://siem.example.com", key_file=key_file, cluster="prod", allow_http=True)
    assert Receiver(address="http://localhost:8080", key_file=key_file, cluster="prod")
