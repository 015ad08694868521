"""The user's own kubeconfig: kubectl talks to the sandbox after `up`, and to what it talked to before after `down`."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from leadsman.sandbox.errors import SandboxError
from leadsman.sandbox.place import Place


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
        return self.place.root / "users-context.json"

    def switch(self) -> None:
        """Add the sandbox's context and make it the current one."""
        target = users_kubeconfig()
        if not self._memory.exists():
            memory = {
                "file": str(target),
                "existed": target.exists(),
                "folderExisted": target.parent.exists(),
                "previous": self._current(target),
            }
            self._memory.write_text(json.dumps(memory))
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        merged = self._config(f"{self.place.kubeconfig}{os.pathsep}{target}", "view", "--flatten")
        _replace(target, merged)
        self._config(str(target), "use-context", self.place.context)

    def restore(self) -> None:
        """Take the sandbox's context away again; nothing else is touched."""
        if not self._memory.exists():
            return
        memory = json.loads(self._memory.read_text())
        target = Path(memory["file"])
        name = self.place.context
        if not target.exists():
            return
        if self._current(target) == name:
            previous = memory["previous"]
            back = ("use-context", previous) if previous in self._contexts(target) else ("unset", "current-context")
            self._config(str(target), *back)
        for what in ("contexts", "clusters", "users"):
            self._config(str(target), "unset", f"{what}.{name}")
        if not memory["existed"] and not self._contexts(target):
            target.unlink()
            if not memory["folderExisted"] and not any(target.parent.iterdir()):
                target.parent.rmdir()

    def _contexts(self, target: Path) -> list[str]:
        return self._config(str(target), "get-contexts", "-o", "name").split()

    def _current(self, target: Path) -> str:
        try:
            return self._config(str(target), "current-context").strip()
        except SandboxError:
            return ""

    def _config(self, kubeconfig: str, *words: str) -> str:
        done = subprocess.run(
            [self.kubectl, "config", *words],
            env={**os.environ, "KUBECONFIG": kubeconfig},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SandboxError(
                f"kubectl config {' '.join(words)}: {done.stderr.strip()}",
                next_step=f"look at {kubeconfig}; or leave it alone: leadsman sandbox up --no-switch",
            )
        return done.stdout


def _replace(target: Path, text: str) -> None:
    # A link (dotfiles managers make them) stays a link: what it points to is replaced.
    real = target.resolve()
    descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}-")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(name).replace(real)
