"""`leadsman audit log`: what was decided and what came true, entry by entry."""

from typing import Annotated

import typer

from leadsman.cli import ledgers, output
from leadsman.cli.cluster import Access, connect
from leadsman.cli.ledgers import Files
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.entries import render_entries
from leadsman.ledger.lines import EntryLine


def log(  # noqa: PLR0913  one parameter for each option of the verb
    service: Annotated[
        str, typer.Argument(metavar="SERVICE", help="The AIService. One that was deleted still has its ledger.")
    ],
    *,
    files: Files = None,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The ledger of a service, oldest first: from the cluster, or from files that were exported."""
    lines: tuple[EntryLine, ...]
    if files:
        read = ledgers.from_files(files)
        lines = tuple(one for one in ledgers.of_service(read.entries, service, namespace) if isinstance(one, EntryLine))
        ledgers.tell_unread(read.unread)
    else:
        read = None
        cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
        found = ledgers.from_cluster(cluster, [service])
        lines = tuple(sorted(found, key=lambda one: one.entry.sequence))
    if output_format != "text":
        output.print_data([output.to_data(one) for one in lines], output_format)
    elif lines:
        output.show(render_entries(lines), wrapped=False)
    else:
        output.tell(f"nothing is recorded of {service} yet, or every sink has acknowledged it")
    raise typer.Exit(1 if read is not None and read.unread else 0)
