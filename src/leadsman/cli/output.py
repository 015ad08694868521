"""Where output goes: data for programs as it is, text for people as wide as it is."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

import typer
import yaml
from rich.console import Console, RenderableType

from leadsman.api.meta import Model

DataFormat = Literal["json", "yaml"]
_UNBOUNDED: Final = 4096
"""Columns, where nothing is to be wrapped: in a pipe, and tables everywhere, as with kubectl."""


def now() -> dt.datetime:
    """The one clock of the verbs that show something."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251  the shell reads the clock; views are told


def console(*, wrapped: bool = True) -> Console:
    """Of the terminal's width, where there is one that can move its cursor; else nothing is wrapped."""
    probe = Console(highlight=False)
    if wrapped and is_live(probe):
        return probe
    return Console(highlight=False, width=_UNBOUNDED)


def is_live(terminal: Console) -> bool:
    return terminal.is_terminal and not terminal.is_dumb_terminal


def show(renderable: RenderableType, *, wrapped: bool = True, aside: bool = False) -> None:
    """Without the blanks with which tables end their lines. Aside: beside what programs read."""
    target = console(wrapped=wrapped)
    with target.capture() as captured:
        target.print(renderable)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()), color=None, err=aside)


def to_data(document: Model) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude_none=True)


def without_managed_fields(found: Mapping[str, Any]) -> dict[str, Any]:
    """As `kubectl get -o yaml`: nobody reads them there."""
    metadata = {key: value for key, value in found["metadata"].items() if key != "managedFields"}
    return {**found, "metadata": metadata}


def print_data(data: Any, data_format: DataFormat) -> None:
    typer.echo(render_data(data, data_format), nl=False)


def render_data(data: Any, data_format: DataFormat) -> str:
    if data_format == "json":
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def tell(text: str) -> None:
    """To people, beside what programs read."""
    typer.echo(text, err=True)
