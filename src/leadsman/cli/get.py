"""`leadsman get`: the services of a namespace, or of all, as a table."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Final, Literal, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from leadsman.api.definition import Column
from leadsman.api.v1alpha1 import AIService
from leadsman.cli import lookup, output
from leadsman.cli.cluster import Access, Object, Selection, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.cli.view.columns import ABSENT, render_cell, resolve, shown
from leadsman.cli.view.marks import BAD, GOOD, PLAIN, SLOW
from leadsman.cli.view.observed import read
from leadsman.cli.view.standing import stand
from leadsman.cli.view.tables import table
from leadsman.clients.kinds import AI_SERVICE

Format = Literal["table", "wide", "json", "yaml"]
Cell = TypeVar("Cell", str, Text)
_COLORS: Final = {"True": GOOD, "False": BAD, "Unknown": SLOW}


def get(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One service; all of them when left out.")] = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    output_format: Annotated[
        Format, typer.Option("--output", "-o", help="json and yaml: the objects themselves.")
    ] = "table",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The services and how they stand, one row each."""
    if name and everywhere:
        raise typer.BadParameter("a name is looked up in one namespace: leave out --all-namespaces, or the name")
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    if name:
        found = lookup.get_service(cluster, name)
        _print([found], output_format, everywhere=False, alone=True)
        raise typer.Exit(stand(read(AIService, found)).exit_code)
    within = None if everywhere else cluster.namespace
    services = cluster.list(Selection(kind=AI_SERVICE, namespace=within)).items
    if not services and output_format in {"table", "wide"}:
        output.tell(f"no AIServices in namespace {within}" if within else "no AIServices in any namespace")
        return
    _print(services, output_format, everywhere=everywhere, alone=False)


def _print(services: Iterable[Object], output_format: Format, *, everywhere: bool, alone: bool) -> None:
    if output_format == "json" or output_format == "yaml":  # noqa: PLR1714  the type checker narrows this form
        items = [output.without_managed_fields(service) for service in services]
        output.print_data(items[0] if alone else {"apiVersion": "v1", "kind": "List", "items": items}, output_format)
        return
    rows = render_services(services, output.now(), wide=output_format == "wide", everywhere=everywhere)
    output.show(rows, wrapped=False)


def render_services(services: Iterable[Object], now: dt.datetime, *, wide: bool, everywhere: bool) -> Table:
    """The kind's printer columns, and how much each service waits for."""
    columns = shown(AIService.definition.columns, wide=wide)
    namespace = ("NAMESPACE",) if everywhere else ()
    header = (*namespace, "NAME", *_with_blockers([column.name.upper() for column in columns], "BLOCKERS"))
    return table(header, (_row(service, columns, now, everywhere=everywhere) for service in services))


def _row(service: Object, columns: tuple[Column, ...], now: dt.datetime, *, everywhere: bool) -> tuple[Text | str, ...]:
    metadata = service["metadata"]
    blockers = resolve(service, ".status.blockers") or ()
    cells = [_cell(service, column, now) for column in columns]
    place = (metadata["namespace"],) if everywhere else ()
    return (*place, metadata["name"], *_with_blockers(cells, Text(str(len(blockers) or ABSENT))))


def _with_blockers(cells: list[Cell], blockers: Cell) -> list[Cell]:
    """After READY and REASON, to which they belong."""
    return [*cells[:2], blockers, *cells[2:]]


def _cell(service: Object, column: Column, now: dt.datetime) -> Text:
    said = render_cell(service, column, now)
    return Text(said, _COLORS.get(said, PLAIN) if column.name == "Ready" else PLAIN)
