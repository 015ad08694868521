"""Series selectors, taken apart and put together again: matchers are added to them, and nothing is ever concatenated.

Values stay in the quotes in which their users wrote them, so that a selector that is put together again means the same.
https://prometheus.io/docs/prometheus/latest/querying/basics/#time-series-selectors
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from leadsman.api.v1alpha1.promql import SELECTOR

_BLANK = r"[ \t\r\n]*"
_STRING = r"\"(?:[^\"\\\n]|\\[^\n])*\"|'(?:[^'\\\n]|\\[^\n])*'"
_IDENTIFIER = r"[a-zA-Z_][a-zA-Z0-9_]*"
_NAME = re.compile(rf"{_BLANK}(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)?{_BLANK}")
_ITEM = re.compile(
    rf"{_BLANK}(?:(?P<label>{_IDENTIFIER}|{_STRING}){_BLANK}(?P<operator>=~|!~|!=|=){_BLANK}(?P<value>{_STRING})"
    rf"|(?P<metric>{_STRING})){_BLANK},?"
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|[abfnrtv\\'\"])")
_ESCAPED: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Matcher:
    label: str
    """As a name, or in quotes."""
    operator: str
    value: str
    """In quotes."""

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    name: str | None = None
    """Before the brackets."""
    quoted_name: str | None = None
    """Among the matchers: names may be any UTF-8."""
    matchers: tuple[Matcher, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `leadsman.api` lets through.

        Raises:
            ValueError: it is no series selector.
        """
        if not re.fullmatch(SELECTOR, text):
            raise ValueError(f"no series selector: {text}")
        head = _NAME.match(text)
        name, end = (head["name"], head.end()) if head else (None, 0)
        quoted, matchers = None, list[Matcher]()
        for item in _ITEM.finditer(text[end:].strip(" \t\r\n").removeprefix("{").removesuffix("}")):
            if item["metric"]:
                quoted = item["metric"]
            else:
                matchers.append(Matcher(item["label"], item["operator"], item["value"]))
        return cls(name=name, quoted_name=quoted, matchers=tuple(matchers))

    def also(self, *matchers: Matcher) -> Self:
        """Series that these match besides. What the user says of the same label stays in force: all must match."""
        return type(self)(name=self.name, quoted_name=self.quoted_name, matchers=(*self.matchers, *matchers))

    def __str__(self) -> str:
        items = [self.quoted_name] if self.quoted_name else []
        inside = ",".join([*items, *map(str, self.matchers)])
        return f"{self.name or ''}{{{inside}}}"

    @property
    def metric(self) -> str | None:
        """The name of the metric, if it selects one and no more."""
        if self.name:
            return self.name
        named = [one.value for one in self.matchers if one.operator == "=" and one.label.strip("\"'") == "__name__"]
        return unquoted(self.quoted_name or (named[0] if named else ""))


def quoted(text: str) -> str:
    """As a string of PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def label_name(name: str) -> str:
    """As PromQL takes it: in quotes where it is no identifier."""
    return name if re.fullmatch(_IDENTIFIER, name) else quoted(name)


def literal(text: str) -> str:
    """As a part of a regular expression (RE2) that means just this."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def unquoted(text: str) -> str | None:
    """What a string of PromQL says. None: nothing, or bytes that are no text."""
    inside = text[1:-1]
    rest = _ESCAPE.sub("", inside)
    if not inside or "\\" in rest:
        return None
    return _ESCAPE.sub(lambda escape: _character(escape[1]), inside)


def _character(escape: str) -> str:
    if escape[0] in "uU":
        return chr(int(escape[1:], 16))
    return _ESCAPED.get(escape, escape)
