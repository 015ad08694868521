"""The sample server in this process: a thread with an event loop of its own, and a free loopback port."""

import asyncio
import http.client
import json
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from model_server.assistant import Assistant, Model
from model_server.knobs import Panel
from model_server.knowledge import Knowledge
from model_server.server import Server
from model_server.telemetry import Telemetry


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return self.json["error"]["message"]


class Running:
    """A server that answers, and what a test asks of it."""

    def __init__(self, knowledge: Knowledge, panel: Panel, version: str = "7") -> None:
        model = Model("support-llm", version)
        self.server = Server(Assistant(model, knowledge, panel, Telemetry(model.name, version)), "127.0.0.1", 0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.call(self.server.start())
        self.port = self.server.port
        self.url = f"http://127.0.0.1:{self.port}"

    def call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def stop(self) -> None:
        self.call(self.server.stop())
        self.call(_others_end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def ask(self, question: str, request_id: str = "") -> Reply:
        body = json.dumps({"messages": [{"role": "user", "content": question}]}).encode()
        return self.request("POST", "/v1/chat/completions", body, x_request_id=request_id)

    def rate(self, answer_id: str, verdict: str) -> Reply:
        return self.request("POST", "/v1/feedback", json.dumps({"id": answer_id, "verdict": verdict}).encode())

    def metric(self, name: str, **labels: str) -> float | None:
        return self.server.assistant.telemetry.registry.get_sample_value(name, labels)


async def _others_end() -> None:
    tasks = asyncio.all_tasks() - {task for task in [asyncio.current_task()] if task}
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)


class Serve(Protocol):
    def __call__(self, *, file: Path | None = None, **knobs: float) -> Running: ...
