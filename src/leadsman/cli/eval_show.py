"""`leadsman eval show`: one EvalRun, with what it proves about each criterion."""

from typing import Annotated

import typer

from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli import output, runs
from leadsman.cli.cluster import Access, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.evaluated import render_run
from leadsman.cli.view.observed import read
from leadsman.cli.view.runs import exit_code


def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The EvalRun.")],
    *,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """An evaluation: verdict, tool, and of each criterion value, bounds, threshold and samples."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    found = runs.get_run(cluster, name)
    run = read(EvalRun, found)
    if output_format == "text":
        output.show(render_run(run))
    else:
        output.print_data(output.without_managed_fields(found), output_format)
    raise typer.Exit(exit_code(run))
