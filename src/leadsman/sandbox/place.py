"""Where a sandbox lives: one folder with everything it keeps, so that taking the folder away leaves nothing."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import platformdirs

from leadsman.sandbox.errors import SandboxError

DEFAULT_NAME = "sandbox"
NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one sandbox, and the names of what is in it."""

    root: Path

    @classmethod
    def of(cls, name: str) -> Self:
        """The folder of the sandbox of that name.

        Raises:
            SandboxError: that is no name. A path, above all, is none: `down` removes what this returns.
        """
        if not NAME.fullmatch(name):
            raise SandboxError(
                f"{name!r} is no name for a sandbox",
                next_step="use lower-case letters, digits and dashes, beginning with a letter, at most 40: dev",
            )
        return cls(sandboxes() / name)

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def context(self) -> str:
        """What the cluster is called in kubeconfigs, and by kind."""
        return f"leadsman-{self.name}"

    @property
    def request(self) -> Path:
        """What was asked for: `Request` as JSON, written by `up`, read by the supervisor."""
        return self.root / "request.json"

    @property
    def status(self) -> Path:
        """What is: `Status` as JSON, written by the supervisor at every change."""
        return self.root / "status.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor for as long as it lives: the kernel lets go of it even after a kill -9."""
        return self.root / "supervisor.lock"

    @property
    def starting(self) -> Path:
        """Held by `up` while it starts the supervisor; beside the folder, which `up` makes anew."""
        return self.root.with_name(f".{self.root.name}.lock")

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.root / "kubeconfig"

    @property
    def pid(self) -> Path:
        """The supervisor's process id. True for as long as the lock is held."""
        return self.root / "supervisor.pid"

    @property
    def ca(self) -> Path:
        """The certificate of the API server's authority."""
        return self.certificates / "ca.crt"

    @property
    def administrator_certificate(self) -> Path:
        return self.certificates / "administrator.crt"

    @property
    def administrator_key(self) -> Path:
        return self.certificates / "administrator.key"

    @property
    def certificates(self) -> Path:
        return self.root / "certificates"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def make(self) -> None:
        for folder in (self.certificates, self.logs, self.config, self.data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def sandboxes() -> Path:
    return platformdirs.user_state_path("leadsman") / "sandboxes"
