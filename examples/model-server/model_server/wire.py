"""HTTP/1.1 (RFC 9112) as far as a small JSON service needs it: bounded heads and bodies, keep-alive, no chunks."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

HEAD_BYTES = 16 * 1024
BODY_BYTES = 256 * 1024
IDLE_SECONDS = 75.0
REQUEST_SECONDS = 10.0


class Refused(Exception):
    """A request that gets an error for an answer: its status, and what to do about it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Unreadable(Refused):
    """… and whose connection ends, since nobody knows where the next request would start."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    keep_alive: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection; None where the client has gone, or sent nothing for too long."""
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        return None
    except asyncio.LimitOverrunError as error:
        raise Unreadable(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"a head has at most {HEAD_BYTES} bytes"
        ) from error
    method, path, version, headers = _parse_head(head)
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            body = await reader.readexactly(_body_length(headers))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except TimeoutError as error:
        raise Unreadable(HTTPStatus.REQUEST_TIMEOUT, f"the body did not come within {REQUEST_SECONDS:.0f} s") from error
    keep_alive = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Request(method, path, headers, body, keep_alive)


def _parse_head(head: bytes) -> tuple[str, str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise Unreadable(HTTPStatus.BAD_REQUEST, "the first line is no HTTP/1.1 request line")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        # RFC 9112, 5.1 and 6.3: blanks before the colon and differing lengths are how requests are smuggled.
        if (
            not colon
            or name != name.strip()
            or not name
            or (name.lower() == "content-length" and name.lower() in headers)
        ):
            raise Unreadable(HTTPStatus.BAD_REQUEST, f"{line[:60]!r} is no header, or comes twice")
        headers[name.lower()] = value.strip()
    return words[0], words[1].partition("?")[0], words[2], headers


def _body_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise Unreadable(HTTPStatus.LENGTH_REQUIRED, "send the body with a Content-Length, not in chunks")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Unreadable(HTTPStatus.BAD_REQUEST, f"Content-Length is {length[:20]!r}, which is no number")
    if int(length[:12]) > BODY_BYTES:
        raise Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {BODY_BYTES} bytes")
    return int(length)


def encode(response: Response, *, keep_alive: bool) -> bytes:
    headers = {
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "Connection": "keep-alive" if keep_alive else "close",
        **response.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status} {response.status.phrase}\r\n{lines}\r\n".encode("latin-1") + response.body
