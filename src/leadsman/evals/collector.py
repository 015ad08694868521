"""Runs beside an evaluation, as its native sidecar, and prints the results into its own log when it has ended.

    python -m leadsman.evals.collector --format LMEval --path /results

The kubelet sends SIGTERM to sidecars once the other containers have ended, however they ended; then the files are read
and the transcript (leadsman.evals.transcript) is written to standard output. With --once that is done at once. What
can't be read is said in the transcript too, so the exit code is 0 unless the command itself is wrong.

Bounded, and never out of the path: no symbolic link is followed, and only regular files are read, each opened once
below a folder that is held open. What evaluates is not trusted to leave only results there.
"""

# ruff: noqa: E402 - signals are blocked before anything else is imported

import signal

ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
if __name__ == "__main__":  # first of all: process 1 never gets a SIGTERM that it neither handles nor blocks
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

import argparse
import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from leadsman.evals.bounds import FILE_BYTES, FILES, TOTAL_BYTES
from leadsman.evals.normal import UnreadableResults
from leadsman.evals.readers import READERS, read
from leadsman.evals.transcript import encode, encode_problem

if TYPE_CHECKING:
    from leadsman.api.v1alpha1.evalsuite import ResultFormat

ENTRIES: Final = 100_000
"""Of folders that are looked at."""


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    if not options.once:
        signal.sigwait(ENDING)
    for line in transcript(options.format, options.path):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def transcript(form: "ResultFormat", path: str) -> list[str]:
    """Whole before the first line of it is written, or one line that says why there is none."""
    try:
        reader = READERS[form]
        return list(encode(read(form, files(path, reader.SUFFIXES))))
    except UnreadableResults as error:
        return [encode_problem(str(error))]
    except OSError as error:
        return [encode_problem(f"{error.filename or path} can't be read: {error.strerror}")]
    except MemoryError:
        return [encode_problem(f"{path} takes more memory than the collector has: let the tool log less")]


def files(path: str, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Relative path and content of the regular files with these suffixes in a folder, or of the one file.

    Raises OSError, and UnreadableResults beyond the bounds.
    """
    place = Path(path)
    if place.resolve() != Path(os.path.normpath(place.absolute())):
        raise UnreadableResults(f"{path} leads over a symbolic link: mount the volume where the results are written")
    folder, only = (place, None) if place.is_dir() else (place.parent, place.name)
    found: dict[str, bytes] = {}
    for name, descriptor, relative in _names(folder, only):
        if name == only or name.endswith(suffixes):
            content = _content(name, descriptor, min(FILE_BYTES, TOTAL_BYTES - sum(map(len, found.values()))))
            found |= {relative: content} if content is not None else {}
        if len(found) > FILES:
            raise UnreadableResults(f"{path} has more than {FILES} files *{', *'.join(suffixes)}: keep one evaluation")
    return found


def _names(folder: Path, only: str | None) -> Iterator[tuple[str, int, str]]:
    """Name, descriptor of the folder that it is in, and path below the top."""
    seen = 0
    for inside, folders, names, descriptor in os.fwalk(folder, onerror=_raise):
        seen += len(folders) + len(names)
        if seen > ENTRIES:
            raise UnreadableResults(f"{folder} has more than {ENTRIES} entries: let results have a folder of their own")
        for name in sorted(names) if only is None else [only]:
            yield name, descriptor, (Path(inside) / name).relative_to(folder).as_posix()
        if only is not None:
            return
        folders.sort()


def _content(name: str, folder: int, limit: int) -> bytes | None:
    """None: no regular file. A pipe is not waited for."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a symbolic link, a socket
            return None
        raise
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = file.read(limit + 1)
    if len(content) > limit:
        raise UnreadableResults(f"{name} is larger than the {limit} bytes that are left: let the tool log less")
    return content


def _raise(error: OSError) -> NoReturn:
    raise error


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="leadsman.evals.collector", description="Prints results of an evaluation.")
    parser.add_argument("--format", required=True, choices=tuple(READERS))
    parser.add_argument("--path", required=True, help="folder or file that holds the results")
    parser.add_argument("--once", action="store_true", help="now, without waiting for SIGTERM")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
