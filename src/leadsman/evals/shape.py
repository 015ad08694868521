"""A JSON value and where it stands in which file, so that one of the wrong shape is refused by its name."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn, cast

from leadsman.evals.bounds import EXACT
from leadsman.evals.normal import UnreadableResults

NOT_NUMBERS: Final = frozenset({"N/A", "NaN", "nan"})
"""What tools write where a number is missing."""
LARGEST: Final = 1e100
"""No measure is beyond; sums of what is within never overflow."""
NAME: Final = 253
"""Characters of a name, as in the API's Identifier."""


def is_name(text: str) -> bool:
    """Could the API's Identifier hold it: on one line, printable, something to read in it?"""
    return 0 < len(text) <= NAME and text.isprintable() and not text.isspace()


@dataclass(frozen=True, slots=True)
class Node:
    value: object
    where: str

    def get(self, name: str) -> "Node":
        """The field; one that is not there is as good as null."""
        return Node(self._mapping().get(name), f"{self.where}.{name}")

    def field(self, name: str) -> "Node":
        found = self.get(name)
        return found if found.value is not None else found.refuse("is missing")

    def at(self, *names: str) -> "Node":
        """Through fields that may all be missing."""
        node = self
        for name in names:
            node = node.get(name) if node.value is not None else node
        return node

    def has(self, *names: str) -> bool:
        """Is it an object with these fields?"""
        return isinstance(self.value, dict) and all(self.get(name).value is not None for name in names)

    def fields(self) -> Iterator[tuple[str, "Node"]]:
        for name, value in self._mapping().items():
            yield whole(name), Node(value, f"{self.where}.{whole(name)[:NAME]}")

    def elements(self) -> Iterator["Node"]:
        if not isinstance(self.value, list):
            self.refuse("is no list")
        for index, value in enumerate(cast("list[object]", self.value)):
            yield Node(value, f"{self.where}[{index}]")

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.refuse("is no string")
        return whole(self.value)

    def name(self) -> str:
        text = self.text()
        if not is_name(text):
            self.refuse(f"is no name on one line of at most {NAME} characters")
        return text

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse("is neither true nor false")
        return bool(self.value)

    def number(self) -> float | None:
        """None: null, NaN, an infinity, or the word that tools write instead."""
        if self.value is None or (isinstance(self.value, str) and self.value in NOT_NUMBERS):
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.refuse("is no number")
        return finite(self.value)

    def count(self) -> int:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= EXACT:
            self.refuse("is no count from 0 to 2^53")
        return value

    def time(self) -> datetime | None:
        """RFC 3339; without a zone, or missing, it is not known."""
        if self.value is None:
            return None
        return moment(self.text()) or self.refuse("is no time with a zone, such as 2026-11-23T10:00:00Z")

    def refuse(self, what: str) -> NoReturn:
        raise UnreadableResults(f"{self.where} {what}")

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            self.refuse("is no object")
        return cast("dict[str, object]", self.value)


def finite(value: object) -> float | None:
    """The number that it is, also as true and false; None for anything else, NaN and what is beyond measure."""
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST else None


def moment(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def whole(text: str) -> str:
    """Half a surrogate pair, which no UTF-8 can hold, is written out."""
    return text.encode("utf-8", "backslashreplace").decode()
