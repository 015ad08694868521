"""Waiting for what tells nobody that it happened. Where there is a watch or an event, that is awaited instead."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
ASK_EVERY_SECONDS = 0.02


def eventually(ask: Callable[[], Found], *, within_seconds: float = 30.0) -> Found:
    """The first answer that is true-like."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(ASK_EVERY_SECONDS)
    raise AssertionError(f"not within {within_seconds:.0f} s: {ask.__name__}")
