"""How a collector hands results to the operator: as lines in its log, which need no credential to write.

    leadsman-results/v1 1/2 eNqrVkrLL8pNzCtWslJQ...
    leadsman-results/v1 2/2 ...
    leadsman-results/v1 end 2 sha256:<of the compressed bytes, in hex>

is the normal form as JSON (leadsman.evals.form), compressed with zlib, in base64. Where there are no results, one line
says why: `leadsman-results/v1 problem "..."`, a JSON string in ASCII. Other lines may stand between, and each may have
the time before it that a container runtime, or `kubectl logs --timestamps`, puts there.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final, NoReturn

from leadsman.evals.bounds import MIB, inflate, parse_json
from leadsman.evals.form import from_json, to_json
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.shape import Node

PREFIX: Final = "leadsman-results/v1"
INFLATED_BYTES: Final = 8 * MIB
LOG_BYTES: Final = 3 * MIB // 2
"""Of all lines; kubelets keep 10 MiB of a container's log before they rotate it."""
PART: Final = 4000
"""Characters of base64 in a line: container runtimes cut lines at 16 KiB."""
MESSAGE: Final = 2000
"""Characters of a problem; in ASCII with escapes it still fits in a line."""
WHERE: Final = "the collector's log"
_PACKED_BYTES = (LOG_BYTES // (PART + 64) - 1) * PART // 4 * 3
_OURS = re.compile(
    r"(?:\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d) )?(?:(?:stdout|stderr) [FP] )?leadsman-results/v1 (.*)"
)
_PART = re.compile(r"(\d{1,6})/(\d{1,6}) ([A-Za-z0-9+/=]+)")
_END = re.compile(r"end (\d{1,6}) sha256:([a-f0-9]{64})")


def encode(results: Results) -> Iterator[str]:
    """Lines without their ends. What is too large loses samples, those of the metric with the most first.

    Raises UnreadableResults where it is too large without any.
    """
    text = base64.b64encode(packed := _packed(results)).decode()
    parts = [text[at : at + PART] for at in range(0, len(text), PART)]
    for number, part in enumerate(parts, 1):
        yield f"{PREFIX} {number}/{len(parts)} {part}"
    yield f"{PREFIX} end {len(parts)} sha256:{sha256(packed).hexdigest()}"


def encode_problem(message: str) -> str:
    """Why there are no results."""
    return f"{PREFIX} problem {json.dumps(message[:MESSAGE])}"


def decode(lines: Iterable[str]) -> Results:
    """Raises UnreadableResults: with the collector's own message, or with what is wrong with its lines."""
    packed = _joined([found[1] for line in lines if (found := _OURS.fullmatch(line.rstrip("\r\n")))])
    return from_json(Node(parse_json(inflate(packed, WHERE, INFLATED_BYTES), WHERE), "results"))


def _packed(results: Results) -> bytes:
    while True:
        text = json.dumps(to_json(results), separators=(",", ":")).encode()
        if len(text) <= INFLATED_BYTES and len(packed := zlib.compress(text)) <= _PACKED_BYTES:
            return packed
        largest = max(results.metrics.values(), key=lambda metric: len(metric.samples), default=None)
        if largest is None or not largest.samples:
            raise UnreadableResults(
                f"{len(results.metrics)} metrics are too large for the log even without samples: evaluate in parts"
            )
        note = f"the {len(largest.samples)} samples of {largest.name} were left out: too large for the log"
        results = replace(
            results,
            metrics={**results.metrics, largest.name: replace(largest, samples=())},
            notes=(*results.notes, note),
        )


def _joined(ours: list[str]) -> bytes:
    parts: list[str] = []
    total = ""
    end: re.Match[str] | None = None
    for said in ours:
        if end:
            _refuse(f"goes on after its end ({said[:40]}): did two collectors write?")
        if said.startswith("problem "):
            raise UnreadableResults(_problem(said.removeprefix("problem ")))
        if part := _PART.fullmatch(said):
            total = _next(part, total, len(parts))
            parts.append(part[3])
        elif not (end := _END.fullmatch(said)):
            _refuse(f"has a line that no collector writes ({said[:40]})")
    if not end:
        _refuse(f"ends after {len(parts)} of {total} parts: the collector was killed" if parts else "has no results")
    if end[1] != (total or "0") or len(parts) != int(end[1]):
        _refuse(f"has {len(parts)} of {end[1]} parts: some are missing")
    return _checked("".join(parts), end[2])


def _next(part: re.Match[str], total: str, seen: int) -> str:
    number = int(part[1])
    if number != seen + 1:
        what = (
            "comes again" if number <= seen else f"comes where part {seen + 1} is due: one is missing, or out of order"
        )
        _refuse(f"is damaged: part {number} {what}")
    if total and part[2] != total:
        _refuse(f"is damaged: part {number} is of {part[2]} parts, those before it are of {total}")
    return part[2]


def _checked(text: str, digest: str) -> bytes:
    if len(text) > LOG_BYTES:
        _refuse(f"is larger than {LOG_BYTES} bytes")
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error:
        _refuse("is damaged: not base64")
    if sha256(packed).hexdigest() != digest:
        _refuse("is damaged: its SHA-256 is another")
    return packed


def _problem(written: str) -> str:
    message = parse_json(written.encode("utf-8", "backslashreplace"), WHERE)
    return message if isinstance(message, str) else _refuse("has a problem that is no string")


def _refuse(what: str) -> NoReturn:
    raise UnreadableResults(f"{WHERE} {what}")
