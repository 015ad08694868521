"""CloudEvents 1.0 over HTTP, signed as Standard Webhooks has it.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.clients.errors import DeliveryFailed
from leadsman.clients.network import NO_ANSWER, why
from leadsman.clients.sinks.sink import Place
from leadsman.clients.tls import trusting
from leadsman.ledger.canonical import digest
from leadsman.ledger.checkpoint import signing_key
from leadsman.ledger.lines import EntryLine, Line

BODY_BYTES: Final = 256 * 1024
"""Of one request, save where a single event is larger."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SCHEMAS: Final = "tag:leadsman.dev,2026:"
TYPES: Final = "dev.leadsman.ledger."


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where events go."""

    address: str
    key_file: Path
    """A secret `whsec_…`, or a private key (Ed25519, PEM). Read for each request, so that it may rotate."""
    cluster: str
    """The start of each event's source."""
    timeout_seconds: float = 10
    ca_file: Path | None = None
    """Whose certificates to trust, instead of the machine's."""
    allow_http: bool = False

    def __post_init__(self) -> None:
        """Refuse what would leak.

        Raises:
            ValueError: what is wrong, and what to write instead.
        """
        address = URL(self.address)
        if address.scheme not in {"http", "https"} or not address.host:
            raise ValueError("its address starts with https:// and a host")
        if address.user is not None or address.password is not None:
            raise ValueError("its address holds credentials: what is sent is signed, by the key in keyFile")
        if address.scheme == "http" and address.host not in LOOPBACK and not self.allow_http:
            raise ValueError("its address starts with https://; where the network is to be trusted: allowHttp: true")


class Webhook:
    def __init__(
        self, name: str, receiver: Receiver, session: aiohttp.ClientSession, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """With a plain session, not of the `Pool`, which is for the API server."""
        self.name = name
        self._receiver = receiver
        self._session = session
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=receiver.timeout_seconds)
        self._closed_until = 0.0

    async def heads(self) -> Mapping[Place, LedgerHead]:
        return {}

    async def deliver(self, lines: Sequence[Line]) -> None:
        for events in _batches([event(line, self._receiver.cluster) for line in lines]):
            await self._post(events)

    async def _post(self, events: Sequence[Mapping[str, Any]]) -> None:
        if (left := self._closed_until - self._clock()) > 0:
            raise DeliveryFailed(f"sink {self.name}: it asked for a pause of {left:.0f} s more")
        body = json.dumps(events, separators=(",", ":"), ensure_ascii=False).encode()
        message = digest("leadsman.dev/ledger-batch/v1", [one["id"] for one in events])
        form = {"Content-Type": "application/cloudevents-batch+json; charset=UTF-8"}
        request = self._session.post(
            self._receiver.address,
            data=body,
            headers={**form, **self._signed(message, body)},
            ssl=self._tls(),
            timeout=self._timeout,
            allow_redirects=False,  # the configured address and no other
        )
        try:
            async with request as response:
                status, pause = response.status, response.headers.get("Retry-After", "")
        except NO_ANSWER as error:
            raise DeliveryFailed(f"sink {self.name}: {why(error)}") from error
        if not 200 <= status < 300:
            if pause.isascii() and pause.isdigit():
                self._closed_until = self._clock() + min(float(pause), 3600)
            raise DeliveryFailed(f"sink {self.name}: it answered {status}")

    def _signed(self, message: str, body: bytes) -> dict[str, str]:
        moment = int(time.time())  # noqa: TID251  a receiver refuses what is old
        try:
            signature = sign(self._receiver.key_file.read_bytes(), message, moment, body)
        except (OSError, ValueError) as error:
            raise DeliveryFailed(f"sink {self.name}: its key cannot be used: {error}") from error
        return {"webhook-id": message, "webhook-timestamp": str(moment), "webhook-signature": signature}

    def _tls(self) -> ssl.SSLContext | bool:
        if self._receiver.ca_file is None:
            return True
        try:
            return trusting(str(self._receiver.ca_file))
        except OSError as error:  # of ssl's, too
            raise DeliveryFailed(f"sink {self.name}: its CA file cannot be used") from error


def event(line: Line, cluster: str) -> dict[str, Any]:
    """The same id wherever and however often the same line is sent."""
    is_entry = isinstance(line, EntryLine)
    return {
        "specversion": "1.0",
        "id": line.entry.hash if is_entry else digest(line.schema_, line.to_dict()),
        "source": f"/{cluster}/{line.namespace}/{line.service}",
        "type": TYPES + (line.entry.type if is_entry else "checkpoint"),
        "subject": line.revision if is_entry else line.service,
        "time": (line.to_dict()["entry"] if is_entry else line.to_dict())["at"],
        "datacontenttype": "application/json",
        "dataschema": SCHEMAS + line.schema_.removeprefix("leadsman.dev/"),
        "data": line.to_dict(),
    }


def sign(key: bytes, message: str, moment: int, body: bytes) -> str:
    """For the header webhook-signature.

    Raises:
        ValueError: it is no key.
    """
    signed = f"{message}.{moment}.".encode() + body
    if key.startswith(b"whsec_"):
        try:
            secret = base64.b64decode(key.strip().removeprefix(b"whsec_"), validate=True)
        except binascii.Error as error:
            raise ValueError("what follows whsec_ is Base64") from error
        if len(secret) < 24:
            raise ValueError("a secret has 24 bytes or more: echo whsec_$(openssl rand -base64 32)")
        return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return "v1a," + base64.b64encode(signing_key(key).sign(signed)).decode()


def _batches(events: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """In order, none larger than a receiver has to expect."""
    batch: list[dict[str, Any]] = []
    size = 0
    for one in events:
        own = len(json.dumps(one, ensure_ascii=False).encode())
        if batch and size + own > BODY_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += own
    if batch:
        yield batch
