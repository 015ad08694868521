"""`leadsman sandbox up`: choose, build what is missing, start, and make kubectl talk to it."""

import contextlib
import shutil
from collections.abc import Callable, Generator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leadsman.cli import build_progress
from leadsman.sandbox import lifecycle, machine
from leadsman.sandbox.binaries import catalogue
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import Binary
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.choice import Choice, Wish, choose
from leadsman.sandbox.context import UsersContext
from leadsman.sandbox.errors import NotRunning, StartFailed
from leadsman.sandbox.kind import client as kind
from leadsman.sandbox.place import DEFAULT_NAME, Place
from leadsman.sandbox.status import Nodes, Provider, Request, Status

console = Console(stderr=True, highlight=False, soft_wrap=True)

NEEDED: dict[tuple[Provider, Nodes | None], tuple[Binary, ...]] = {
    (Provider.LOCAL, Nodes.SIMULATED): catalogue.SIMULATED,
    (Provider.LOCAL, Nodes.REAL): catalogue.REAL,
    (Provider.KIND, None): catalogue.KIND,
    (Provider.EXISTING, None): (catalogue.KUBECTL,),
}


class AnyProvider(StrEnum):
    AUTO = "auto"
    EXISTING = "existing"
    KIND = "kind"
    LOCAL = "local"


class AnyNodes(StrEnum):
    AUTO = "auto"
    SIMULATED = "simulated"
    REAL = "real"


def up(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[str, typer.Argument(help="Two sandboxes may run side by side.")] = DEFAULT_NAME,
    *,
    provider: Annotated[AnyProvider, typer.Option(help="What makes the cluster.")] = AnyProvider.AUTO,
    nodes: Annotated[AnyNodes, typer.Option(help="Of a local cluster.")] = AnyNodes.AUTO,
    context: Annotated[str | None, typer.Option(help="Use this cluster of yours instead of making one.")] = None,
    node_count: Annotated[int, typer.Option(help="Simulated nodes.", min=1, max=1000)] = 3,
    api_port: Annotated[
        int | None, typer.Option(help="Of the API server; default: a free one.", min=1, max=65535)
    ] = None,
    switch: Annotated[bool, typer.Option(help="Make it kubectl's current context.")] = True,
) -> None:
    """Start it and return once it is ready. Running it again changes nothing."""
    wish = _wish(provider, nodes, context)
    _refuse_another(name, wish, api_port)
    choice = choose(wish, machine.look())
    console.print(f"[bold]{name}[/]: {_said(choice)} — {choice.why}")
    request = Request(
        name=name,
        provider=choice.provider,
        nodes=choice.nodes,
        node_count=node_count if choice.nodes is Nodes.SIMULATED else 1,
        api_port=api_port,
        binaries=_binaries(choice),
        context=context,
        why=choice.why,
    )
    with _progress() as report:
        status = lifecycle.up(request, report)
    _say_what_next(request, status, switch=switch)


def _refuse_another(name: str, wish: Wish, api_port: int | None) -> None:
    """Raise a SandboxError where a sandbox of this name runs that is not what is asked for now."""
    try:
        _, request, _ = lifecycle.running(name)
    except NotRunning:
        return
    same = (
        wish.provider in {None, request.provider}
        and wish.nodes in {None, request.nodes}
        and wish.context in {None, request.context}
        and api_port in {None, request.api_port}
    )
    if not same:
        raise StartFailed(
            f"sandbox {name} is up already, as a {request.provider} cluster with {request.nodes or 'its own'} nodes"
            f"{f', API port {request.api_port}' if request.api_port else ''}",
            next_step=f"end it first (leadsman sandbox down {name}), or give the new one another name",
        )


def _wish(provider: AnyProvider, nodes: AnyNodes, context: str | None) -> Wish:
    return Wish(
        provider=None if provider is AnyProvider.AUTO else Provider(provider),
        nodes=None if nodes is AnyNodes.AUTO else Nodes(nodes),
        context=context,
    )


def _said(choice: Choice) -> str:
    return f"a {choice.provider} cluster with {choice.nodes} nodes" if choice.nodes else f"{choice.provider} cluster"


def _binaries(choice: Choice) -> dict[str, Path]:
    own = kind.on_path() if choice.provider is Provider.KIND else None
    needed = [one for one in NEEDED[choice.provider, choice.nodes] if not (own and one is catalogue.KIND_TOOL)]
    with build_progress.shown(console) as report:
        found = ensure(needed, cache=default_cache(), report=report)
    return {**found, "kind": own} if own else found


@contextlib.contextmanager
def _progress() -> Generator[Callable[[Status], None]]:
    """A line that says which parts run and which come next."""
    with console.status("starting the cluster") as line:

        def report(status: Status) -> None:
            up = [part for part, state in status.parts.items() if state.state == "Running"]
            coming = [part for part, state in status.parts.items() if state.state != "Running"]
            line.update(f"starting {', '.join(coming) or 'the next part'} (up: {', '.join(up) or 'none yet'})")

        yield report


def _say_what_next(request: Request, status: Status, *, switch: bool) -> None:
    place = Place.of(request.name)
    if request.provider is Provider.EXISTING:
        console.print(f"ready: context [bold]{request.context}[/]")
        return
    if switch:
        UsersContext(place, request.binaries["kubectl"]).switch(status.api_server or "")
    console.print(f"ready: {status.api_server} · Prometheus {status.prometheus}")
    if switch:
        console.print(
            f"kubectl's context is now [bold]{place.context}[/]; `leadsman sandbox down {place.name}` undoes that"
        )
    if not shutil.which("kubectl"):
        console.print(f"there is no kubectl on your PATH: use `leadsman sandbox kubectl --name {place.name} …`")
