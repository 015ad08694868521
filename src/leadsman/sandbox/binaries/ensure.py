"""Makes sure that binaries are there: found in KUBEBUILDER_ASSETS or in the cache, else built by Go.

A binary is built under another name in the folder where it will stay, and renamed when it is whole, so whatever
interrupts a build, the next one goes on with what is missing; Go's own build cache keeps what was compiled.
"""

import contextlib
import os
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Final

import filelock

from leadsman.sandbox.binaries.cache import LOCK, path_of
from leadsman.sandbox.binaries.catalogue import Binary
from leadsman.sandbox.binaries.events import Found, Origin, Report, Waiting
from leadsman.sandbox.binaries.workshop import build_all
from leadsman.sandbox.errors import BuildFailed, Unsupported

ASSETS: Final = "KUBEBUILDER_ASSETS"
LOCK_POLL_SECONDS: Final = 0.5


def ensure(binaries: Iterable[Binary], *, cache: Path, report: Report) -> dict[str, Path]:
    """The path of each, after building what is missing."""
    wanted = tuple(binaries)
    paths = _assets(wanted, os.environ.get(ASSETS), report)
    rest = tuple(binary for binary in wanted if binary.name not in paths)
    if _missing(rest, cache):
        with only_builder(cache, report):
            # Whoever held the lock before may have built it meanwhile.
            missing = _missing(rest, cache)
            _report_cached([binary for binary in rest if binary not in missing], cache, report)
            if missing:
                build_all(missing, cache=cache, report=report)
    else:
        _report_cached(rest, cache, report)
    return paths | {binary.name: path_of(binary, cache) for binary in rest}


def _assets(wanted: Iterable[Binary], folder: str | None, report: Report) -> dict[str, Path]:
    if not folder:
        return {}
    root = Path(folder).absolute()
    if not root.is_dir():
        raise Unsupported(
            f"{ASSETS} names {folder}, which is no folder",
            next_step=f"correct {ASSETS}, or unset it to have them built",
        )
    found = {binary.name: root / binary.name for binary in wanted if _is_program(root / binary.name)}
    if not found:
        raise Unsupported(
            f"{ASSETS} names {folder}, which holds none of {', '.join(binary.name for binary in wanted)}",
            next_step=f"correct {ASSETS}, or unset it to have them built",
        )
    report(Found(names=tuple(found), origin=Origin.ASSETS, folder=root))
    return found


def _missing(binaries: Iterable[Binary], cache: Path) -> tuple[Binary, ...]:
    return tuple(binary for binary in binaries if not _is_program(path_of(binary, cache)))


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _report_cached(binaries: Sequence[Binary], cache: Path, report: Report) -> None:
    if binaries:
        report(Found(names=tuple(binary.name for binary in binaries), origin=Origin.CACHE, folder=cache))


@contextlib.contextmanager
def only_builder(cache: Path, report: Report) -> Generator[None]:
    """Two builds at once would only take each other's processors: the second waits."""
    with _writing(cache):
        cache.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(cache / LOCK)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            report(Waiting(lock=cache / LOCK))
            lock.acquire(poll_interval=LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            lock.release()


@contextlib.contextmanager
def _writing(cache: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise BuildFailed(
            f"the cache of binaries cannot be written: {error}",
            next_step=f"make {cache} writable, with room on its disk, or set XDG_CACHE_HOME to a folder that is",
        ) from error
