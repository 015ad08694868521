"""Ways to go wrong as a whole: a crash after a while, memory that grows until the kernel ends the process."""

import asyncio
import os
import sys
from typing import NoReturn

from model_server.knobs import Panel

EVERY_SECONDS = 0.25
PAGE_BYTES = 4096


def crash(why: str) -> NoReturn:
    """At once and without clean-up, as a real crash would be."""
    print(f"crashing: {why}", file=sys.stderr, flush=True)
    os._exit(1)


async def misbehave(panel: Panel, started: float) -> NoReturn:
    """Watches the two knobs that have nothing to do with a request, for as long as the server runs."""
    now = asyncio.get_running_loop().time
    hoard: list[bytearray] = []
    while True:
        knobs = panel.current
        if 0 < knobs.crash_after_seconds <= now() - started:
            crash(f"crash_after_seconds is {knobs.crash_after_seconds:g}")
        taken = sum(map(len, hoard)) / 1e6
        if knobs.memory_mb_per_second and taken < knobs.memory_limit_mb:
            hoard.append(
                _touched(int(min(knobs.memory_mb_per_second * EVERY_SECONDS, knobs.memory_limit_mb - taken) * 1e6))
            )
        await asyncio.sleep(EVERY_SECONDS)


def _touched(size: int) -> bytearray:
    """Memory counts once it was written to: one byte of each page does."""
    block = bytearray(size)
    block[::PAGE_BYTES] = b"\1" * len(range(0, size, PAGE_BYTES))
    return block
