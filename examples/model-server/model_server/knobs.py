"""How the server behaves: read from the environment, and from a JSON file that is read again whenever it changes."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import cast

PREFIX = "KNOB_"
"""Kubernetes adds a variable for each Service of the namespace: a prefix keeps `PORT` and the like from colliding."""


class InvalidKnob(Exception):
    """A value that makes no sense: the message names the knob and what it may be."""


def knob(default: float, what: str, *, most: float = math.inf) -> float:
    return field(default=default, metadata={"what": what, "most": most})


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Each is at least 0; on the command line of a pod `quality` is the variable KNOB_QUALITY."""

    quality: float = knob(1.0, "share of answers that are correct", most=1)
    error_rate: float = knob(0.0, "share of requests that end with HTTP 500", most=1)
    latency_seconds: float = knob(0.0, "time before the model starts: queue, retrieval", most=600)
    latency_jitter: float = knob(0.3, "sigma of the log-normal factor on every time; 0: none", most=3)
    first_token_seconds: float = knob(0.02, "time to the first token", most=600)
    tokens_per_second: float = knob(2000.0, "speed of generation; 0: at once")
    cost_per_1k_tokens: float = knob(0.002, "EUR for 1000 tokens, prompt and answer alike")
    startup_seconds: float = knob(0.0, "not ready for this long after the start", most=86_400)
    never_ready: float = knob(0.0, "1: /readyz stays 503", most=1)
    crash_after_seconds: float = knob(0.0, "the process ends with exit code 1 after this long; 0: never")
    crash_after_requests: float = knob(0.0, "… after this many chat requests; 0: never")
    memory_mb_per_second: float = knob(0.0, "memory that is taken and never given back; 0: none", most=4096)
    memory_limit_mb: float = knob(512.0, "where that growth ends, so that it cannot take a whole machine", most=65_536)
    max_concurrent: float = knob(64.0, "chat requests that run at once; others wait (at least 1)", most=10_000)
    drain_seconds: float = knob(2.0, "after SIGTERM still accepting for this long, while endpoints move on", most=600)
    seed: float = knob(0.0, "another seed, another choice of which requests fail or are answered wrongly")


KNOBS = {knob.name: knob for knob in fields(Knobs)}


def parse(name: str, value: object) -> float:
    if name not in KNOBS:
        raise InvalidKnob(f"there is no knob {name!r}; there are {', '.join(KNOBS)}")
    most = float(KNOBS[name].metadata["most"])
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and 0 <= number <= most):
        limits = "a number from 0 on" if math.isinf(most) else f"a number from 0 to {most:g}"
        raise InvalidKnob(f"{name} is {value!r}; it must be {limits} ({KNOBS[name].metadata['what']})")
    if name == "max_concurrent" and number < 1:
        raise InvalidKnob(f"max_concurrent is {value!r}; it must be at least 1, or nothing is ever answered")
    return number


def turned(knobs: Knobs, values: Mapping[str, object]) -> Knobs:
    return replace(knobs, **{name: parse(name, value) for name, value in values.items()})


def from_environment(environment: Mapping[str, str]) -> Knobs:
    named = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    return turned(Knobs(), {name.removeprefix(PREFIX).lower(): value for name, value in named.items()})


def from_file(base: Knobs, file: Path) -> Knobs:
    """The file's knobs on top of `base`; a knob that left the file falls back to it."""
    try:
        document: object = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidKnob(f"{file} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise InvalidKnob(f'{file} must hold a JSON object such as {{"quality": 0.9}}')
    return turned(base, cast("dict[str, object]", document))


class Panel:
    """The knobs as they stand now. A file that turns bad while running changes nothing but `trouble`."""

    def __init__(self, base: Knobs, file: Path | None = None) -> None:
        self._base = base
        self._file = file
        self._seen = self._mark()
        self.current = from_file(base, file) if file else base
        self.trouble = ""

    def look(self) -> bool:
        """Read the file if it changed; True where the knobs did."""
        mark, before = self._mark(), self.current
        if self._file is None or mark == self._seen:
            return False
        self._seen = mark
        try:
            self.current, self.trouble = from_file(self._base, self._file), ""
        except InvalidKnob as error:
            self.trouble = str(error)
        return self.current != before

    def _mark(self) -> tuple[int, int, int] | None:
        """Not the time alone: a mounted ConfigMap changes by a symlink that moves to another file."""
        try:
            status = self._file.stat() if self._file else None
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size) if status else None
