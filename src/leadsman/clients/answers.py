"""What the API server's answers say: errors by their meaning, and its warnings."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from leadsman.clients.errors import (
    AlreadyExists,
    ApiError,
    Cause,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    one_line,
)
from leadsman.clients.network import without_addresses

CAUSES: Final = 20
"""More are not kept of one answer."""
WARNING_CHARACTERS: Final = 4096  # the API server cuts all warnings of one answer together at this length
WARNING: Final = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')  # RFC 7234 5.5; Kubernetes sends no other code
ERRORS: Final[Mapping[int, type[ApiError]]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: Invalid,
    422: Invalid,
    429: TooManyRequests,
}


def error_of(status: int, body: object, *, retry_after: str | None = None) -> ApiError:
    """Of an answer that is not 2xx.

    Args:
        status: of HTTP.
        body: the decoded JSON; what is not a Status (a proxy answered) is not used.
        retry_after: the header.
    """
    said: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, dict) else {}
    reason = one_line(str(said.get("reason") or ""))
    message = str(said.get("message") or "")
    causes = _causes(said.get("details"))
    if status >= 500:  # troubles behind the API server, such as a webhook's address; below it is about what was sent
        message = without_addresses(message)
        causes = tuple(cause._replace(message=without_addresses(cause.message)) for cause in causes)
    return _type(status, reason)(
        message or f"the API server answered {status}",
        status=status,
        reason=reason,
        causes=causes,
        retry_after=_seconds(retry_after),
    )


def _type(status: int, reason: str) -> type[ApiError]:
    if status >= 500:
        return Unreachable
    return AlreadyExists if reason == "AlreadyExists" else ERRORS.get(status, ApiError)


def _causes(details: Any) -> tuple[Cause, ...]:
    listed: Any = cast("dict[str, Any]", details).get("causes") if isinstance(details, dict) else None
    if not isinstance(listed, list):
        return ()
    entries = [cast("dict[str, Any]", entry) for entry in cast("list[Any]", listed) if isinstance(entry, dict)]
    return tuple(
        Cause(*(one_line(str(entry.get(key) or "")) for key in ("field", "reason", "message")))
        for entry in entries[:CAUSES]
    )


def _seconds(retry_after: str | None) -> float | None:
    """The API server sends whole seconds; the header's other form, a date, comes from proxies and is not used."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None


def warnings_in(headers: Iterable[str]) -> tuple[str, ...]:
    """The texts of `Warning` headers; one header may hold several."""
    return tuple(
        one_line(re.sub(r"\\(.)", r"\1", text), limit=WARNING_CHARACTERS)
        for header in headers
        for text in WARNING.findall(header)
    )
