"""The connections to the API server: one pool for the operator's requests and for Kopf's watches."""

from types import TracebackType
from typing import Final, Self

import aiohttp
from yarl import URL

from leadsman.clients.credentials import Connection

CONNECTIONS: Final = 64  # Kopf's own sessions have no limit: a burst would take all file descriptors

USER_AGENT: Final = "leadsman"  # in the API server's audit log; Kopf would put its own


class Pool:
    """Each session authenticates by itself, for as long as the credentials can be read again."""

    def __init__(self, connection: Connection, *, watches: int = 0) -> None:
        """With room for so many watches, each of which has a connection to itself for as long as it lasts."""
        self.server = connection.server
        self._connection = connection
        self._origin = URL(connection.server).origin()
        self._connector = aiohttp.TCPConnector(
            limit=CONNECTIONS + watches, ssl=True if connection.tls is None else connection.tls
        )
        self._sessions: list[aiohttp.ClientSession] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def session(self) -> aiohttp.ClientSession:
        """A new one, so that whoever closes theirs (Kopf does when it logs in again) closes nobody else's."""
        session = aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
            middlewares=(self._authorize,),
            proxy=self._connection.proxy,
        )
        self._sessions = [*(one for one in self._sessions if not one.closed), session]
        return session

    async def close(self) -> None:
        for session in self._sessions:
            await session.close()
        await self._connector.close()

    async def _authorize(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if request.url.origin() != self._origin:  # a redirect: our token is nobody else's business
            return await handler(request)
        request.server_hostname = self._connection.tls_server_name
        authorization = self._connection.authorization
        value = await authorization.header()
        response = await handler(_with(request, value))
        if response.status != 401 or value is None:
            return response
        newer = await authorization.after_refusal(value)
        if newer is None or newer == value:
            return response
        response.release()
        return await handler(_with(request, newer))


def _with(request: aiohttp.ClientRequest, value: str | None) -> aiohttp.ClientRequest:
    if value is not None:
        request.headers["Authorization"] = value
    return request
