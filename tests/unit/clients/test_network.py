"""Why there was no answer, in words that everybody may read."""

import errno

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from leadsman.clients.network import why, without_addresses

KEY = ConnectionKey(
    "secret.internal", 9090, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (TimeoutError(), "no answer in time"),
        (aiohttp.ServerTimeoutError(), "no answer in time"),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "secret.internal:9090")), "connection refused"),
        (aiohttp.ClientConnectorError(KEY, OSError("Multiple exceptions: secret.internal")), "no connection"),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "secret.internal")), "its name cannot be resolved"),
        (aiohttp.ClientConnectorCertificateError(KEY, ValueError("secret")), "its certificate is not trusted"),
        (aiohttp.ClientConnectorSSLError(KEY, OSError(1, "secret.internal")), "TLS failed"),
        (aiohttp.ServerDisconnectedError("secret.internal"), "the connection broke off"),
        (aiohttp.ClientPayloadError("secret.internal"), "the connection broke off"),
        (aiohttp.InvalidURL("secret.internal"), "the request failed (InvalidURL)"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_why_there_was_no_answer_is_told_without_the_address(error: Exception, says: str) -> None:
    assert why(error) == says


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dial tcp 10.0.0.7:10901: connect: connection refused", "dial tcp (address): connect: connection refused"),
        ("lookup store.example on 10.0.0.10:53: no such host", "lookup (address) on (address): no such host"),
        ('Post "http://user:secret@thanos:10902/api": EOF', 'Post "(address)": EOF'),
        ("receive from thanos-store.monitoring.svc:10901: EOF", "receive from (address): EOF"),
        ("dial tcp [fd00::1]:9090: timeout", "dial tcp (address): timeout"),
        ('1:5: parse error: unexpected <by> in "sum by"', '1:5: parse error: unexpected <by> in "sum by"'),
        ("dial tcp store:9090: timeout", "dial tcp (address): timeout"),
        ("job:errors:rate5m has 0.5 samples", "job:errors:rate5m has 0.5 samples"),
    ],
)
def test_addresses_in_the_texts_of_others_are_left_out(text: str, shown: str) -> None:
    assert without_addresses(text) == shown
