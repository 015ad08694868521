"""The processes of a sandbox, to be killed, and its etcd, to be set back to what it was."""

import os
import shutil
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.cluster import Cluster
from harness.waiting import eventually
from leadsman.sandbox.place import Place
from leadsman.sandbox.status import Status, read_status

UP_WITHIN_SECONDS = 120
_HAS_CACHES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
"""They would go on with what they remember of before."""


@dataclass(frozen=True)
class ControlPlane:
    cluster: Cluster

    def kill(self, *parts: str) -> None:
        """Until the supervisor has started them again, and they are ready."""
        with self.without(*parts):
            pass

    @contextmanager
    def without(self, *parts: str) -> Generator[None]:
        """They are dead until the end of the block."""
        before = self._status
        os.kill(before.supervisor or 0, signal.SIGSTOP)
        try:
            for part in parts:
                os.kill(before.parts[part].pid or 0, signal.SIGKILL)
            yield
        finally:
            os.kill(before.supervisor or 0, signal.SIGCONT)
        eventually(lambda: self._are_back(before, parts), within_seconds=UP_WITHIN_SECONDS)

    def snapshot(self, folder: Path) -> None:
        """What etcd holds, as a copy of its disk at one instant."""
        etcd = self._status.parts["etcd"].pid or 0
        os.kill(etcd, signal.SIGSTOP)
        try:
            shutil.copytree(self._data, folder)
        finally:
            os.kill(etcd, signal.SIGCONT)

    def restore(self, folder: Path) -> None:
        """As an administrator does it: everything that remembers is started anew."""
        with self.without("etcd", *_HAS_CACHES):
            shutil.rmtree(self._data)
            shutil.copytree(folder, self._data)

    @property
    def _data(self) -> Path:
        return Place.of(self.cluster.name).data / "etcd"

    @property
    def _status(self) -> Status:
        return read_status(Place.of(self.cluster.name).status)

    def _are_back(self, before: Status, parts: tuple[str, ...]) -> bool:
        now = self._status.parts
        return all(now[part].state == "Running" and now[part].pid != before.parts[part].pid for part in parts)
