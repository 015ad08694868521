"""The operator as a process of its own, which can be killed at any moment and started again."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.cluster import Cluster
from harness.waiting import eventually

READY_WITHIN_SECONDS = 60.0
END_WITHIN_SECONDS = 30.0


@dataclass(kw_only=True)
class OperatorProcess:
    """Of one cluster, for all namespaces or for those that are named."""

    cluster: Cluster
    log: Path
    namespaces: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    kubeconfig: Path | None = None
    """Who it is to the API server. None: the cluster's administrator."""
    _process: subprocess.Popen[bytes] | None = None
    _read_from: int = 0

    def start(self) -> None:
        """Until it has seen all that there is."""
        self.launch()
        eventually(self.is_ready, within_seconds=READY_WITHIN_SECONDS)

    def launch(self) -> None:
        """And don't wait for anything."""
        self._read_from = self.log.stat().st_size if self.log.exists() else 0
        config = self.log.with_suffix(".yaml")
        config.write_text(json.dumps({"listen": "127.0.0.1:0", "logFormat": "json", **self.settings}))
        command = [sys.executable, "-m", "leadsman", "operator", "run", f"--config={config}"]
        command += [
            f"--kubeconfig={self.kubeconfig or self.cluster.kubeconfig}",
            *(f"--namespace={name}" for name in self.namespaces),
        ]
        if self.cluster.prometheus.url:
            command.append(f"--prometheus={self.cluster.prometheus.url}")
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)

    def kill(self) -> None:
        """Without any warning, as a node that loses power."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As Kubernetes ends a pod. Its exit code."""
        return self._end(signal.SIGTERM)

    def wait(self, within_seconds: float = END_WITHIN_SECONDS) -> int:
        """Until it ends by itself."""
        return self._running().wait(within_seconds)

    def has_said(self, message: str) -> bool:
        """Since it was started last."""
        return any(line["message"] == message for line in self.lines())

    def revive(self) -> None:
        """As Kubernetes does, if it has ended."""
        if self._running().poll() is not None:
            self.start()

    def is_ready(self) -> bool:
        if (code := self._running().poll()) is not None:
            raise AssertionError(f"the operator ended with {code}:\n{self.log.read_text()[self._read_from :]}")
        try:
            return self.get("/readyz") == "ok"
        except (OSError, StopIteration):  # not serving yet
            return False

    def get(self, path: str) -> str:
        """What it serves.

        Raises:
            OSError: it answers with an error, or not at all.
        """
        port = next(line["port"] for line in self.lines() if line.get("message") == "serving")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.read().decode()

    def metric(self, name: str, **labels: str) -> float:
        """The sum over all series that have these labels. 0: there is none."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        samples = (line.rpartition(" ") for line in self.get("/metrics").splitlines() if not line.startswith("#"))
        return sum(
            float(value)
            for series, _, value in samples
            if series.partition("{")[0] == name and all(label in series for label in wanted)
        )

    def lines(self) -> Iterator[dict[str, Any]]:
        """Of its log, since it was started last."""
        for line in self.log.read_text()[self._read_from :].splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    @property
    def pid(self) -> int:
        return self._running().pid

    def _end(self, how: signal.Signals) -> int:
        running = self._running()
        os.kill(running.pid, how)
        code = running.wait(END_WITHIN_SECONDS)
        self._process = None
        return code

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise AssertionError("the operator was not started")
        return self._process

    def close(self) -> None:
        """However it stands."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(END_WITHIN_SECONDS)
            self._process = None
