"""An export: entries and checkpoints, one a line, always in the same order and in the same bytes.

A line is canonical JSON. What is read back has to say the same to the letter: what a reader would drop, such as a
second key of the same name or the tenth digit of a second, is in no hash, so that it could be changed unseen.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from pydantic import ValidationError

from leadsman.ledger.lines import CHECKPOINT, ENTRY, LINE, CheckpointLine, EntryLine, Line, written

_SCHEMAS: Final = frozenset({ENTRY, CHECKPOINT})


@dataclass(frozen=True, slots=True, order=True)
class ServiceName:
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line that could be read, and where it stands in its file, from 1."""

    number: int
    line: Line


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that says nothing that could be believed."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Export:
    lines: tuple[Numbered, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def entries(self) -> tuple[EntryLine, ...]:
        return tuple(one.line for one in self.lines if isinstance(one.line, EntryLine))

    @property
    def checkpoints(self) -> tuple[CheckpointLine, ...]:
        return tuple(one.line for one in self.lines if isinstance(one.line, CheckpointLine))


def service_of(line: Line) -> ServiceName:
    return ServiceName(line.namespace, line.service)


def write(lines: Iterable[Line]) -> str:
    """By namespace, service and sequence, whatever their order was; the checkpoints of a service behind its entries."""
    return b"".join(map(written, sorted(lines, key=_place))).decode()


def within(lines: Iterable[EntryLine], since: datetime | None, until: datetime | None) -> tuple[EntryLine, ...]:
    """Those from a time on, and before another."""
    return tuple(
        one for one in lines if (since is None or one.entry.at >= since) and (until is None or one.entry.at < until)
    )


def _place(line: Line) -> tuple[ServiceName, bool, int]:
    if isinstance(line, CheckpointLine):
        return service_of(line), True, line.sequence
    return service_of(line), False, line.entry.sequence


def read(text: str) -> Export:
    """Line by line: one that cannot be read is told, and the others are read. Empty ones say nothing."""
    lines: list[Numbered] = []
    unread: list[Unread] = []
    # Not splitlines: JSON has the other separators of lines within its strings.
    for number, said in enumerate(text.split("\n"), start=1):
        if not said.strip():
            continue
        try:
            lines.append(Numbered(number, _line(said)))
        except ValueError as error:
            unread.append(Unread(number, _why(error)))
    return Export(tuple(lines), tuple(unread))


def _line(text: str) -> Line:
    try:
        said = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    line = LINE.validate_python(said, by_alias=True, by_name=False)
    if (differing := _first_difference(said, line.to_dict())) is not None:
        raise ValueError(f"{differing} is not written as Leadsman writes it")
    return line


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"has {next(key for key in keys if keys.count(key) > 1)} twice")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"is not JSON: {name} is no number")


def _first_difference(said: Any, read_: Any, place: str = "") -> str | None:
    """Where a JSON value is another one than was read of it."""
    if not (isinstance(said, dict) and isinstance(read_, dict)):
        return None if said == read_ else place.lstrip(".")
    ours, theirs = cast("dict[str, Any]", said), cast("dict[str, Any]", read_)
    keys = sorted({*ours, *theirs})
    found = (_first_difference(ours.get(key), theirs.get(key), f"{place}.{key}") for key in keys)
    return next((one for one in found if one is not None), None)


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(_mistakes(error))


def _mistakes(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"] if part not in _SCHEMAS)
        yield f"{place}: {one['msg']}" if place else one["msg"]
