"""`leadsman history`: the revisions of a service, or the dossier of one."""

import difflib
from collections.abc import Iterable
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from leadsman.api.v1alpha1 import AIRevision
from leadsman.cli import feed, lookup, output
from leadsman.cli.cluster import Access, Cluster, Object, connect
from leadsman.cli.errors import NotFound
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.dossier import render_dossier
from leadsman.cli.view.history import HEADER, History, PastRevision, history, row
from leadsman.cli.view.marks import style_verdict
from leadsman.cli.view.observed import read
from leadsman.cli.view.tables import table

_VERDICT: Final = HEADER.index("VERDICT")


def show_history(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The AIService. One that was deleted still has its history.")
    ],
    *,
    revision: Annotated[
        str | None, typer.Option(help="The dossier of this revision: attempts, stages, readings, ledger.")
    ] = None,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The revisions of a service, newest first: what each was, where it got to, who changed it."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    found = cluster.list(feed.select(name, cluster.namespace).revisions).items
    if revision:
        _show_dossier(_pick(found, revision, name), output_format)
        return
    if not found:
        _explain_nothing(cluster, name)
        if output_format == "text":
            return
    past = history(cluster.namespace, name, (read(AIRevision, one) for one in found))
    if output_format == "text":
        output.show(render_history(past), wrapped=False)
    else:
        output.print_data(output.to_data(past), output_format)


def _explain_nothing(cluster: Cluster, name: str) -> None:
    """Raise NotFound, unless the service is there and merely new."""
    lookup.get_service(cluster, name)
    output.tell(f"{name} has no revisions yet; why: leadsman why {name} -n {cluster.namespace}")


def _pick(found: Iterable[Object], revision: str, service: str) -> Object:
    named = {one["metadata"]["name"]: one for one in found}
    if revision in named:
        return named[revision]
    near = difflib.get_close_matches(revision, named, n=3, cutoff=lookup.NEAR_ENOUGH)
    raise NotFound(
        f"{service} has no revision {revision}",
        next_step=f"did you mean {', '.join(near)}?" if near else f"see which there are: leadsman history {service}",
    )


def _show_dossier(found: Object, output_format: Output) -> None:
    if output_format == "text":
        output.show(render_dossier(read(AIRevision, found)), wrapped=False)
    else:
        output.print_data(output.without_managed_fields(found), output_format)


def render_history(past: History) -> Table:
    return table(HEADER, (_colored(one) for one in past.revisions))


def _colored(past: PastRevision) -> tuple[Text | str, ...]:
    cells: list[Text | str] = list(row(past))
    cells[_VERDICT] = Text(str(cells[_VERDICT]), style_verdict(past.verdict))
    return tuple(cells)
