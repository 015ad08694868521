"""`leadsman sandbox`: a real Kubernetes on this machine, in one command."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leadsman.cli import sandbox_build, sandbox_image, sandbox_status, sandbox_up
from leadsman.sandbox import lifecycle
from leadsman.sandbox.errors import NotRunning
from leadsman.sandbox.parts.kubectl import Kubectl
from leadsman.sandbox.place import DEFAULT_NAME, Place

Name = Annotated[str, typer.Argument(help="Which sandbox; two may run side by side.")]

app = typer.Typer(help="A real Kubernetes on this machine, in one command.", no_args_is_help=True)
app.command()(sandbox_up.up)
app.command()(sandbox_build.build)
app.command()(sandbox_build.go)
app.add_typer(sandbox_image.app, name="image")


@app.command()
def down(name: Name = DEFAULT_NAME) -> None:
    """End it and remove everything that it made here. A cluster of your own is left as it is."""
    existed = lifecycle.down(Place.of(name))
    Console(stderr=True).print(f"sandbox {name} is gone" if existed else f"there is no sandbox {name}")


@app.command()
def status(
    name: Annotated[str | None, typer.Argument(help="Which sandbox; all of them when left out.")] = None,
    output: Annotated[sandbox_status.Output, typer.Option("--output", "-o", help="How to print it.")] = "table",
) -> None:
    """What runs, where, since when. Exit code 1 when a sandbox is not up."""
    if not sandbox_status.show(lifecycle.names() if name is None else [name], output):
        raise typer.Exit(1)


@app.command()
def kubeconfig(name: Name = DEFAULT_NAME) -> None:
    """Print the path of its kubeconfig: export KUBECONFIG=$(leadsman sandbox kubeconfig)."""
    place, request, _ = lifecycle.running(name)
    typer.echo(lifecycle.kubeconfig_of(place, request))


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}
)
def kubectl(
    words: Annotated[list[str] | None, typer.Argument(help="What kubectl takes.")] = None,
    name: Annotated[str, typer.Option("--name", help="Which sandbox.")] = DEFAULT_NAME,
) -> None:
    """The sandbox's own kubectl, also for machines that have none: leadsman sandbox kubectl get nodes."""
    place, request, _ = lifecycle.running(name)
    binary = request.binaries["kubectl"]
    if request.context:
        os.execv(binary, [str(binary), f"--context={request.context}", *(words or [])])  # noqa: S606  no shell is wanted
    own = Kubectl(binary, place.kubeconfig)
    os.execve(binary, own.arguments(*(words or [])), own.environment)  # noqa: S606


@app.command()
def logs(
    part: Annotated[str | None, typer.Argument(help="Which part; a list of them when left out.")] = None,
    name: Annotated[str, typer.Option("--name", help="Which sandbox.")] = DEFAULT_NAME,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written.")] = False,
    lines: Annotated[int, typer.Option("--tail", help="How many lines back.", min=0)] = 100,
) -> None:
    """What a part wrote. Also for a sandbox that did not come up."""
    folder = Place.of(name).logs
    files = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if not files:
        raise NotRunning(f"sandbox {name} has no logs here", next_step=f"leadsman sandbox up {name}")
    if part is None:
        typer.echo("\n".join(files))
        return
    if part not in files:
        raise typer.BadParameter(f"no part of {name} is called {part}; there are {', '.join(files)}")
    _tail(files[part], lines, follow=follow)


def _tail(path: Path, lines: int, *, follow: bool) -> None:
    tail = "tail"
    os.execvp(tail, [tail, f"--lines={lines}", *(["--follow=name"] if follow else []), str(path)])  # noqa: S606
