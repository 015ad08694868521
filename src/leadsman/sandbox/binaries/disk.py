"""Whether there is room for a build, before it starts: a disk that fills up breaks more than the build."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from leadsman.sandbox.binaries.errors import DISK_FULL
from leadsman.sandbox.errors import BuildFailed

MEBIBYTE: Final = 2**20

# Measured: a group's modules, archives and unpacked; Go's build cache after building kubectl into an empty one, for
# each package; the largest binary.
DOWNLOADS: Final = {
    "kubernetes": 620 * MEBIBYTE,
    "etcd": 190 * MEBIBYTE,
    "kwok": 330 * MEBIBYTE,
    "prometheus": 1040 * MEBIBYTE,
    "kind": 25 * MEBIBYTE,
    "pause": 0,
}
PER_PACKAGE: Final = 1 * MEBIBYTE
PER_BINARY: Final = 115 * MEBIBYTE


def download_bytes(groups: Iterable[str]) -> int:
    return sum(DOWNLOADS[group] for group in set(groups))


def build_bytes(*, packages: int, binaries: int) -> int:
    # One more binary: while it is linked, it is there twice.
    return packages * PER_PACKAGE + (binaries + 1) * PER_BINARY


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
