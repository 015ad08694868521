"""`leadsman audit export`: the ledger as JSON lines, or as a page."""

from collections.abc import Sequence
from typing import Annotated

import typer

from leadsman.cli import ledgers, output
from leadsman.cli.cluster import Access, connect
from leadsman.cli.ledgers import Files
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.ledger import export
from leadsman.ledger.export import Export, ServiceName
from leadsman.ledger.lines import EntryLine, Line


def export_ledger(  # noqa: PLR0913  one parameter for each option of the verb
    services: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE]...", help="AIServices; of all when left out.")
    ] = None,
    *,
    files: Files = None,
    since: Annotated[str | None, typer.Option(help="From this day or time on (UTC).", show_default=False)] = None,
    until: Annotated[str | None, typer.Option(help="Before this day or time (UTC).", show_default=False)] = None,
    to_file: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Default: stdout.", show_default=False)
    ] = None,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The ledger for auditors, to be kept and verified without a cluster."""
    begin, end = ledgers.moment(since, "--since"), ledgers.moment(until, "--until")
    read = Export()
    if files:
        read = ledgers.from_files(files)
        lines = tuple(one for one in (*read.entries, *read.checkpoints) if _is_asked(one, services, namespace))
        ledgers.tell_unread(read.unread)
    else:
        cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
        lines = ledgers.from_cluster(cluster, services or (), everywhere=everywhere)
    entries = [one for one in lines if isinstance(one, EntryLine)]
    kept = export.within(entries, begin, end)
    _tell_beginnings(kept)
    made = export.write((*kept, *(one for one in lines if not isinstance(one, EntryLine))))
    if to_file:
        ledgers.write_to(to_file, made)
        output.tell(f"{len(kept)} entries of {len({export.service_of(one) for one in kept})} services: {to_file}")
    else:
        typer.echo(made, nl=False)
    raise typer.Exit(1 if read.unread else 0)


def _is_asked(line: Line, services: Sequence[str] | None, namespace: str | None) -> bool:
    return (not services or line.service in services) and namespace in {None, line.namespace}


def _tell_beginnings(lines: Sequence[EntryLine]) -> None:
    """What verification has to be told of a part: the head that it follows."""
    first: dict[ServiceName, EntryLine] = {}
    for one in lines:
        service = export.service_of(one)
        if service not in first or one.entry.sequence < first[service].entry.sequence:
            first[service] = one
    for service, one in sorted(first.items()):
        if (before := one.entry.sequence - 1) > 0:
            output.tell(f"{service} begins after entry {before}: verify it with --after {before}:{one.entry.previous}")
