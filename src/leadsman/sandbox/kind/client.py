"""Clusters made by kind, where a container engine answers.

Each has a kubeconfig of its own, in the sandbox's folder: kind never gets to see the user's.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadsman.sandbox.errors import StartFailed, Unsupported
from leadsman.sandbox.invocation import Invocation, run
from leadsman.sandbox.kind.errors import explain

ENGINES: Final = ("docker", "podman")
CHOSEN: Final = "KIND_EXPERIMENTAL_PROVIDER"
ANSWER_WITHIN_SECONDS: Final = 5.0
SHORT_COMMAND_SECONDS: Final = 300.0
READY_WITHIN_SECONDS: Final = 180

# The image of the nodes belongs to a release of kind; with this one it became Kubernetes 1.37, which the policies of
# admission need in their final version. So an older kind on PATH is left alone.
OLDEST: Final = (0, 33)


def engine() -> tuple[str | None, Unsupported | None]:
    """Docker or podman, where its daemon answers (a client alone is not enough), else why there is none."""
    chosen = os.environ.get(CHOSEN)
    problems: list[str] = []
    for name in (chosen,) if chosen else ENGINES:
        problem = _problem_with(name)
        if problem is None:
            return name, None
        problems.append(problem)
    return None, Unsupported(
        "; ".join(problems),
        next_step="start Docker or podman (systemctl start docker), and see to it that `docker info` works for you",
    )


def _problem_with(name: str) -> str | None:
    if not shutil.which(name):
        return f"{name} is not installed"
    try:
        answer = _answer(name, "info")
    except subprocess.TimeoutExpired:
        return f"{name} does not answer within {ANSWER_WITHIN_SECONDS:.0f} s"
    except OSError as error:
        return f"{name} does not work ({error})"
    if "Emulate Docker CLI using podman" in answer.stderr:
        return "docker is podman in disguise here"  # kind would ask it for what only the real one has
    lines = answer.stderr.strip().splitlines()
    return f"{name} does not answer ({lines[-1] if lines else 'it says nothing'})" if answer.returncode else None


def on_path() -> Path | None:
    """The user's own kind, if it is recent enough."""
    found = shutil.which("kind")
    if not found:
        return None
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        version = re.search(r"v(\d+)\.(\d+)", _answer(found, "version").stdout)
        if version and (int(version[1]), int(version[2])) >= OLDEST:
            return Path(found)
    return None


def _answer(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, timeout=ANSWER_WITHIN_SECONDS, stdin=subprocess.DEVNULL
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCluster:
    sandbox: str
    binary: Path
    engine: str
    kubeconfig: Path
    log: Path

    @property
    def name(self) -> str:
        return f"leadsman-{self.sandbox}"

    def create(self, *, heard: Callable[[str], None]) -> None:
        """Returns once the control plane is ready; `heard` gets what kind says meanwhile."""
        lines = self._follow("create", "cluster", *self._named(), f"--wait={READY_WITHIN_SECONDS}s", heard=heard)
        if any("Timed out waiting for Ready" in line for line in lines):  # for kind, that is a success
            raise StartFailed(
                f"the kind cluster {self.name} was not ready within {READY_WITHIN_SECONDS} s",
                next_step=f"look at it (kubectl --kubeconfig {self.kubeconfig} get pods -A), "
                f"then remove it: leadsman sandbox down {self.sandbox}",
            )

    def delete(self) -> None:
        """Also one that is not there: then nothing happens."""
        self._ask("delete", "cluster", *self._named())

    def load_image(self, archive: Path) -> None:
        """An archive as `docker save` writes it, onto each node."""
        self._ask("load", "image-archive", str(archive), "--name", self.name)

    def _named(self) -> tuple[str, ...]:
        return ("--name", self.name, "--kubeconfig", str(self.kubeconfig))

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, CHOSEN: self.engine, "KUBECONFIG": str(self.kubeconfig)}

    def _follow(self, *arguments: str, heard: Callable[[str], None]) -> list[str]:
        lines: list[str] = []

        def hear(line: str | None) -> None:
            if line:
                lines.append(line)
                heard(line)

        argv = (str(self.binary), *arguments)
        code = run(
            Invocation(argv=argv, folder=self.log.parent, environment=self._environment(), log=self.log), heard=hear
        )
        if code:
            raise explain(self.sandbox, "\n".join(lines), self.log)
        return lines

    def _ask(self, *arguments: str) -> None:
        try:
            answer = subprocess.run(
                [self.binary, *arguments],
                env=self._environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=SHORT_COMMAND_SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise StartFailed(
                f"kind {arguments[0]} {arguments[1]} took longer than {SHORT_COMMAND_SECONDS:.0f} s",
                next_step=f"see whether {self.engine} answers ({self.engine} ps), then run the command again",
            ) from error
        if answer.returncode:
            raise explain(self.sandbox, answer.stderr, self.log)
