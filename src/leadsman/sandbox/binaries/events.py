"""What a build tells while it runs: a stream of small facts, rendered elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leadsman.sandbox.binaries.catalogue import Binary
from leadsman.sandbox.binaries.toolchain import Go


class Origin(StrEnum):
    """Where a binary that need not be built comes from."""

    ASSETS = "KUBEBUILDER_ASSETS"
    CACHE = "the cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """These need not be built."""

    names: tuple[str, ...]
    origin: Origin
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Another process is building; what it makes will be used."""

    lock: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """These are going to be built, one after the other."""

    names: tuple[str, ...]
    go: Go
    packages: int
    """That have to be compiled."""
    seconds: float
    """Expected, on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Which binary of how many."""

    binary: Binary
    number: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloading:
    """Before anything is compiled, for each binary: which packages it needs is only known when they are there."""

    step: Step
    modules: int
    """So far: how many there will be is known at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiling:
    step: Step
    done: int
    total: int
    """Of the packages that were not in Go's build cache."""
    seconds_left: float
    """Until the last binary is built."""

    @property
    def linking(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    step: Step
    path: Path
    seconds: float
    size: int


Event = Found | Waiting | Planned | Downloading | Compiling | Built
Report = Callable[[Event], None]
