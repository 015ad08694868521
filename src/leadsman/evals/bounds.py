"""What is read of files that strangers wrote: bounded in size, depth and number, and never more than it says.

Every function raises UnreadableResults, and nothing else, on bytes that it can't read.
"""

import io
import json
import lzma
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NoReturn
from xml.etree import ElementTree as ET

from leadsman.evals.normal import UnreadableResults

if sys.version_info >= (3, 14):  # inspect-ai compresses with Zstandard, which zipfile reads from here on
    import zipfile

    from compression import zstd
else:
    from backports import zstd
    from backports.zstd import zipfile

MIB: Final = 1024 * 1024
FILES: Final = 1000
FILE_BYTES: Final = 64 * MIB
TOTAL_BYTES: Final = 128 * MIB
INFLATED_BYTES: Final = 256 * MIB
"""Of all entries of one archive that are read."""
ENTRIES: Final = 100_000
RATIO: Final = 500
"""To which an entry may inflate. Long logs come to 100; zeros to 1000, and with Zstandard to 20,000."""
SMALL_BYTES: Final = MIB
"""Whatever its ratio: small logs of one repeated answer inflate a thousandfold, and do no harm."""
DEPTH: Final = 100
EXACT: Final = 2**53
"""Up to what every JSON parser reads integers exactly."""
CHUNK: Final = 64 * 1024
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
    EOFError,
    NotImplementedError,  # a way of compressing, or a version, that zipfile does not know
    OSError,
    RuntimeError,  # encrypted
    ValueError,
    struct.error,
)


def check_files(files: Mapping[str, bytes]) -> None:
    if len(files) > FILES:
        raise UnreadableResults(f"{len(files)} files, more than {FILES}: keep only the results of one evaluation there")
    for path, content in files.items():
        if len(content) > FILE_BYTES:
            raise UnreadableResults(
                f"{path} has {len(content)} bytes, more than {FILE_BYTES}: let the tool log less, or evaluate in parts"
            )
    if (total := sum(map(len, files.values()))) > TOTAL_BYTES:
        raise UnreadableResults(f"{total} bytes in all files, more than {TOTAL_BYTES}: evaluate in parts")


def parse_json(content: bytes, where: str) -> object:
    """UTF-8, NaN and Infinity as Python writes them included. Two values under one key are refused: which is meant?

    The standard library's reader: it knows NaN, shows double keys, and takes a second for 20 MB. The interpreter's
    limit of recursion bounds the depth.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnreadableResults as error:
        raise UnreadableResults(f"{where}: {error}") from None
    except RecursionError:
        raise UnreadableResults(f"{where} is nested too deeply: no tool writes that") from None
    except ValueError as error:  # of json, of Unicode, of integers with thousands of digits
        raise UnreadableResults(f"{where} is no JSON: {_brief(error)}") from None


def json_lines(content: bytes, where: str) -> Iterator[object]:
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield parse_json(line, f"{where}, line {number}")


def unzip(content: bytes, where: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and content of the wanted entries, one after the other.

    Sizes are counted while inflating: what the archive says of itself is not believed.
    """
    names: set[str] = set()
    left = INFLATED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES:
                raise UnreadableResults(f"{where} has {len(entries)} entries, more than {ENTRIES}: evaluate in parts")
            for entry in entries:
                if not wanted(entry.filename):
                    continue
                if entry.filename in names:
                    raise UnreadableResults(f"{where} has {entry.filename} twice: run the evaluation again")
                names.add(entry.filename)
                inflated = _entry(archive, entry, where, left, len(content))
                left -= len(inflated)
                yield entry.filename, inflated
    except _DAMAGED as error:
        raise UnreadableResults(f"{where} is no readable ZIP archive: {_brief(error)}") from None


def inflate(content: bytes, where: str, limit: int) -> bytes:
    """One zlib stream, all of it and nothing after it."""
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(content, limit + 1)
    except zlib.error as error:
        raise UnreadableResults(f"{where} is damaged: {_brief(error)}") from None
    if len(inflated) > limit:
        raise UnreadableResults(f"{where} inflates to more than {limit} bytes")
    if not stream.eof or stream.unused_data:
        raise UnreadableResults(f"{where} is damaged: {'bytes after its end' if stream.eof else 'its end is missing'}")
    return inflated


def parse_xml(content: bytes, where: str) -> ET.Element:
    """Without a DOCTYPE, so that no entity can be declared: neither bombs nor files nor addresses can be named.

    The standard library's parser does that by itself once the target refuses the DOCTYPE, which expat reports before
    it reads any declaration in it; so nothing more (such as defusedxml) is needed.
    """
    parser = ET.XMLParser(target=_Tree())  # noqa: S314 - _Tree refuses what makes it unsafe
    try:
        parser.feed(content)
        return parser.close()
    except UnreadableResults as error:
        raise UnreadableResults(f"{where}: {error}") from None
    except (ET.ParseError, LookupError, ValueError, AssertionError) as error:
        raise UnreadableResults(f"{where} is no XML: {_brief(error)}") from None


class _Tree(ET.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        if self._depth > DEPTH:
            raise UnreadableResults(f"nested deeper than {DEPTH}: no tool writes that")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> NoReturn:
        raise UnreadableResults("has a DOCTYPE, which no tool's results need: write it without")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        double = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise UnreadableResults(f"has {double[:64]!r} twice in one object: which is meant?")
    return value


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str, left: int, size: int) -> bytes:
    """Of an archive of this size, whatever it says of the entry's."""
    allowed = min(left, max(SMALL_BYTES, min(entry.compress_size, size) * RATIO))
    inflated = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            inflated += chunk
            if len(inflated) > allowed:
                raise UnreadableResults(
                    f"{where}: {entry.filename} inflates to more than {allowed} bytes: let the tool log less, or "
                    "evaluate in parts"
                )
    return bytes(inflated)


def _brief(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
