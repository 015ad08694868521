"""Servers for tests: as many as a test asks for, gone when it is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server.knobs import Knobs, Panel
from model_server.knowledge import Knowledge, read_knowledge

from harness.manifests import MODEL_SERVER
from unit.examples.running import Running, Serve

QUICK = {"first_token_seconds": 0.0, "tokens_per_second": 0.0, "latency_jitter": 0.0, "drain_seconds": 0.0}


@pytest.fixture
def knowledge() -> Knowledge:
    return read_knowledge(MODEL_SERVER / "model_server" / "prompts.json")


@pytest.fixture
def serve(knowledge: Knowledge) -> Iterator[Serve]:
    started: list[Running] = []

    def start(*, file: Path | None = None, **knobs: float) -> Running:
        started.append(Running(knowledge, Panel(Knobs(**{**QUICK, **knobs}), file), version=str(7 + len(started))))
        return started[-1]

    yield start
    for running in started:
        running.stop()
