"""What went wrong with a build, read from what go wrote, with the next step for the person who meets it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from leadsman.sandbox.errors import BuildFailed, Cause, find_cause

SHOWN_LINES: Final = 20
AGAIN: Final = "then run the command again: it goes on with what is missing"


class BuildInterrupted(BuildFailed):
    """By the user. Nothing is broken: what was compiled so far is kept."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"interrupted while building {name}",
            next_step="run the same command again: it goes on where it stopped",
        )


DISK_FULL: Final = (
    "free some space (Go's own caches are in ~/.cache/go-build and ~/go/pkg/mod), or move them: set GOCACHE, GOMODCACHE"
)

# The first that matches. The texts are those of Go 1.26.
CAUSES: Final = (
    Cause(
        re.compile(r"no space left on device|disk quota exceeded"),
        "the disk is full",
        f"{DISK_FULL} and XDG_CACHE_HOME to folders with room, {AGAIN}",
    ),
    Cause(
        re.compile(r"SECURITY ERROR|checksum mismatch"),
        "a module that was downloaded is not the one that go.sum pins",
        "do not use it: something between here and its source changed it. Look at GOPROXY, remove "
        f"Go's module cache (~/go/pkg/mod, or GOMODCACHE), {AGAIN}",
    ),
    Cause(
        re.compile(r"disabled by GOPROXY=off"),
        "modules are missing, and GOPROXY=off forbids to download them",
        f"name a proxy (export GOPROXY=https://…,direct) or unset it, {AGAIN}",
    ),
    Cause(
        re.compile(
            r"dial tcp|no such host|connection re(fused|set)|i/o timeout|TLS handshake|x509:|proxyconnect|"
            r"unexpected EOF|context deadline exceeded|: reading http|git ls-remote|\b(4\d\d|5\d\d) [A-Z]"
        ),
        "modules could not be downloaded",
        "look at the network; behind a proxy set HTTPS_PROXY, or name your own module proxy with GOPROXY, " + AGAIN,
    ),
    Cause(
        re.compile(r"signal: killed|cannot allocate memory|runtime: out of memory"),
        "the compiler was killed, most likely because memory ran out (4 GB are enough)",
        f"free some memory or compile one package at a time (export GOFLAGS=-p=1), {AGAIN}",
    ),
    Cause(
        re.compile(r"permission denied|read-only file system|operation not permitted"),
        "go may not write where it has to",
        f"make the folder that it names writable, or set GOCACHE and GOMODCACHE to others, {AGAIN}",
    ),
)


def explain(name: str, lines: Sequence[str], log: Path) -> BuildFailed:
    shown = "\n".join(lines[-SHOWN_LINES:]) or "(it wrote nothing)"
    if cause := find_cause(CAUSES, "\n".join(lines)):
        return BuildFailed(f"{name} was not built: {cause.what}\n{shown}", next_step=f"{cause.next_step} (log: {log})")
    return BuildFailed(
        f"{name} was not built; the last lines of go:\n{shown}",
        next_step=f"read {log}; where it makes no sense, remove ~/.cache/go-build (or GOCACHE), {AGAIN}",
    )
