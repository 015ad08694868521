"""Medians and ratios: machines are noisy, so a number is told beside one that the same noise has touched."""

import statistics
import time
from collections.abc import Callable

WARM_UP = 3


def medians(things: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Seconds. Each round runs all of them in turn, so that drift of the machine meets all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    for number in range(rounds + WARM_UP):
        for name, run in things.items():
            start = time.perf_counter()
            run()
            if number >= WARM_UP:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(found: dict[str, float]) -> str:
    """The first is what the others are compared with."""
    base = next(iter(found.values()))
    return "\n".join(f"{name:32} {1000 * value:10.3f} ms   x {value / base:6.2f}" for name, value in found.items())
