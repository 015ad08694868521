"""Requests that got no answer: which exceptions say so, and why, in words without addresses."""

import os
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


def why(error: BaseException) -> str:
    """Of these exceptions' own texts nothing is used: most name hosts, ports or paths."""
    if isinstance(error, aiohttp.ClientConnectorError) and type(error) is aiohttp.ClientConnectorError and error.errno:
        return os.strerror(error.errno).lower()
    found = (text for type_, text in REASONS.items() if isinstance(error, type_))
    return next(found, f"the request failed ({type(error).__name__})")
