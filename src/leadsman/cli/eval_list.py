"""`leadsman eval list`: the EvalRuns of a service, or of a namespace."""

from typing import Annotated

import typer

from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli import lookup, output, runs
from leadsman.cli.cluster import Access, connect
from leadsman.cli.get import Format
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.cli.view.observed import read
from leadsman.cli.view.runs import render_runs


def list_evaluations(  # noqa: PLR0913  one parameter for each option of the verb
    service: Annotated[
        str | None, typer.Argument(metavar="SERVICE", help="Of this AIService; of all when left out.")
    ] = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    output_format: Annotated[
        Format, typer.Option("--output", "-o", help="wide: whole messages; json and yaml: the objects themselves.")
    ] = "table",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The evaluations, the newest first."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    within = None if everywhere else cluster.namespace
    found = runs.list_runs(cluster, service=service, namespace=within)
    if output_format == "json" or output_format == "yaml":  # noqa: PLR1714  the type checker narrows this form
        items = [output.without_managed_fields(one) for one in found]
        output.print_data({"apiVersion": "v1", "kind": "List", "items": items}, output_format)
        return
    if found:
        shown = [read(EvalRun, one) for one in found]
        rows = render_runs(shown, output.now(), wide=output_format == "wide", everywhere=everywhere)
        output.show(rows, wrapped=False)
        return
    if service and within:
        lookup.get_service(cluster, service)
    of = f" of {service}" if service else ""
    output.tell(f"no EvalRuns{of} in {f'namespace {within}' if within else 'any namespace'}")
