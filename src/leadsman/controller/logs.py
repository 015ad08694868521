"""Logs for programs and for people: a constant message, and pairs beside it.

`log.info("pods asked for", extra={"replicas": 3})` is one line; what it concerns is added by `concerning`.
"""

import contextlib
import json
import logging
import sys
from collections.abc import Generator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal, TextIO

Format = Literal["auto", "json", "console"]
Level = Literal["debug", "info", "warning", "error"]

_concerned: ContextVar[Mapping[str, str]] = ContextVar("concerned", default={})  # noqa: B039  never changed in place
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PALE, _PLAIN = "\x1b[2m", "\x1b[0m"
_COLOURS: Final = {logging.WARNING: "\x1b[33m", logging.ERROR: "\x1b[31m", logging.CRITICAL: "\x1b[31m"}


@contextlib.contextmanager
def concerning(**pairs: str) -> Generator[None]:
    """Every line that is written inside has these pairs: namespace, service, revision."""
    token = _concerned.set({**_concerned.get(), **pairs})
    try:
        yield
    finally:
        _concerned.reset(token)


def configure(form: Format = "auto", level: Level = "info", stream: TextIO | None = None) -> None:
    """All logs of this process, on stderr. `auto` is for people on a terminal, and JSON elsewhere."""
    out = stream or sys.stderr
    terminal = out.isatty()
    handler = logging.StreamHandler(out)
    for_people = form == "console" or (form == "auto" and terminal)
    handler.setFormatter(_Console(colours=terminal) if for_people else _Json())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    # Kopf tells at INFO that a handler succeeded: a line for each event. What goes wrong there it tells at WARNING.
    for name in ("kopf", "kopf.objects", "asyncio", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_pairs(record),
        }
        if trace := _trace(self, record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False)


class _Console(logging.Formatter):
    def __init__(self, *, colours: bool) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        pairs = " ".join(f"{name}={_shown(value)}" for name, value in _pairs(record).items())
        pale, plain = (_PALE, _PLAIN) if self._colours else ("", "")
        colour = _COLOURS.get(record.levelno, "") if self._colours else ""
        head = f"{pale}{_time(record):%H:%M:%S}{plain} {colour}{record.levelname.lower():<7}{plain if colour else ''}"
        trace = _trace(self, record)
        return f"{head} {record.getMessage()}  {pale}{pairs}{plain}".rstrip() + (f"\n{trace}" if trace else "")


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""


def _pairs(record: logging.LogRecord) -> dict[str, Any]:
    """What it concerns first. Libraries put objects of theirs into `extra`: those are left out."""
    own = {name: value for name, value in vars(record).items() if name not in _OWN}
    return {**_concerned.get(), **{name: value for name, value in own.items() if _is_plain(value)}}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _shown(value: object) -> str:
    text = str(value)
    is_plain = text.isprintable() and not set(text) & set(' ="')
    return text if text and is_plain else json.dumps(text, ensure_ascii=False)
