"""One run of a tool that ends by itself (go, kind): its lines as they come, and nothing of it left when we go."""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TICK_SECONDS = 1.0
STOP_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    log: Path


def run(invocation: Invocation, heard: Callable[[str | None], None]) -> int:
    """`heard` gets each line of output, and None about every second in between, so that a clock can be shown."""
    with invocation.log.open("a") as log, _started(invocation) as child:
        for line in _lines(child):
            if line is not None:
                log.write(line + "\n")
            heard(line)
        return child.wait()


@contextlib.contextmanager
def _started(invocation: Invocation) -> Generator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [*_with_its_parent(), *invocation.argv],
        cwd=invocation.folder,
        env=invocation.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # A group of its own: Ctrl-C reaches us alone, and ending the group ends its compilers too.
        start_new_session=True,
    )
    with child:
        try:
            yield child
        finally:
            _end(child)


def _with_its_parent() -> tuple[str, ...]:
    """The kernel interrupts it when we die, whatever killed us. INT, not KILL: so that it may still tidy up."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "INT", "--") if setpriv else ()


def _lines(child: subprocess.Popen[str]) -> Iterator[str | None]:
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def pump() -> None:
        with contextlib.suppress(ValueError):  # closed while reading: the run was cut short
            for line in child.stdout or ():
                lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=pump, name="output", daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=TICK_SECONDS)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line


def _end(child: subprocess.Popen[str]) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        if child.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_WITHIN_SECONDS)
