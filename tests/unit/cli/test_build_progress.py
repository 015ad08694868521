import io
from pathlib import Path

import pytest
from rich.console import Console

from leadsman.cli import build_progress
from leadsman.cli.build_progress import Lines, render_event, render_seconds, render_size
from leadsman.sandbox.binaries.catalogue import API_SERVER
from leadsman.sandbox.binaries.events import (
    Built,
    Compiling,
    Downloading,
    Event,
    Found,
    Origin,
    Planned,
    Step,
    Waiting,
)
from leadsman.sandbox.binaries.toolchain import Go, Version

STEP = Step(binary=API_SERVER, number=2, count=7)
BUILT = Built(step=STEP, path=Path("/cache/kube-apiserver"), seconds=356, size=119_201_954)


def compiling(done: int, total: int = 1830) -> Compiling:
    return Compiling(step=STEP, done=done, total=total, seconds_left=512)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            Found(names=("etcd", "kwok"), origin=Origin.ASSETS, folder=Path("/assets")),
            "from KUBEBUILDER_ASSETS (/assets): etcd, kwok",
        ),
        (
            Waiting(lock=Path("/cache/build.lock")),
            "another process is building: waiting until it is done (/cache/build.lock)",
        ),
        (
            Planned(names=("etcd", "kwok"), go=Go(Path("/go"), Version(1, 26, 8)), packages=900, seconds=95),
            "building etcd, kwok with Go 1.26.8: 900 packages, about 95 s; once only, the result is kept",
        ),
        (Downloading(step=STEP, modules=0), "fetching the sources of kube-apiserver (2 of 7)"),
        (Downloading(step=STEP, modules=12), "fetching the sources of kube-apiserver (2 of 7), 12 modules so far"),
        (compiling(900), "building kube-apiserver (2 of 7): 900 of 1830 packages, about 9 min left"),
        (compiling(1830), "building kube-apiserver (2 of 7): linking, about 9 min left"),
        (BUILT, "built kube-apiserver v1.37.2 in 6 min, 119 MB"),
    ],
)
def test_each_event_reads_as_a_line(event: Event, text: str) -> None:
    assert render_event(event) == text


def test_in_a_log_what_moves_is_told_every_fifteen_seconds_and_milestones_at_once() -> None:
    clock, written = [0.0], list[str]()
    lines = Lines(written.append, lambda: clock[0])

    for second in range(31):
        clock[0] = float(second)
        lines.report(compiling(second))
    lines.report(BUILT)

    assert [line.split(": ")[-1].split(" of ")[0] for line in written[:-1]] == ["0", "15", "30"]
    assert written[-1].startswith("built kube-apiserver")


def shown(*events: Event, terminal: bool) -> str:
    console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        _environ={"TERM": "xterm"},
        width=120,
        color_system=None,
        legacy_windows=False,
    )
    with build_progress.shown(console) as report:
        for event in events:
            report(event)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_on_a_terminal_a_bar_moves_and_milestones_stay_above_it() -> None:
    output = shown(Downloading(step=STEP, modules=3), compiling(900), BUILT, terminal=True)

    assert "900 of 1830 packages, about 9 min left" in output
    assert "built kube-apiserver v1.37.2 in 6 min, 119 MB\n" in output


def test_elsewhere_there_are_plain_lines_without_control_characters() -> None:
    output = shown(compiling(900), BUILT, terminal=False)

    assert "\x1b" not in output
    assert output.splitlines() == [render_event(compiling(900)), render_event(BUILT)]


def test_a_path_in_brackets_is_shown_as_it_is() -> None:
    found = Found(names=("etcd",), origin=Origin.CACHE, folder=Path("/[red]cache"))

    assert "/[red]cache" in shown(found, terminal=False)
    assert "/[red]cache" in shown(found, terminal=True)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (7.4, "7 s"), (42, "40 s"), (99, "100 s"), (130, "2 min"), (400, "7 min")]
)
def test_an_estimate_is_as_exact_as_it_deserves(seconds: float, text: str) -> None:
    assert render_seconds(seconds) == text


def test_sizes_are_in_megabytes() -> None:
    assert (render_size(1_425_570), render_size(119_201_954)) == ("1.4 MB", "119 MB")
