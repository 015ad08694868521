"""Builds binaries with Go: first everything is downloaded and counted, then compiled, one binary after the other.

Downloads come first because a network that fails should fail at once, and not after ten minutes of compiling; counting,
because only then the time and the room that are needed can be said.
"""

import contextlib
import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadsman.sandbox.binaries import disk
from leadsman.sandbox.binaries.cache import folder_of, log_of, path_of
from leadsman.sandbox.binaries.catalogue import Binary, needed_go, platform_of_this_machine
from leadsman.sandbox.binaries.errors import BuildInterrupted, explain
from leadsman.sandbox.binaries.events import Built, Compiling, Downloading, Planned, Report, Step
from leadsman.sandbox.binaries.pace import Job, Pace, jobs
from leadsman.sandbox.binaries.toolchain import Go, Settings, build_environment, find_go, settings
from leadsman.sandbox.invocation import Invocation, run

WORK: Final = ".building"
PACKAGE: Final = re.compile(r"[\w.~/-]+")
"""`go build -v` writes the import path of each package that it compiles, alone on a line."""
STALE: Final = "stale "
# A program that is compiled, but not linked, counts as stale too: there is nothing to compile.
LIST_STALE: Final = (
    '{{if and .Stale (ne .StaleReason "not installed but available in build cache")}}'
    + STALE
    + "{{.ImportPath}}{{end}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all binaries of one build have in common."""

    go: Go
    settings: Settings
    cache: Path
    report: Report

    def run(self, binary: Binary, *arguments: str, heard: Callable[[str | None], None]) -> None:
        """A go command, in the folder of the binary's modules."""
        lines: list[str] = []

        def hear(line: str | None) -> None:
            if line is not None:
                lines.append(line)
            heard(line)

        try:
            code = run(self._invocation(binary, arguments), hear)
        except KeyboardInterrupt as interrupt:
            raise BuildInterrupted(binary.name) from interrupt
        if code:
            raise explain(binary.name, lines, log_of(binary, self.cache))

    def _invocation(self, binary: Binary, arguments: Sequence[str]) -> Invocation:
        goos, goarch = platform_of_this_machine()
        return Invocation(
            argv=(str(self.go.path), *arguments),
            folder=binary.modules,
            environment={
                # /tmp may be a small tmpfs: go works where there has to be room anyway, unless the user says where.
                "GOTMPDIR": str(work_of(binary, self.cache)),
                **build_environment(self.settings.flags),
                "GOOS": goos,
                "GOARCH": goarch,
            },
            log=log_of(binary, self.cache),
        )


def work_of(binary: Binary, cache: Path) -> Path:
    return folder_of(binary, cache) / WORK


def build_all(missing: Sequence[Binary], *, cache: Path, report: Report) -> None:
    """Call it with the lock of the cache held."""
    go = find_go(needed_go(missing))
    shop = Workshop(go=go, settings=settings(go), cache=cache, report=report)
    steps = [Step(binary=binary, number=number, count=len(missing)) for number, binary in enumerate(missing, 1)]
    if not shop.settings.modules.exists():
        disk.check(shop.settings.modules, disk.download_bytes(binary.group for binary in missing))
    plan = jobs(steps, {step.binary: _survey(step, shop) for step in steps})
    packages = sum(job.packages for job in plan)
    pace = Pace.of(plan)
    report(Planned(names=tuple(binary.name for binary in missing), go=go, packages=packages, seconds=pace.to_come))
    disk.check(shop.settings.cache, disk.build_bytes(packages=packages, binaries=len(missing)))
    disk.check(cache, disk.build_bytes(packages=0, binaries=len(missing)))  # it may be another disk
    for job in plan:
        pace = _build(job, shop, pace)


def _survey(step: Step, shop: Workshop) -> frozenset[str]:
    """The packages that are not in Go's build cache. Downloads what is missing of the modules."""
    binary = step.binary
    modules, stale = 0, set[str]()

    def heard(line: str | None) -> None:
        nonlocal modules
        if line and line.startswith("go: downloading "):
            modules += 1
            shop.report(Downloading(step=step, modules=modules))
        elif line and line.startswith(STALE):
            stale.add(line.removeprefix(STALE))

    shop.report(Downloading(step=step, modules=0))
    with _workplace(binary, shop.cache):
        shop.run(binary, "list", *binary.flags, "-deps", "-f", LIST_STALE, binary.package, heard=heard)
    return frozenset(stale)


@contextlib.contextmanager
def _workplace(binary: Binary, cache: Path) -> Generator[Path]:
    """An empty folder next to where the binary will stay: what a killed build left behind goes first."""
    work = work_of(binary, cache)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    log_of(binary, cache).unlink(missing_ok=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _build(job: Job, shop: Workshop, pace: Pace) -> Pace:
    step, binary = job.step, job.step.binary
    started = time.monotonic()
    compiled, linking_since = 0, started

    def heard(line: str | None) -> None:
        nonlocal compiled, linking_since
        now = time.monotonic()
        if line and PACKAGE.fullmatch(line):
            compiled, linking_since = compiled + 1, now
        linked = now - linking_since if compiled >= job.packages else 0.0
        left = pace.seconds_left(job, compiled=compiled, linked=linked, elapsed=now - started)
        total = max(job.packages, compiled)
        shop.report(Compiling(step=step, done=compiled, total=total, seconds_left=left))

    heard(None)
    with _workplace(binary, shop.cache) as work:
        made = work / binary.name
        shop.run(binary, "build", "-v", *binary.flags, "-o", str(made), binary.package, heard=heard)
        path = _keep(made, binary, shop.cache)
    elapsed = time.monotonic() - started
    shop.report(Built(step=step, path=path, seconds=elapsed, size=path.stat().st_size))
    return pace.after(job, elapsed)


def _keep(made: Path, binary: Binary, cache: Path) -> Path:
    path = path_of(binary, cache)
    with made.open("rb") as file:
        os.fsync(file.fileno())  # a name must never outlive a crash that its content did not
    made.replace(path)
    log_of(binary, cache).unlink(missing_ok=True)
    return path
