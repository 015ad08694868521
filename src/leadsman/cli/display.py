"""Three ways to show a service that changes: a screen that is redrawn, lines in a log, documents for programs."""

import json
from collections.abc import Callable
from typing import Protocol

import typer
import yaml
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from leadsman.cli import output
from leadsman.cli.options import Format
from leadsman.cli.view.overview import Overview
from leadsman.cli.view.tree import render_line, render_tree

REDRAWS_PER_SECOND = 1
"""So that what is left of a hold counts down between two changes."""


class Display(Protocol):
    def show(self, view: Overview) -> None: ...

    def close(self) -> None:
        """Leave what is to be seen at the end."""
        ...


class Screen:
    def __init__(self, terminal: Console) -> None:
        self._view: Overview | None = None
        self._live = Live(
            get_renderable=self._draw, console=terminal, refresh_per_second=REDRAWS_PER_SECOND, vertical_overflow="crop"
        )
        self._live.start()

    def show(self, view: Overview) -> None:
        self._view = view
        self._live.refresh()

    def close(self) -> None:
        # The last picture stays, also the part of it that was higher than the terminal.
        self._live.vertical_overflow = "visible"
        self._live.stop()

    def _draw(self) -> RenderableType:
        return render_tree(self._view, output.now()) if self._view else Text("waiting for the API server")


class Lines:
    """One line for each change that matters to a reader of logs, and the whole tree at the end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._said = ""
        self._view: Overview | None = None

    def show(self, view: Overview) -> None:
        self._view = view
        if (line := render_line(view)) != self._said:
            self._said = line
            self._write(f"{output.now():%H:%M:%SZ} {line}")

    def close(self) -> None:
        if self._view:
            output.show(render_tree(self._view, output.now()))


class Documents:
    """JSON, one document a line; or YAML, with a line of dashes before each."""

    def __init__(self, output_format: Format, write: Callable[[str], None]) -> None:
        self._format = output_format
        self._write = write
        self._said = ""

    def show(self, view: Overview) -> None:
        data = output.to_data(view)
        if self._format == "json":
            document = json.dumps(data, ensure_ascii=False)
        else:
            document = f"---\n{yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110).rstrip()}"
        if document != self._said:
            self._said = document
            self._write(document)

    def close(self) -> None:
        """There is nothing to add."""


def choose(output_format: Format) -> Display:
    if output_format != "text":
        return Documents(output_format, typer.echo)
    terminal = output.console()
    return Screen(terminal) if output.is_live(terminal) else Lines(typer.echo)
