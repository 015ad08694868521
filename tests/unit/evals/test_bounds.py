"""Bombs, and files that are not what they say."""

import io
import math
import zlib
from pathlib import Path

import pytest
from backports.zstd import zipfile
from hypothesis import given
from hypothesis import strategies as st

from leadsman.evals import bounds
from leadsman.evals.bounds import check_files, inflate, json_lines, parse_json, parse_xml, unzip
from leadsman.evals.normal import UnreadableResults


def archive(content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as zipped:
        zipped.writestr("header.json", content)
    return written.getvalue()


def entries(content: bytes) -> dict[str, bytes]:
    return dict(unzip(content, "a.eval", lambda _: True))


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_ZSTANDARD, zipfile.ZIP_STORED])
def test_a_bomb_of_zeros_is_stopped_while_it_inflates(compression: int) -> None:
    assert entries(archive(bytes(1000), compression)) == {"header.json": bytes(1000)}
    if compression != zipfile.ZIP_STORED:
        with pytest.raises(UnreadableResults, match=r"header.json inflates to more than \d+ bytes"):
            entries(archive(bytes(64 * bounds.MIB), compression))


def test_an_archive_that_lies_about_its_sizes_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SMALL_BYTES", 1000)
    bomb = bytearray(archive(bytes(4 * bounds.MIB)))
    bomb = bomb.replace((4 * bounds.MIB).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(UnreadableResults):
        entries(bytes(bomb))


def test_all_entries_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "INFLATED_BYTES", 1500)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        zipped.writestr("a", bytes(1000))
        zipped.writestr("b", bytes(1000))
    with pytest.raises(UnreadableResults, match="b inflates to more than 500 bytes"):
        entries(written.getvalue())


def test_an_entry_that_is_there_twice_is_ambiguous() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        zipped.writestr("header.json", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            zipped.writestr("header.json", b"2")
    with pytest.raises(UnreadableResults, match=r"has header.json twice"):
        entries(written.getvalue())


@given(st.binary(max_size=300))
def test_bytes_are_no_archive_no_xml_and_no_stream(content: bytes) -> None:
    for tried in (content, b"PK\x03\x04" + content, archive(b"1")[:40] + content):
        with pytest.raises(UnreadableResults):
            entries(tried)
    with pytest.raises(UnreadableResults):
        parse_xml(content, "a.xml")
    with pytest.raises(UnreadableResults):
        inflate(content, "it", 100)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a": 1, "a": 2}', "has 'a' twice in one object"),
        (b"9" * 10_000, "is no JSON"),
        (b'"\xff"', "is no JSON"),
        (b"{}{}", "is no JSON"),
        (b"", "is no JSON"),
    ],
)
def test_json_is_bounded_in_depth_and_in_digits(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        parse_json(content, "a.json")


def test_nan_and_a_byte_order_mark_are_read() -> None:
    value = parse_json(b"\xef\xbb\xbf[NaN, Infinity]", "a.json")
    assert isinstance(value, list)
    assert [math.isfinite(number) for number in value] == [False, False]


def test_a_line_that_is_wrong_is_told_by_its_number() -> None:
    with pytest.raises(UnreadableResults, match=r"a.jsonl, line 3 is no JSON"):
        list(json_lines(b'{"a": "line \xe2\x80\xa8 separator"}\n\n{\n', "a.jsonl"))


LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE t [<!ENTITY a0 "ha">{LAUGHS}]><testsuite>&a12;</testsuite>',
        '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>',
        '<!DOCTYPE testsuite SYSTEM "http://example.com/a.dtd"><testsuite/>',
    ],
)
def test_entities_can_not_even_be_declared(text: str) -> None:
    with pytest.raises(UnreadableResults, match="has a DOCTYPE"):
        parse_xml(text.encode(), "a.xml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<a>" * 200, "nested deeper than 100"),
        (b"<a>&nothing;</a>", "is no XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "is no XML"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "is no XML"),
    ],
)
def test_xml_is_bounded(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableResults, match=message):
        parse_xml(content, "a.xml")


def test_a_stream_is_whole_and_bounded() -> None:
    packed = zlib.compress(b"a" * 100)
    assert inflate(packed, "it", 100) == b"a" * 100
    for tried, limit, message in (
        (packed, 99, "inflates to more than 99"),
        (packed[:-1], 100, "its end is missing"),
        (packed + b"a", 100, "bytes after its end"),
    ):
        with pytest.raises(UnreadableResults, match=message):
            inflate(tried, "it", limit)


def test_files_are_bounded_in_size_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value, message in (
        ("FILES", 1, "2 files"),
        ("FILE_BYTES", 2, "b has 3 bytes"),
        ("TOTAL_BYTES", 4, "5 b"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(bounds, name, value)
            with pytest.raises(UnreadableResults, match=message):
                check_files({"a": b"12", "b": b"123"})
    check_files({"a": Path(__file__).read_bytes()})
