"""Where built binaries are kept: one folder for each fingerprint of what they were built from.

<cache>/binaries/build.lock
<cache>/binaries/kubernetes-1f2e3d4c5b6a/kube-apiserver
<cache>/binaries/kubernetes-1f2e3d4c5b6a/kube-scheduler.log    (of a build that failed, or is under way)
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from leadsman.sandbox.binaries.catalogue import ALL, Binary, fingerprint

LOCK = "build.lock"
LOG_SUFFIX = ".log"


def default_cache() -> Path:
    return platformdirs.user_cache_path("leadsman") / "binaries"


def folder_of(binary: Binary, cache: Path) -> Path:
    return cache / f"{binary.group}-{fingerprint(binary)}"


def path_of(binary: Binary, cache: Path) -> Path:
    return folder_of(binary, cache) / binary.name


def log_of(binary: Binary, cache: Path) -> Path:
    return folder_of(binary, cache) / (binary.name + LOG_SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    path: Path
    size: int
    binary: Binary | None
    """None where today's Leadsman would build it from other sources: `prune` removes it."""


def cached(cache: Path) -> Iterator[Cached]:
    current = {path_of(binary, cache): binary for binary in ALL}
    for path in sorted(cache.glob("*-*/*")):
        if path.is_file() and path.suffix != LOG_SUFFIX:
            yield Cached(path=path, size=path.stat().st_size, binary=current.get(path))


def prune(cache: Path) -> tuple[Path, ...]:
    """Removes the folders that no binary of today's is kept in; call it with the lock held."""
    old = tuple(_stale_folders(cache))
    for folder in old:
        shutil.rmtree(folder)
    return old


def _stale_folders(cache: Path) -> Iterator[Path]:
    keep = {folder_of(binary, cache) for binary in ALL}
    groups = {binary.group for binary in ALL}
    for folder in sorted(cache.glob("*-*")):
        # Only what looks like ours is ever removed, whatever folder was given.
        if folder.is_dir() and folder not in keep and folder.name.rpartition("-")[0] in groups:
            yield folder
