"""Users of the sample model server: they ask through its Service, and say what they think of the answers."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.cluster import Space
from harness.manifests import MODEL_SERVER
from harness.processes import INTERRUPTIBLE
from harness.waiting import eventually

RATE = "30"
"""Requests a second."""


@dataclass
class Users:
    said: dict[str, Any] = field(default_factory=dict[str, Any])
    """What came of the requests, as the load generator sums it up. Empty until they have left."""

    @property
    def versions(self) -> set[str]:
        """Of the models that answered."""
        return set(self.said["versions"])


@contextmanager
def users(space: Space, service: str) -> Generator[Users]:
    """Until the end of the block."""
    address = space.get("service", service)["spec"]["clusterIP"]
    eventually(lambda: _answers(address))  # a node's proxy hears of a Service's addresses later than the operator
    command = [*INTERRUPTIBLE, sys.executable, "-m", "load_generator", "--url", f"http://{address}", "--rate", RATE]
    command += ["--duration", "300", "--max-requests", "100000", "--feedback-from-truth", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(MODEL_SERVER)}
    there = Users()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as load:
        try:
            yield there
            load.send_signal(signal.SIGINT)
            there.said = json.loads(load.communicate(timeout=30)[0])
        finally:
            load.kill()


def _answers(address: str) -> bool:
    try:
        socket.create_connection((address, 80), timeout=1).close()
    except OSError:
        return False
    return True
