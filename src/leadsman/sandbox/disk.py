"""Whether there is room for a build, before it starts: a disk that fills up breaks more than the build."""

import shutil
from pathlib import Path
from typing import Final

from leadsman.sandbox.build_errors import DISK_FULL
from leadsman.sandbox.errors import BuildFailed

MEBIBYTE: Final = 2**20

# Measured on the first build of everything: 2.5 GB of modules, archives and unpacked, of which Kubernetes is most;
# 1.3 MB in Go's build cache for each package; 100 MB for a binary, and as much again while it is linked.
DOWNLOADS: Final = 2500 * MEBIBYTE
PER_PACKAGE: Final = 1.3 * MEBIBYTE
PER_BINARY: Final = 200 * MEBIBYTE


def needed_bytes(*, packages: int, binaries: int) -> int:
    return int(packages * PER_PACKAGE + binaries * PER_BINARY)


def check(folder: Path, needed: int) -> None:
    free = _free_bytes(folder)
    if free < needed:
        raise BuildFailed(
            f"the build needs about {needed / 1e9:.1f} GB at {folder}, where {free / 1e9:.1f} GB are free",
            next_step=f"{DISK_FULL} and XDG_CACHE_HOME to folders with room, then run the command again",
        )


def _free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
