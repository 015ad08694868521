"""What is asked of a sandbox and what is so: two small JSON files, the only things that supervisor and CLI share."""

import os
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from leadsman.sandbox.errors import SandboxError

Read = TypeVar("Read", bound=BaseModel)


class Nodes(StrEnum):
    SIMULATED = "simulated"
    REAL = "real"


class Provider(StrEnum):
    EXISTING = "existing"
    KIND = "kind"
    LOCAL = "local"


State = Literal["Starting", "Running", "Restarting", "Stopped", "Failed"]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Request(Model):
    """What `up` asked for."""

    name: str
    provider: Provider
    nodes: Nodes | None = None
    """None where nodes are not ours to choose."""
    node_count: int = 1
    api_port: int | None = None
    """None: a free one."""
    binaries: dict[str, Path] = {}
    context: str | None = None
    """Of the user's own cluster (provider existing)."""
    why: str = ""
    """Why this provider and these nodes were chosen, for people."""


class Endpoints(Model):
    """Where a sandbox answers, as URLs."""

    api_server: str
    prometheus: str


class PartState(Model):
    """One process (or other part) of the sandbox."""

    state: State
    pid: int | None = None
    restarts: int = 0
    message: str = ""


class Status(Model):
    ready: bool = False
    supervisor: int | None = None
    """Process id."""
    started: datetime | None = None
    api_server: str | None = None
    """URL."""
    prometheus: str | None = None
    """URL."""
    parts: dict[str, PartState] = {}
    error: str | None = None
    next_step: str | None = None


def read_request(path: Path) -> Request | None:
    """None: there is none.

    Raises:
        SandboxError: it is damaged.
    """
    return _read(path, Request)


def read_status(path: Path) -> Status:
    """An empty one where there is none.

    Raises:
        SandboxError: it is damaged.
    """
    return _read(path, Status) or Status()


def _read(path: Path, kind: type[Read]) -> Read | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise SandboxError(
            f"{path} is damaged: {error.errors()[0]['msg']}",
            next_step=f"end the sandbox and start it again: leadsman sandbox down {path.parent.name}",
        ) from error


def write(path: Path, model: Model) -> None:
    """Whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as file:
        file.write(model.model_dump_json(indent=2))
    Path(name).replace(path)
