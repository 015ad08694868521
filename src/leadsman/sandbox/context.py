"""The user's own kubeconfig: kubectl talks to the sandbox after `up`, and to what it talked to before after `down`."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadsman.sandbox.errors import SandboxError
from leadsman.sandbox.place import Place

KINDS = ("contexts", "clusters", "users")


def users_kubeconfig() -> Path:
    """The file that `kubectl config` would write to."""
    first = os.environ.get("KUBECONFIG", "").split(os.pathsep)[0]
    return Path(first) if first else Path.home() / ".kube" / "config"


@dataclass(frozen=True, slots=True)
class UsersContext:
    """Changes of the user's kubeconfig, made by kubectl itself, so that everything else in it stays as it is."""

    place: Place
    kubectl: Path

    @property
    def _memory(self) -> Path:
        return self.place.root / "users-contexts.json"

    def switch(self, server: str) -> None:
        """Add the sandbox's context and make it the current one.

        Raises:
            SandboxError: the user has something of that name, or kubectl cannot write there. The sandbox runs on.
        """
        target, name = users_kubeconfig(), self.place.context
        remembered = self._remembered()
        if str(target) not in remembered:
            self._refuse_to_overwrite(target)
            remembered[str(target)] = {
                "existed": target.exists(),
                "folderExisted": target.parent.exists(),
                "previous": self._current(target),
            }
            self._memory.write_text(json.dumps(remembered))
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        for words in (
            ("set-cluster", name, f"--server={server}", f"--certificate-authority={self.place.ca}", "--embed-certs"),
            (
                *("set-credentials", name, "--embed-certs"),
                f"--client-certificate={self.place.administrator_certificate}",
                f"--client-key={self.place.administrator_key}",
            ),
            ("set-context", name, f"--cluster={name}", f"--user={name}"),
            ("use-context", name),
        ):
            self._config(target, *words)

    def restore(self) -> None:
        """Take the sandbox's context away again wherever it was added; nothing else is touched.

        Raises:
            SandboxError: after trying all files: one that cannot be changed.
        """
        problem: SandboxError | None = None
        for file, before in self._remembered().items():
            try:
                self._restore(Path(file), before)
            except SandboxError as error:
                problem = error
        if problem:
            raise problem

    def _restore(self, target: Path, before: Mapping[str, Any]) -> None:
        if not target.exists():
            return
        if self._current(target) == self.place.context:
            there = before["previous"] in self._names(target, "contexts")
            self._config(target, *(("use-context", before["previous"]) if there else ("unset", "current-context")))
        for kind in KINDS:
            self._config(target, "unset", f"{kind}.{self.place.context}")
        if not before["existed"] and not self._names(target, "contexts"):
            target.unlink()
            if not before["folderExisted"] and not any(target.parent.iterdir()):
                target.parent.rmdir()

    def _refuse_to_overwrite(self, target: Path) -> None:
        taken = [kind for kind in KINDS if self.place.context in self._names(target, kind)]
        if taken:
            raise SandboxError(
                f"{target} has something else called {self.place.context} among its {' and '.join(taken)}",
                next_step=f"rename it there, or use the sandbox's own: "
                f"export KUBECONFIG=$(leadsman sandbox kubeconfig {self.place.name})",
            )

    def _remembered(self) -> dict[str, dict[str, Any]]:
        return json.loads(self._memory.read_text()) if self._memory.exists() else {}

    def _current(self, target: Path) -> str:
        return str(self._view(target).get("current-context") or "")

    def _names(self, target: Path, kind: str) -> list[str]:
        entries: list[dict[str, Any]] = self._view(target).get(kind) or []
        return [entry["name"] for entry in entries]

    def _view(self, target: Path) -> dict[str, Any]:
        return json.loads(self._config(target, "view", "--raw", "--output=json")) if target.exists() else {}

    def _config(self, target: Path, *words: str) -> str:
        done = subprocess.run(
            [self.kubectl, "config", *words],
            env={**os.environ, "KUBECONFIG": str(target)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SandboxError(
                f"kubectl cannot use {target} ({words[0]}): {done.stderr.strip()}",
                next_step=f"mend that file; what is called {self.place.context} in it is the sandbox's",
            )
        return done.stdout
