"""`leadsman incidents`: what went wrong, what is due, and what waits for a review."""

from typing import Annotated

import typer

from leadsman.api.v1alpha1 import AIIncident
from leadsman.cli import lookup, output
from leadsman.cli.cluster import Access, Selection, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.incidents import render_incidents
from leadsman.cli.view.observed import read
from leadsman.clients.kinds import AI_INCIDENT


def incidents(  # noqa: PLR0913  one parameter for each option of the verb
    service: Annotated[
        str | None, typer.Argument(metavar="SERVICE", help="Of this AIService; of all when left out.")
    ] = None,
    *,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that nobody has closed.")] = False,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The incidents, the newest first: severity, state, the next report that is due, and what is kept as evidence."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    within = None if everywhere else cluster.namespace
    fields = f"spec.service={service}" if service else ""
    items = cluster.list(Selection(kind=AI_INCIDENT, namespace=within, fields=fields)).items
    kept = [one for one in items if not (only_open and one.get("status", {}).get("state") == "Closed")]
    kept.sort(key=lambda one: (one["spec"]["awareAt"], one["metadata"]["name"]), reverse=True)
    if output_format != "text":
        found = [output.without_managed_fields(one) for one in kept]
        output.print_data({"apiVersion": "v1", "kind": "List", "items": found}, output_format)
        return
    if kept:
        shown = [read(AIIncident, one) for one in kept]
        output.show(render_incidents(shown, output.now(), everywhere=everywhere), wrapped=False)
        return
    if service and within:
        lookup.get_service(cluster, service)
    of = f" of {service}" if service else ""
    output.tell(f"no incidents{of} in {f'namespace {within}' if within else 'any namespace'}")
