"""What a build tells, on a terminal as a bar, elsewhere as a line every now and then: logs of CI have no cursor."""

import contextlib
import time
from collections.abc import Callable, Generator
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from leadsman.sandbox.binaries.events import Built, Compiling, Downloading, Event, Found, Planned, Report, Waiting

PLAIN_EVERY_SECONDS: Final = 15.0


@contextlib.contextmanager
def shown(console: Console) -> Generator[Report]:
    """Hand what it yields to `ensure`."""
    if console.is_terminal and not console.is_dumb_terminal:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[left]}", markup=False),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            yield Bar(progress).report
    else:
        yield Lines(lambda line: console.print(line, soft_wrap=True, markup=False), time.monotonic).report


class Lines:
    """Each milestone at once, and what moves in between every 15 seconds."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._write = write
        self._clock = clock
        self._last_moving = -PLAIN_EVERY_SECONDS

    def report(self, event: Event) -> None:
        if isinstance(event, Downloading | Compiling):
            now = self._clock()
            if now - self._last_moving < PLAIN_EVERY_SECONDS:
                return
            self._last_moving = now
        self._write(render_event(event))


class Bar:
    """Milestones scroll by above; the last line moves."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def report(self, event: Event) -> None:
        match event:
            case Downloading():
                self._move(render_event(event), None, 0, "")
            case Compiling(done=done, total=total):
                self._move(_which(event), total, done, f"{_how_far(event)}, {_left(event)}")
            case _:
                self._progress.console.print(render_event(event), markup=False)

    def _move(self, what: str, total: int | None, done: int, left: str) -> None:
        if self._task is None:
            self._task = self._progress.add_task(what, total=total, left=left)
        self._progress.update(self._task, description=what, total=total, completed=done, left=left)


def render_event(event: Event) -> str:
    match event:
        case Found(names=names, origin=origin, folder=folder):
            return f"from {origin} ({folder}): {', '.join(names)}"
        case Waiting(lock=lock):
            return f"another process is building: waiting until it is done ({lock})"
        case Planned():
            return _plan(event)
        case Downloading(step=step, modules=modules):
            so_far = f", {modules} modules so far" if modules else ""
            return f"fetching the sources of {step.binary.name} ({step.number} of {step.count}){so_far}"
        case Compiling():
            return f"building {_which(event)}: {_how_far(event)}, {_left(event)}"
        case Built(step=step, seconds=seconds, size=size):
            return f"built {step.binary.name} {step.binary.version} in {render_seconds(seconds)}, {render_size(size)}"


def _plan(event: Planned) -> str:
    cached = "" if event.packages else ", everything is compiled already"
    return (
        f"building {', '.join(event.names)} with Go {event.go.version}: "
        f"{event.packages} packages{cached}, about {render_seconds(event.seconds)}; once only, the result is kept"
    )


def _which(event: Compiling) -> str:
    return f"{event.step.binary.name} ({event.step.number} of {event.step.count})"


def _how_far(event: Compiling) -> str:
    return "linking" if event.linking else f"{event.done} of {event.total} packages"


def _left(event: Compiling) -> str:
    return f"about {render_seconds(event.seconds_left)} left"


def render_seconds(seconds: float) -> str:
    """As exact as an estimate deserves."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 100:
        return f"{round(seconds / 5) * 5} s"
    return f"{round(seconds / 60)} min"


def render_size(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 10e6 else f"{size / 1e6:.1f} MB"
