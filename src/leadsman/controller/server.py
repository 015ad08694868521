"""Where Prometheus and the kubelet look: /metrics, /healthz, /readyz."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable

from aiohttp import web

from leadsman.controller.metrics import CONTENT_TYPE, Metrics
from leadsman.controller.settings import Listen

log = logging.getLogger(__name__)

Problem = Callable[[], str]
"""Why not, in words. Empty: it is so."""


@contextlib.asynccontextmanager
async def serving(listen: Listen, metrics: Metrics, *, unready: Problem) -> AsyncGenerator[None]:
    """Answers until left.

    That /healthz answers says that the loop is alive; a watch that dies ends the whole process.
    """

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", show_metrics)
    app.router.add_get("/healthz", _answering(lambda: ""))
    app.router.add_get("/readyz", _answering(unready))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, listen.host or None, listen.port).start()
        log.info("serving", extra={"host": listen.host, "port": runner.addresses[0][1]})
        yield
    finally:
        await runner.cleanup()


def _answering(problem: Problem) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        why_not = problem()
        return web.Response(text=why_not or "ok", status=503 if why_not else 200)

    return answer
