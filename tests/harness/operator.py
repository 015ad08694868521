"""The operator as a process of its own, which can be killed at any moment and started again."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.cluster import Cluster
from harness.waiting import eventually

READY_WITHIN_SECONDS = 60.0
END_WITHIN_SECONDS = 30.0


_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", "harness.operator", "leadsman.cli", "leadsman.controller.operator"])


class Fork:
    """What of subprocess.Popen is needed here."""

    def __init__(self, words: list[str], log: Path) -> None:
        self._process = _FORKS.Process(target=_operate, args=(words, log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("leadsman operator run", timeout)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _operate(words: list[str], log: Path) -> None:
    """In the new process."""
    with log.open("ab") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    sys.argv = ["leadsman", *words]
    import_module("leadsman.cli").main()


@dataclass(kw_only=True)
class OperatorProcess:
    """Of one cluster, for all namespaces or for those that are named."""

    cluster: Cluster
    log: Path
    namespaces: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    kubeconfig: Path | None = None
    """Who it is to the API server. None: the cluster's administrator."""
    forks: bool = False
    """Is it forked from a process that has loaded it already? Loading takes a second of CPU."""
    _process: subprocess.Popen[bytes] | Fork | None = None
    _read_from: int = 0

    def start(self) -> None:
        """Until it has seen all that there is."""
        self.launch()
        eventually(self.is_ready, within_seconds=READY_WITHIN_SECONDS)

    def launch(self) -> None:
        """And don't wait for anything."""
        self.log.touch()
        self._read_from = self.log.stat().st_size
        config = self.log.with_suffix(".yaml")
        config.write_text(json.dumps({"listen": "127.0.0.1:0", "logFormat": "json", **self.settings}))
        words = ["operator", "run", f"--config={config}", f"--kubeconfig={self.kubeconfig or self.cluster.kubeconfig}"]
        words += [f"--namespace={name}" for name in self.namespaces]
        if self.cluster.prometheus.url:
            words.append(f"--prometheus={self.cluster.prometheus.url}")
        self._process = Fork(words, self.log) if self.forks else self._spawn(words)

    def _spawn(self, words: list[str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "leadsman", *words]
        with self.log.open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)

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

    @contextmanager
    def kept_alive(self) -> Generator[None]:
        """As a cluster does: whenever it ends it is started again. It may end a while after what ended it."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(0.5):
                if self._running().poll() is not None:
                    self.launch()

        with ThreadPoolExecutor(1) as pool:
            kept = pool.submit(keep)
            try:
                yield
            finally:
                over.set()
                kept.result()

    def is_ready(self) -> bool:
        if (code := self._running().poll()) is not None:
            raise AssertionError(
                f"the operator ended with {code}:\n{self.log.read_bytes()[self._read_from :].decode()}"
            )
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
        """Of its log, since it was started last. Whole ones: it may be writing one, or was killed while it did."""
        *whole, _ = self.log.read_bytes()[self._read_from :].split(b"\n")
        for line in whole:
            if line.startswith(b"{"):
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

    def _running(self) -> subprocess.Popen[bytes] | Fork:
        if self._process is None:
            raise AssertionError("the operator was not started")
        return self._process

    def close(self) -> None:
        """However it stands."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(END_WITHIN_SECONDS)
            self._process = None
