"""A file of JSON lines. What it has taken is on the disk.

It is opened for each batch, so that one that was moved away (logrotate) is made anew. A line that a crash cut off was
never acknowledged, so it goes; and what stands at the end of the file is not written a second time.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.clients.errors import DeliveryFailed
from leadsman.clients.sinks.sink import Place
from leadsman.ledger.chain import head_of
from leadsman.ledger.lines import LINE, EntryLine, Line, written

TAIL_BYTES: Final = 32 * 2**20
"""So much of its end is read at the start: some 30,000 entries."""
LINE_BYTES: Final = 2**20
"""More than the longest line has."""


class File:
    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._turn = asyncio.Lock()

    async def heads(self) -> Mapping[Place, LedgerHead]:
        try:
            return await asyncio.to_thread(self._heads)
        except OSError as error:
            raise DeliveryFailed(f"sink {self.name} cannot be read: {error.strerror}") from error

    async def deliver(self, lines: Sequence[Line]) -> None:
        async with self._turn:
            try:
                await asyncio.to_thread(self._append, b"".join(map(written, lines)))
            except OSError as error:
                raise DeliveryFailed(f"sink {self.name} cannot be written: {error.strerror}") from error

    def _heads(self) -> dict[Place, LedgerHead]:
        with self._opened() as file:
            os.fsync(file)  # what a killed process has written may be in memory only
            size = os.fstat(file).st_size
            start = max(0, size - TAIL_BYTES)
            tail = os.pread(file, size - start, start)
        lines = tail.splitlines()[1 if start else 0 :]
        return {(line.namespace, line.service): _head(line) for line in _readable(lines)}

    def _append(self, text: bytes) -> None:
        with self._opened() as file:
            before = os.fstat(file).st_size
            try:
                _write(file, text)
                os.fsync(file)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file, before)
                raise

    @contextlib.contextmanager
    def _opened(self) -> Generator[int]:
        """Nobody else writes meanwhile, and its last line is a whole one."""
        is_new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                _sync_folder(self._path.parent)
            _cut_off(file)
            yield file
        finally:
            os.close(file)


def _cut_off(file: int) -> None:
    """What follows the end of the last line. Where it is nobody's line of ours it stays, as a line of its own."""
    size = os.fstat(file).st_size
    start = max(0, size - LINE_BYTES)
    left = os.pread(file, size - start, start).rpartition(b"\n")[2]
    if left.startswith(b'{"'):
        os.ftruncate(file, size - len(left))
    elif left:
        _write(file, b"\n")


def _write(file: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _readable(lines: Sequence[bytes]) -> Iterator[Line]:
    """Others may write into the file, too: what is no line of a ledger says nothing."""
    for line in lines:
        with contextlib.suppress(ValidationError):
            yield LINE.validate_json(line, by_alias=True, by_name=False)


def _head(line: Line) -> LedgerHead:
    return head_of(line.entry) if isinstance(line, EntryLine) else LedgerHead(sequence=line.sequence, hash=line.hash)
