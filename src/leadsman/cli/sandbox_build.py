"""`leadsman sandbox build` and `leadsman sandbox go`: the binaries of a cluster, ahead of the first `up`."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from leadsman.cli import build_progress
from leadsman.cli.build_progress import render_size
from leadsman.sandbox.binaries import cache as binary_cache
from leadsman.sandbox.binaries import catalogue
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import Binary, needed_go
from leadsman.sandbox.binaries.ensure import ensure, only_builder
from leadsman.sandbox.binaries.toolchain import find_go

Purpose = Literal["simulated", "real", "kind", "all"]
SETS: Final[dict[Purpose, tuple[Binary, ...]]] = {
    "simulated": catalogue.SIMULATED,
    "real": catalogue.REAL,
    "kind": catalogue.KIND,
    "all": catalogue.ALL,
}


def build(
    *,
    nodes: Annotated[Purpose, typer.Option(help="What for.")] = "all",
    show: Annotated[bool, typer.Option("--list", help="Only say what is there.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Only remove what earlier versions of Leadsman built.")
    ] = False,
) -> None:
    """Build the binaries of a cluster ahead of the first start. Running it again builds what is missing."""
    cache = default_cache()
    if prune:
        _prune(cache)
    if show:
        _list(cache)
    if not (prune or show):
        with build_progress.shown(Console(stderr=True, highlight=False)) as report:
            paths = ensure(SETS[nodes], cache=cache, report=report)
        for path in paths.values():
            typer.echo(path)


def go() -> None:
    """Print the Go toolchain in use. Exit code 1 when there is none that is new enough."""
    found = find_go(needed_go(catalogue.ALL))
    typer.echo(f"{found.path} {found.version}")


def _prune(cache: Path) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with build_progress.shown(console) as report, only_builder(cache, report):
        removed = binary_cache.prune(cache)
    for folder in removed:
        console.print(f"removed {folder}", markup=False)
    if not removed:
        console.print("nothing to remove: all that is kept is in use")


def _list(cache: Path) -> None:
    found = list(binary_cache.cached(cache))
    table = Table("BINARY", "VERSION", "SIZE", "FOLDER", box=None, pad_edge=False)
    for cached in found:
        version = cached.binary.version if cached.binary else "outdated"
        table.add_row(cached.path.name, version, render_size(cached.size), cached.path.parent.name)
    Console(highlight=False).print(table)
    total = render_size(sum(cached.size for cached in found))
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"{total} in {cache}", markup=False)
