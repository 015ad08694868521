"""The routes: what each request is answered with."""

import asyncio
import itertools
import re
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from model_server import documents, faults
from model_server.answers import answer
from model_server.knobs import Panel
from model_server.knowledge import Knowledge
from model_server.telemetry import CHAT, CONTENT_TYPE, Telemetry
from model_server.wire import Refused, Request, Response

Handler = Callable[[Request], Awaitable[Response]]
ANSWERS_KEPT = 10_000
UNCOUNTED = frozenset({"/healthz", "/readyz", "/metrics"})
REQUEST_ID = re.compile(r"[\w.:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    version: str


class Assistant:
    """Answers requests, whichever connection they come by."""

    def __init__(self, model: Model, knowledge: Knowledge, panel: Panel, telemetry: Telemetry) -> None:
        self.model = model
        self.panel = panel
        self.telemetry = telemetry
        self.draining = False
        self.started = time.monotonic()
        self._knowledge = knowledge
        self._numbers = itertools.count(1)
        self._running = self._waiting = 0
        self._place_freed = asyncio.Condition()
        self._unrated = OrderedDict[str, None]()
        self._routes: dict[tuple[str, str], Handler] = {
            ("POST", CHAT): self._chat,
            ("POST", "/v1/feedback"): self._feedback,
            ("GET", "/v1/models"): self._models,
            ("GET", "/healthz"): self._alive,
            ("GET", "/readyz"): self._ready,
            ("GET", "/metrics"): self._metrics,
        }
        self._paths = {path for _, path in self._routes}

    async def respond(self, request: Request) -> Response:
        start = time.monotonic()
        try:
            response = await self._route(request)(request)
        except Refused as refused:
            response = documents.error_response(refused.status, refused.message)
        if request.path not in UNCOUNTED:
            known = request.path in self._paths
            method = request.method if known and request.method in {"GET", "POST"} else "other"
            handler = request.path if known else "other"  # a label's values must be few, whatever clients send
            self.telemetry.responded(method, handler, response.status, time.monotonic() - start)
        return response

    def _route(self, request: Request) -> Handler:
        if request.path not in self._paths:
            raise Refused(HTTPStatus.NOT_FOUND, f"there are {', '.join(sorted(self._paths))}")
        handler = self._routes.get((request.method, request.path))
        if handler is None:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not for {request.path}")
        return handler

    async def _chat(self, request: Request) -> Response:
        start = time.monotonic()
        question = documents.question_of(request.body)
        number = next(self._numbers)
        knobs = self.panel.current
        request_id = request.headers.get("x-request-id", "")
        if not REQUEST_ID.fullmatch(request_id):
            request_id = f"request-{number}"
        given = answer(question, request_id, self._knowledge, knobs)
        async with self._place():
            await asyncio.sleep(given.first_token_seconds)
            if 0 < knobs.crash_after_requests <= number:
                faults.crash(f"crash_after_requests is {knobs.crash_after_requests:g}")
            if given.fails:
                return self._failed(request_id)
            await asyncio.sleep(given.generation_seconds)
        self.telemetry.answered(given, time.monotonic() - start)
        self._remember(given.answer_id)
        document = documents.completion(given, self.model.name, int(time.time()))  # noqa: TID251 (OpenAI's `created`)
        return documents.json_response(document, self._headers(request_id))

    def _failed(self, request_id: str) -> Response:
        message = "the model gave no answer: try again"
        return documents.error_response(HTTPStatus.INTERNAL_SERVER_ERROR, message, self._headers(request_id))

    def _headers(self, request_id: str) -> dict[str, str]:
        return {"x-model-version": self.model.version, "x-request-id": request_id}

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        """A Condition and not a Semaphore: `max_concurrent` may change while requests wait."""
        self._waiting += 1
        self._report()
        try:
            async with self._place_freed:
                await self._place_freed.wait_for(lambda: self._running < self.panel.current.max_concurrent)
                self._running += 1
                self._place_freed.notify()  # there may be room for more, where the knob was just turned up
        finally:
            self._waiting -= 1
        self._report()
        try:
            yield
        finally:
            self._running -= 1
            self._report()
            async with self._place_freed:
                self._place_freed.notify()

    def _report(self) -> None:
        self.telemetry.load(self._running, self._waiting, int(self.panel.current.max_concurrent))

    def _remember(self, answer_id: str) -> None:
        self._unrated[answer_id] = None
        if len(self._unrated) > ANSWERS_KEPT:
            self._unrated.popitem(last=False)

    async def _feedback(self, request: Request) -> Response:
        """Once for each answer, and only here: feedback counts for the pod, and so for the version, that answered."""
        answer_id, verdict = documents.feedback_of(request.body)
        if answer_id not in self._unrated:
            raise Refused(HTTPStatus.NOT_FOUND, "no such answer was given here, or it has its feedback already")
        del self._unrated[answer_id]
        self.telemetry.rated(verdict)
        return documents.json_response({"id": answer_id, "verdict": verdict})

    async def _models(self, _: Request) -> Response:
        return documents.json_response(documents.models(self.model.name, 0))

    async def _alive(self, _: Request) -> Response:
        return Response(b"ok\n", content_type="text/plain")

    async def _ready(self, _: Request) -> Response:
        why = self.unready()
        if why:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, why)
        return Response(b"ok\n", content_type="text/plain")

    async def _metrics(self, _: Request) -> Response:
        return Response(self.telemetry.render(), content_type=CONTENT_TYPE)

    def unready(self) -> str:
        knobs = self.panel.current
        if self.draining:
            return "draining: this server is about to end"
        if knobs.never_ready:
            return "never_ready is on"
        left = self.started + knobs.startup_seconds - time.monotonic()
        return f"starting: {left:.1f} s to go" if left > 0 else ""
