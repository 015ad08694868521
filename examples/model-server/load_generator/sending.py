"""The requests: sent when they are due, whether or not earlier ones were answered (an open loop), by a few threads.

A closed loop, which sends the next request when the last one is answered, slows down with the server and hides that the
server is slow (Schroeder et al., "Open Versus Closed: A Cautionary Tale", NSDI 2006).
"""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from load_generator.outcomes import UNANSWERED, Outcome, Results
from load_generator.questions import QUESTIONS, Question
from load_generator.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    targets: Sequence[Target]
    rate: float
    duration: float
    max_requests: int
    concurrency: int
    timeout: float = 10.0
    feedback: bool = False
    run_id: str = "load"
    requests_per_connection: int = 1

    @property
    def count(self) -> int:
        """Bounded by time and by number, whichever is less."""
        return min(self.max_requests, max(1, int(self.rate * self.duration)))


class Load:
    """One run: `run` returns when it is over, or soon after `stop`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.results = Results()
        self.elapsed = 0.0
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._numbers = itertools.count()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        start = time.monotonic()
        threads = [
            threading.Thread(target=self._work, args=(start,), name=f"load-{number}", daemon=True)
            for number in range(min(self.plan.concurrency, self.plan.count))
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            self.stop()
            for thread in filter(threading.Thread.is_alive, threads):  # Ctrl-C may come before all of them were started
                thread.join(self.plan.timeout)
            self.elapsed = time.monotonic() - start

    def _work(self, start: float) -> None:
        connections = Connections(self.plan)
        while (number := self._next()) is not None:
            due = start + number / self.plan.rate
            if self._stopped.wait(max(0.0, due - time.monotonic())) or time.monotonic() > start + self.plan.duration:
                break
            outcome = self._ask(connections, number, time.monotonic() - due)
            with self._lock:
                self.results.add(outcome)
        connections.close()

    def _next(self) -> int | None:
        with self._lock:
            number = next(self._numbers)
        return number if number < self.plan.count else None

    def _ask(self, connections: "Connections", number: int, behind: float) -> Outcome:
        question = QUESTIONS[number % len(QUESTIONS)]
        target = self.plan.targets[number % len(self.plan.targets)]
        start = time.monotonic()
        try:
            reply = connections.post(
                target, "/v1/chat/completions", _chat(question), {"x-request-id": f"{self.plan.run_id}-{number}"}
            )
            seconds = time.monotonic() - start
            right = question.is_answered_by(reply.text) if reply.code == 200 else None
            feedback = self._rate(connections, target, reply, right=right)
        except (OSError, http.client.HTTPException) as error:
            seconds = time.monotonic() - start
            connections.drop(target)
            return Outcome(code=UNANSWERED, seconds=seconds, behind_seconds=behind, error=_name(error))
        connections.used(target)
        return Outcome(
            code=str(reply.code),
            seconds=seconds,
            version=reply.version,
            right=right,
            behind_seconds=behind,
            feedback=feedback,
        )

    def _rate(self, connections: "Connections", target: Target, reply: "Reply", *, right: bool | None) -> str:
        """By the same connection, since only the pod that gave an answer takes feedback on it.

        A server that drains closes the connection: a new one would lead to another pod.
        """
        if not self.plan.feedback or right is None or not reply.answer_id:
            return ""
        if reply.closes:
            return "unsent"
        verdict = "up" if right else "down"
        rated = connections.post(target, "/v1/feedback", {"id": reply.answer_id, "verdict": verdict}, {})
        return verdict if rated.code == 200 else "refused"


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    version: str
    answer_id: str
    text: str
    closes: bool = False


class Connections:
    """One thread's: a new one for each request by default, so that a Service spreads them over its pods."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._open: dict[Target, tuple[http.client.HTTPConnection, int]] = {}

    def post(self, target: Target, path: str, document: object, headers: dict[str, str]) -> Reply:
        if target not in self._open:
            self._open[target] = (
                http.client.HTTPConnection(target.address, target.port, timeout=self._plan.timeout),
                0,
            )
        connection, _ = self._open[target]
        headers = {"Host": target.host, "Content-Type": "application/json", **headers}
        connection.request("POST", path, json.dumps(document), headers)
        response = connection.getresponse()
        version, closes = response.getheader("x-model-version", "unknown"), response.will_close
        return replace(_reply(response.status, version, response.read()), closes=closes)

    def used(self, target: Target) -> None:
        connection, requests = self._open[target]
        self._open[target] = (connection, requests + 1)
        if requests + 1 >= self._plan.requests_per_connection:
            self.drop(target)

    def drop(self, target: Target) -> None:
        if target in self._open:
            self._open.pop(target)[0].close()

    def close(self) -> None:
        for target in tuple(self._open):
            self.drop(target)


def _chat(question: Question) -> object:
    return {"model": "support-llm", "messages": [{"role": "user", "content": question.text}]}


def _reply(code: int, version: str, body: bytes) -> Reply:
    """An answer that is no chat completion is a wrong answer, not a crash of the load generator."""
    try:
        document = cast("dict[str, object]", json.loads(body))
        choice = cast("list[dict[str, dict[str, str]]]", document["choices"])[0]
        return Reply(code, version, str(document["id"]), str(choice["message"]["content"]))
    except (ValueError, KeyError, IndexError, TypeError):
        return Reply(code, version, "", "")


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__
