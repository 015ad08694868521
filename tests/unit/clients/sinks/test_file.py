"""A file that is written by processes which may be killed, and moved away by others."""

import errno
import os
from pathlib import Path

import pytest

from leadsman.clients.errors import DeliveryFailed
from leadsman.clients.sinks.file import File
from leadsman.ledger.chain import head_of
from leadsman.ledger.lines import LINE, EntryLine, written
from unit.ledger.test_outbox import chain

pytestmark = pytest.mark.asyncio

ENTRIES = chain(5)
CHAT, SEARCH = ("support", "chat"), ("support", "search")


def lines(start: int = 0, end: int | None = None, *, service: str = "chat") -> list[EntryLine]:
    return [
        EntryLine(
            schema_="leadsman.dev/ledger-entry/v1", namespace="support", service=service, revision="chat-1", entry=entry
        )
        for entry in ENTRIES[start:end]
    ]


def read(path: Path) -> list[object]:
    return [LINE.validate_json(line, by_alias=True, by_name=False) for line in path.read_bytes().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


async def test_lines_are_appended_and_what_stands_last_is_known_to_the_next_process(path: Path) -> None:
    file = File("archive", path)
    assert await file.heads() == {}
    await file.deliver(lines(0, 2))
    await file.deliver(lines(2, 3))
    await file.deliver(lines(0, 1, service="search"))
    assert read(path) == [*lines(0, 3), *lines(0, 1, service="search")]
    assert await File("archive", path).heads() == {CHAT: head_of(ENTRIES[2]), SEARCH: head_of(ENTRIES[0])}


@pytest.mark.parametrize("cut", [1, 40, 200])
async def test_a_line_that_a_crash_cut_off_goes_before_the_next_one_comes(path: Path, cut: int) -> None:
    path.write_bytes(b"".join(map(written, lines(0, 2)))[:-cut])
    file = File("archive", path)
    assert await file.heads() == {CHAT: head_of(ENTRIES[0])}
    await file.deliver(lines(1, 3))
    assert read(path) == lines(0, 3)


async def test_what_others_have_written_stays_and_says_nothing(path: Path) -> None:
    path.write_text("# begun by hand\n{}\nand no end")
    file = File("archive", path)
    assert await file.heads() == {}
    await file.deliver(lines(0, 1))
    assert path.read_bytes() == b"# begun by hand\n{}\nand no end\n" + b"".join(map(written, lines(0, 1)))


async def test_a_file_that_was_moved_away_is_made_anew(path: Path) -> None:
    file = File("archive", path)
    await file.deliver(lines(0, 2))
    path.rename(path.with_suffix(".1"))
    await file.deliver(lines(2, 4))
    assert read(path.with_suffix(".1")) == lines(0, 2)
    assert read(path) == lines(2, 4)


async def test_of_a_batch_that_does_not_fit_on_the_disk_nothing_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = File("archive", path)
    await file.deliver(lines(0, 1))
    real, room = os.write, [300]

    def write(fd: int, rest: memoryview) -> int:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, rest[: room.pop()])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        with pytest.raises(DeliveryFailed, match="sink archive cannot be written: No space left on device"):
            await file.deliver(lines(1, 3))
    assert read(path) == lines(0, 1)
    await file.deliver(lines(1, 3))
    assert read(path) == lines(0, 3)


async def test_where_there_is_no_folder_it_says_so(tmp_path: Path) -> None:
    file = File("archive", tmp_path / "nowhere" / "ledger.jsonl")
    with pytest.raises(DeliveryFailed, match="sink archive cannot be read: No such file or directory"):
        await file.heads()
    with pytest.raises(DeliveryFailed, match="sink archive cannot be written: No such file or directory"):
        await file.deliver(lines())
