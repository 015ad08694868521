"""A server of a test's own on this machine, which answers as the test says."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Playing:
    """A server, and what it was asked."""

    answer: Answering
    address: str = ""
    asked: list[web.Request] = field(default_factory=list[web.Request])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.asked.append(request)
        return await self.answer(request)


def always(
    content: str | bytes = b"",
    *,
    status: int = 200,
    type_: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Answering:
    body = content.encode() if isinstance(content, str) else content

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type=type_, headers=headers)

    return answer


@asynccontextmanager
async def playing(answer: Answering) -> AsyncGenerator[Playing]:
    server = Playing(answer)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
