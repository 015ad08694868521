"""Requests that got no answer: which exceptions say so, and why, in words without addresses; those of others too."""

import os
import re
from collections.abc import Mapping
from typing import Final

import aiohttp

NO_ANSWER: Final = (aiohttp.ClientError, OSError)
"""What aiohttp raises for a request that failed. A timeout is an OSError, too."""

# The first that fits: some of these exceptions are kinds of others.
REASONS: Final[Mapping[type[BaseException], str]] = {
    TimeoutError: "no answer in time",
    aiohttp.ClientConnectorCertificateError: "its certificate is not trusted",
    aiohttp.ClientConnectorDNSError: "its name cannot be resolved",
    aiohttp.ClientSSLError: "TLS failed",
    aiohttp.ClientConnectorError: "no connection",
    aiohttp.ClientConnectionError: "the connection broke off",
    aiohttp.ClientPayloadError: "the connection broke off",
}

ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s\"']+"  # a URL
    r"|\[[0-9a-f:.%]+\](:\d+)?"  # IPv6 in brackets
    r"|\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b"  # IPv4
    r"|\b[\w-]+(\.[\w-]+)+:\d+\b"  # a name of several parts with a port
    r"|(?<=lookup )\S+(?<!:)"  # Go's resolver: `lookup store.example on 10.0.0.10:53: no such host`
    r"|(?<=dial tcp )\S+(?<!:)",
    re.IGNORECASE,
)

SEARCHED: Final = 4096  # the search takes longer than the text is long, and more is never shown


def without_addresses(text: str) -> str:
    """The start of a text of the other side's that many will be able to read."""
    return ADDRESS.sub("(address)", text[:SEARCHED])


def why(error: BaseException) -> str:
    """Of these exceptions' own texts nothing is used: most name hosts, ports or paths."""
    if isinstance(error, aiohttp.ClientConnectorError) and type(error) is aiohttp.ClientConnectorError and error.errno:
        return os.strerror(error.errno).lower()
    found = (text for type_, text in REASONS.items() if isinstance(error, type_))
    return next(found, f"the request failed ({type(error).__name__})")
