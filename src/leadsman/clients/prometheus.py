"""A metric provider that speaks Prometheus' HTTP API: Prometheus, Thanos, Mimir, VictoriaMetrics and others."""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import aiohttp

from leadsman.clients.errors import MetricsUnavailable
from leadsman.clients.network import NO_ANSWER, why
from leadsman.clients.providers import Basic, BearerToken, Provider
from leadsman.clients.samples import Found, Samples, found, samples_of
from leadsman.clients.tls import trusting

ANSWER_BYTES: Final = 8 * 1024 * 1024
RECENTLY: Final = timedelta(hours=1)

# A family has one name, its series may have longer ones; without a suffix, any type will do.
SUFFIXES: Final[Mapping[str, frozenset[str]]] = {
    "_total": frozenset({"counter", "unknown"}),
    "_bucket": frozenset({"histogram"}),
    "_sum": frozenset({"histogram", "summary"}),
    "_count": frozenset({"histogram", "summary"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: str
    path: str
    parameters: Mapping[str, str]
    tenant: str | None


class Prometheus:
    def __init__(self, provider: Provider, session: aiohttp.ClientSession) -> None:
        """A view of one provider.

        Args:
            provider: where it is and how it knows us.
            session: a plain one. Not of the `Pool`, which is for the API server.
        """
        self.provider = provider
        self._session = session
        self._address = provider.address.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=provider.timeout_seconds)
        self._trust: tuple[bytes, ssl.SSLContext] | None = None

    async def query(self, promql: str, *, at: datetime, tenant: str | None = None) -> Samples:
        """An instant query.

        Raises:
            QueryRejected: the query is wrong, or gives neither an instant vector nor a scalar.
            MetricsUnavailable: no answer that could be used.
        """
        parameters = {
            "query": promql,
            "time": f"{at.timestamp():.3f}",
            "timeout": f"{self.provider.timeout_seconds:g}s",  # or it would work on after we have gone
        }
        call = _Call(method="POST", path="/api/v1/query", parameters=parameters, tenant=tenant)
        return samples_of(self.provider.name, await self._ask(call))

    async def exists(self, metric_name: str, *, tenant: str | None = None, now: datetime) -> bool:
        """Is there a metric of that name: a series within the last hour, or a target that offers it?

        Raises:
            MetricsUnavailable: no answer that could be used.
        """
        return await self._has_series(metric_name, tenant, now) or await self._is_offered(metric_name, tenant)

    async def _has_series(self, metric_name: str, tenant: str | None, now: datetime) -> bool:
        quoted = metric_name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        parameters = {
            "match[]": f'{{__name__="{quoted}"}}',
            "start": f"{(now - RECENTLY).timestamp():.3f}",
            "end": f"{now.timestamp():.3f}",
            "limit": "1",
        }
        call = _Call(method="GET", path="/api/v1/series", parameters=parameters, tenant=tenant)
        return bool((await self._ask(call)).data)

    async def _is_offered(self, metric_name: str, tenant: str | None) -> bool:
        families: list[tuple[str, frozenset[str] | None]] = [(metric_name, None)]
        families += [
            (metric_name.removesuffix(suffix), types)
            for suffix, types in SUFFIXES.items()
            if metric_name.endswith(suffix)
        ]
        for family, types in families:
            call = _Call(method="GET", path="/api/v1/metadata", parameters={"metric": family}, tenant=tenant)
            if any(types is None or type_ in types for type_ in _types((await self._ask(call)).data, family)):
                return True
        return False

    async def _ask(self, call: _Call) -> Found:
        name = self.provider.name
        posted = call.method == "POST"
        request = self._session.request(
            call.method,
            self._address + call.path,
            params=None if posted else call.parameters,
            data=call.parameters if posted else None,
            headers=self._headers(call.tenant),
            ssl=self._tls(),
            timeout=self._timeout,
            allow_redirects=False,  # the configured address and no other: an answer cannot send us elsewhere
        )
        try:
            async with request as response:
                return found(name, response.status, await _bounded(response))
        except NO_ANSWER as error:
            raise MetricsUnavailable(f"provider {name}: {why(error)}") from error

    def _headers(self, tenant: str | None) -> dict[str, str]:
        provider = self.provider
        headers = {"Accept": "application/json"} | dict(provider.headers)
        if provider.tenant_header and not tenant:
            raise MetricsUnavailable(f"provider {provider.name}: it keeps tenants apart, and no tenant was named")
        if provider.tenant_header and tenant:
            headers[provider.tenant_header] = tenant
        match provider.authentication:
            case BearerToken(file):
                headers["Authorization"] = f"Bearer {self._secret(file)}"
            case Basic(username, password_file):
                pair = f"{username}:{self._secret(password_file)}"
                headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            case None:
                pass
        return headers

    def _secret(self, file: Path) -> str:
        try:
            secret = file.read_text().strip()
        except (OSError, ValueError) as error:
            raise MetricsUnavailable(f"provider {self.provider.name}: its credentials cannot be read") from error
        if not secret or not secret.isprintable():
            raise MetricsUnavailable(f"provider {self.provider.name}: its credentials are not one line of text")
        return secret

    def _tls(self) -> ssl.SSLContext | bool:
        """Kept until the file changes: connections are shared only under the same context."""
        if self.provider.ca_file is None:
            return True
        try:
            content = self.provider.ca_file.read_bytes()
            if self._trust is None or self._trust[0] != content:
                self._trust = content, trusting(str(self.provider.ca_file))
        except OSError as error:  # of ssl's, too
            raise MetricsUnavailable(f"provider {self.provider.name}: its CA file cannot be used") from error
        return self._trust[1]


def _types(data: Any, family: str) -> list[str]:
    """As which a metric is offered, in the answer about metadata."""
    entries: Any = cast("dict[str, Any]", data).get(family) if isinstance(data, dict) else None
    listed = cast("list[Any]", entries) if isinstance(entries, list) else []
    return [str(cast("dict[str, Any]", entry).get("type")) for entry in listed if isinstance(entry, dict)]


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > ANSWER_BYTES:
            raise MetricsUnavailable(f"an answer of more than {ANSWER_BYTES // 2**20} MiB; write a query that sums up")
    return bytes(content)
