"""How long `leadsman sandbox up` takes once everything is built, and how long `down`."""

import statistics
import time
from pathlib import Path

import pytest

from harness.terminal import Terminal

ROUNDS = 3


def test_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path)
    words = {
        "up": ("up", "bench", "--provider", "local", "--nodes", "simulated", "--no-switch"),
        "down": ("down", "bench"),
    }
    seconds: dict[str, list[float]] = {verb: [] for verb in words}
    for _ in range(ROUNDS):
        for verb, line in words.items():
            start = time.perf_counter()
            terminal.run(*line)
            seconds[verb].append(time.perf_counter() - start)

    with capsys.disabled():
        for verb, values in seconds.items():
            print(f"\nsandbox {verb}: {statistics.median(values):.1f} s (median of {ROUNDS})", end="")
        print()
