r"""What came of each sample, in few bytes: kept of a run, so that later revisions are compared with it item by item.

    "leadsman.dev/outcomes/v1\n", then one zlib stream of
      head     one line of JSON: {"sets": [how many keys each has], "metrics": [[name, its set, "codes" or "floats"]]}
      sets     the hashes of the keys, 8 bytes each, ascending
      metrics  a value for each key: as codes one byte, 0 or 1, or 2 for none; as floats 8 bytes little-endian, NaN for
               none

Metrics of the same samples share a set. The same samples make the same bytes, as long as zlib does not change.
"""

import json
import math
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from leadsman.evals.bounds import MIB, inflate, parse_json
from leadsman.evals.normal import Metric, Sample, UnreadableResults
from leadsman.evals.shape import Node

PACKED_BYTES: Final = 700 * 1024
"""What a ConfigMap (1 MiB) and a request to etcd (1.5 MiB, base64 included) hold with room to spare."""
UNPACKED_BYTES: Final = 16 * MIB
MAGIC: Final = b"leadsman.dev/outcomes/v1\n"
WHERE: Final = "the record of outcomes"
HASH_BYTES: Final = 8
NONE: Final = 2
"""The code of no value."""

Outcomes = Mapping[bytes, float | None]
"""Values by `sample_key`. None: errored or unscored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    data: bytes
    metrics: tuple[str, ...]
    """Whose samples are in it."""
    left_out: tuple[str, ...]
    """Metrics with samples for which there was no room: those with the most."""


def sample_key(key: str) -> bytes:
    """64 bits of a hash: of 100,000 samples two share one with a chance of 3 in 10^10, and both are left out then."""
    return blake2b(key.encode("utf-8", "backslashreplace"), digest_size=HASH_BYTES, person=b"leadsman/sample").digest()


def pack(metrics: Iterable[Metric], limit: int = PACKED_BYTES) -> Packed:
    """The samples of those metrics that have some, in at most `limit` bytes."""
    wanted = {metric.name: _outcomes(metric.samples) for metric in metrics if metric.samples}
    by_size = sorted(wanted, key=lambda name: (len(wanted[name]), name))
    best, fits, beyond = _packed({}), 0, len(by_size) + 1
    while fits + 1 < beyond:
        tried = beyond - 1 if beyond > len(by_size) else (fits + beyond) // 2
        data = _packed({name: wanted[name] for name in by_size[:tried]})
        if data is not None and len(data) <= limit:
            best, fits = data, tried
        else:
            beyond = tried
    return Packed(data=best or b"", metrics=tuple(sorted(by_size[:fits])), left_out=tuple(sorted(by_size[fits:])))


def unpack(data: bytes) -> Mapping[str, Outcomes]:
    """By metric. Raises UnreadableResults for anything that `pack` did not write."""
    if not data.startswith(MAGIC) or len(data) > MIB:
        raise UnreadableResults(f"{WHERE} does not begin with {MAGIC.decode().strip()}: another version wrote it")
    head, newline, body = inflate(data[len(MAGIC) :], WHERE, UNPACKED_BYTES).partition(b"\n")
    if not newline:
        raise UnreadableResults(f"{WHERE} is damaged: its head has no end")
    root = Node(parse_json(head, WHERE), WHERE)
    take = _Taker(body)
    sets = [_hashes(take, node.count()) for node in root.field("sets").elements()]
    found: dict[str, Outcomes] = {}
    for node in root.field("metrics").elements():
        name, index, form = _entry(node, len(sets))
        found[name] = dict(zip(sets[index], _values(take, len(sets[index]), form), strict=True))
    take.check_end()
    return found


class _Taker:
    """Takes bytes from the front, never more than there are."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def __call__(self, size: int) -> bytes:
        if size > len(self._body) - self._at:
            raise UnreadableResults(f"{WHERE} is damaged: it is too short")
        self._at += size
        return self._body[self._at - size : self._at]

    def check_end(self) -> None:
        if self._at != len(self._body):
            raise UnreadableResults(f"{WHERE} is damaged: it is too long")


def _outcomes(samples: Iterable[Sample]) -> Outcomes:
    hashed = [(sample_key(sample.key), sample.value) for sample in samples]
    times = Counter(key for key, _ in hashed)
    return {key: value for key, value in sorted(hashed, key=lambda pair: pair[0]) if times[key] == 1}


def _packed(metrics: Mapping[str, Outcomes]) -> bytes | None:
    """None: more than `unpack` would inflate."""
    sets: dict[tuple[bytes, ...], int] = {}
    head: list[tuple[str, int, str]] = []
    values: list[bytes] = []
    for name, outcomes in sorted(metrics.items()):
        form, written = _written(outcomes.values())
        head.append((name, sets.setdefault(tuple(outcomes), len(sets)), form))
        values.append(written)
    line = json.dumps({"sets": [len(keys) for keys in sets], "metrics": head}, separators=(",", ":")).encode()
    body = b"".join((line, b"\n", *(key for keys in sets for key in keys), *values))
    return MAGIC + zlib.compress(body, 9) if len(body) <= UNPACKED_BYTES else None


def _written(values: Iterable[float | None]) -> tuple[str, bytes]:
    values = list(values)
    if all(value is None or value in {0, 1} for value in values):
        return "codes", bytes(NONE if value is None else int(value) for value in values)
    return "floats", struct.pack(f"<{len(values)}d", *(math.nan if value is None else value for value in values))


def _hashes(take: _Taker, count: int) -> list[bytes]:
    joined = take(count * HASH_BYTES)
    keys = [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
    if any(one >= other for one, other in pairwise(keys)):
        raise UnreadableResults(f"{WHERE} is damaged: its keys do not ascend")
    return keys


def _entry(node: Node, sets: int) -> tuple[str, int, str]:
    parts = list(node.elements())
    if len(parts) != 3:
        node.refuse("is no name, set and form")
    index = parts[1].count()
    return parts[0].name(), index if index < sets else node.refuse("names a set that is not there"), parts[2].text()


def _values(take: _Taker, count: int, form: str) -> list[float | None]:
    if form == "codes":
        codes = take(count)
        if any(code > NONE for code in codes):
            raise UnreadableResults(f"{WHERE} is damaged: a code is beyond {NONE}")
        return [None if code == NONE else float(code) for code in codes]
    if form == "floats":
        values: tuple[float, ...] = struct.unpack(f"<{count}d", take(count * 8))
        return [value if math.isfinite(value) else None for value in values]
    raise UnreadableResults(f"{WHERE} has values in the form {form[:20]!r}: another version wrote it")
