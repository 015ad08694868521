"""What runs on this machine, from /proc: `ps` and `kill` are programs that a small Debian does not have."""

import os
from collections.abc import Iterator
from pathlib import Path

# Where this was started in the background of a script, SIGINT is ignored, and children inherit that: then they would
# not notice a Ctrl-C (coreutils, env(1)).
INTERRUPTIBLE = ("env", "--default-signal=INT")


def command_lines() -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield process.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
