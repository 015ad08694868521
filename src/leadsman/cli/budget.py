"""`leadsman budget`: what is left of the risk budgets, and of one: by channel, and who spent it."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from leadsman.api.v1alpha1 import RiskBudget
from leadsman.cli import output
from leadsman.cli.cluster import Access, Selection, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.budgets import render_budget, render_budgets
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import RISK_BUDGET


def budget(  # noqa: PLR0913  one parameter for each option of the verb
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A RiskBudget, or a service with one of its own.")
    ] = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """What is left of the risk budgets; of one by name: each channel, how fast it burns, and who spent it."""
    if name and everywhere:
        raise typer.BadParameter("a name is looked up in one namespace: leave out --all-namespaces, or the name")
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    if name:
        found = cluster.get(RISK_BUDGET, name)
        if output_format == "text":
            _show(render_budget(read(RiskBudget, found)))
        else:
            output.print_data(output.without_managed_fields(found), output_format)
        return
    within = None if everywhere else cluster.namespace
    items = cluster.list(Selection(kind=RISK_BUDGET, namespace=within)).items
    if output_format != "text":
        kept = [output.without_managed_fields(one) for one in items]
        output.print_data({"apiVersion": "v1", "kind": "List", "items": kept}, output_format)
    elif items:
        _show([render_budgets([read(RiskBudget, one) for one in items], everywhere=everywhere)])
    else:
        output.tell(f"no RiskBudgets in {f'namespace {within}' if within else 'any namespace'}")


def _show(tables: Iterable[Table]) -> None:
    for number, one in enumerate(tables):
        if number:
            output.show("", wrapped=False)
        output.show(one, wrapped=False)
