"""A user's terminal: `leadsman sandbox` as a process, with a home and a kubeconfig of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.processes import INTERRUPTIBLE, command_lines


@dataclass(frozen=True)
class Terminal:
    home: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])
    """On top of this process's own."""

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key != "XDG_STATE_HOME"}
        own = {"XDG_STATE_HOME": str(self.home / "state"), "KUBECONFIG": str(self.kubeconfig)}
        return {**kept, **own, **self.variables}

    @property
    def kubeconfig(self) -> Path:
        return self.home / "kubeconfig"

    @property
    def state(self) -> Path:
        return self.home / "state" / "leadsman"

    def start(self, *words: str) -> subprocess.Popen[str]:
        argv = [*INTERRUPTIBLE, sys.executable, "-m", "leadsman", "sandbox", *words]
        return subprocess.Popen(argv, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "leadsman", "sandbox", *words]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    def status(self, name: str, *, code: int = 0) -> dict[str, Any]:
        return json.loads(self.run("status", name, "-o", "json", code=code).stdout)[0]

    def processes(self) -> list[str]:
        """Command lines of all that belongs to this terminal's sandboxes."""
        return [line for line in command_lines() if str(self.state) in line]

    def leave(self) -> None:
        """End what still runs, and see that nothing does."""
        for folder in (self.state / "sandboxes").glob("*/"):
            self.run("down", folder.name)
        assert self.processes() == []
