"""`leadsman audit report`: all changes of a time as one page, from the ledger alone."""

from typing import Annotated

import typer

from leadsman.cli import ledgers, output
from leadsman.cli.audit_verify import key_in
from leadsman.cli.cluster import Access, connect
from leadsman.cli.ledgers import Files
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.cli.view.page import render_page
from leadsman.ledger import export
from leadsman.ledger.lines import EntryLine
from leadsman.ledger.verification import verification


def report(  # noqa: PLR0913  one parameter for each option of the verb
    services: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE]...", help="AIServices; of all when left out.")
    ] = None,
    *,
    files: Files = None,
    since: Annotated[str | None, typer.Option(help="From this day or time on (UTC).", show_default=False)] = None,
    until: Annotated[str | None, typer.Option(help="Before this day or time (UTC).", show_default=False)] = None,
    checkpoints: Annotated[list[str] | None, typer.Option(help="Checkpoints that were kept elsewhere.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="Public key (PEM) that signs checkpoints.")] = None,
    to_file: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Default: stdout.", show_default=False)
    ] = None,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Changes of a time as one page: authors, decisions, gates with numbers, stages, outcomes.

    HTML without scripts, to read, print and keep. At its top it says whether the ledger, as a whole, is as it was
    written; --since and --until choose the changes that are shown, each one whole.
    """
    begin, end = ledgers.moment(since, "--since"), ledgers.moment(until, "--until")
    if files:
        read = ledgers.from_files(files)
    else:
        cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
        found = ledgers.from_cluster(cluster, services or (), everywhere=everywhere)
        read = export.read(export.write(found))
    verified = verification(
        read,
        checkpoints=ledgers.from_files(checkpoints) if checkpoints else None,
        keys=[key_in(one) for one in key or ()],
    )
    asked = (one for one in read.entries if not services or one.service in services)
    kept = [one for one in asked if _is_of(one, namespace if files else None)]
    page = render_page(kept, verified, output.now(), since=begin, until=end)
    if to_file:
        ledgers.write_to(to_file, page)
        output.tell(f"from {len(kept)} entries: {to_file}")
    else:
        typer.echo(page, nl=False)
    raise typer.Exit(0 if verified.is_well else 1)


def _is_of(line: EntryLine, namespace: str | None) -> bool:
    return namespace in {None, line.namespace}
