"""Servers for tests: as many as a test asks for, gone when it is over."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unit.examples.running import EXAMPLE, Running, Serve  # puts the example's folder on the path

# isort: split
from model_server.knobs import Knobs, Panel
from model_server.knowledge import Knowledge, read_knowledge

QUICK = {"first_token_seconds": 0.0, "tokens_per_second": 0.0, "latency_jitter": 0.0, "drain_seconds": 0.0}


@pytest.fixture
def knowledge() -> Knowledge:
    return read_knowledge(EXAMPLE / "model_server" / "prompts.json")


@pytest.fixture
def serve(knowledge: Knowledge) -> Iterator[Serve]:
    started: list[Running] = []

    def start(*, file: Path | None = None, **knobs: float) -> Running:
        started.append(Running(knowledge, Panel(Knobs(**{**QUICK, **knobs}), file), version=str(7 + len(started))))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not come to pass within 10 s"
            time.sleep(0.005)

    return wait
