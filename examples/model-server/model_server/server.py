"""The connections: accepted, kept alive, and drained before the server ends."""

import asyncio
import contextlib
import sys

from model_server.assistant import Assistant
from model_server.documents import error_response
from model_server.faults import misbehave
from model_server.wire import HEAD_BYTES, Unreadable, encode, read_request

CONNECTIONS = 2048
LOOK_EVERY_SECONDS = 0.5
IN_FLIGHT_SECONDS = 20.0


class Server:
    """Entered once it listens; `drain` ends it without losing an answer."""

    def __init__(self, assistant: Assistant, host: str, port: int) -> None:
        self.assistant = assistant
        self._host = host
        self._port = port
        self._listener: asyncio.Server | None = None
        self._busy = 0
        self._idle = asyncio.Event()
        self._connections: set[asyncio.StreamWriter] = set()
        self._chores: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """The one it got, where 0 was asked for."""
        if self._listener is None:
            raise RuntimeError("the server does not listen")
        return int(self._listener.sockets[0].getsockname()[1])

    async def start(self) -> None:
        self._listener = await asyncio.start_server(self._serve, self._host, self._port, limit=HEAD_BYTES, backlog=512)
        self._chores = [
            asyncio.create_task(self._look()),
            asyncio.create_task(misbehave(self.assistant.panel, self.assistant.started)),
        ]

    async def drain(self) -> None:
        """Unready first and still serving, since endpoints take a while to move on; then no more; then the rest."""
        self.assistant.draining = True
        await asyncio.sleep(self.assistant.panel.current.drain_seconds)
        if self._listener:
            self._listener.close()
        if self._busy:
            self._idle.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), IN_FLIGHT_SECONDS)
        await self.stop()

    async def stop(self) -> None:
        if self._listener:
            self._listener.close()
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        for writer in tuple(self._connections):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= CONNECTIONS:
            writer.close()
            return
        self._connections.add(writer)
        try:
            while await self._serve_one(reader, writer):
                pass
        except ConnectionError:
            pass  # the client has gone: nobody is there to tell
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """True where another request may follow."""
        try:
            request = await read_request(reader)
        except Unreadable as refused:
            writer.write(encode(error_response(refused.status, refused.message), keep_alive=False))
            await writer.drain()
            return False
        if request is None:
            return False
        self._busy += 1
        try:
            response = await self.assistant.respond(request)
            keep_alive = request.keep_alive and not self.assistant.draining
            writer.write(encode(response, keep_alive=keep_alive))
            await writer.drain()
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()
        return keep_alive

    async def _look(self) -> None:
        """Drift while running: the knobs file is read again when it changes."""
        panel, trouble = self.assistant.panel, ""
        while True:
            if panel.look():
                print(f"knobs changed: {panel.current}", flush=True)
            if panel.trouble and panel.trouble != trouble:
                self.assistant.telemetry.knobs_rejected.inc()
                print(f"knobs unchanged: {panel.trouble}", file=sys.stderr, flush=True)
            trouble = panel.trouble
            await asyncio.sleep(LOOK_EVERY_SECONDS)
