"""`leadsman approvals`: what waits for an approval, and whether one may give it."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.table import Table

from leadsman.api.meta import GROUP
from leadsman.api.v1alpha1 import AIService
from leadsman.cli import output
from leadsman.cli.cluster import Access, Cluster, Selection, connect
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.inbox import Missing, Waiting, waiting
from leadsman.cli.view.moments import render_age
from leadsman.cli.view.observed import read
from leadsman.cli.view.tables import table
from leadsman.clients.kinds import AI_SERVICE, SELF_SUBJECT_ACCESS_REVIEW


def approvals(
    *,
    everywhere: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")] = False,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """The inbox: services that wait for an approval, what is missing, and whether you may give it."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    within = None if everywhere else cluster.namespace
    services = cluster.list(Selection(kind=AI_SERVICE, namespace=within)).items
    found = [_asked(cluster, one) for one in waiting(read(AIService, service) for service in services)]
    if output_format != "text":
        output.print_data([output.to_data(one) for one in found], output_format)
        return
    if not found:
        output.tell(f"nothing waits for an approval in {f'namespace {within}' if within else 'any namespace'}")
        return
    output.show(render_inbox(found, output.now(), everywhere=everywhere), wrapped=False)
    output.tell(f"look at one, and decide: leadsman approve {found[0].service} -n {found[0].namespace}")


def _asked(cluster: Cluster, one: Waiting) -> Waiting:
    attributes = {
        "group": GROUP,
        "resource": AI_SERVICE.plural,
        "verb": "approve",
        "namespace": one.namespace,
        "name": one.service,
    }
    kind = SELF_SUBJECT_ACCESS_REVIEW
    asked: dict[str, Any] = {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "spec": {"resourceAttributes": attributes},
    }
    answer = cluster.create(kind, asked)
    return one.model_copy(update={"may_approve": bool(answer["status"].get("allowed"))})


def render_inbox(found: Iterable[Waiting], now: dt.datetime, *, everywhere: bool) -> Table:
    place = ("NAMESPACE",) if everywhere else ()
    header = (*place, "SERVICE", "REVISION", "MISSING", "YOU", "SINCE")
    return table(header, (_row(one, now, everywhere=everywhere) for one in found))


def _row(one: Waiting, now: dt.datetime, *, everywhere: bool) -> tuple[str, ...]:
    return (
        *((one.namespace,) if everywhere else ()),
        one.service,
        one.revision or ABSENT,
        "; ".join(map(_missing, one.missing)),
        {True: "may approve", False: "may not", None: ABSENT}[one.may_approve],
        render_age(one.since, now) if one.since else ABSENT,
    )


def _missing(one: Missing) -> str:
    return f"{one.name}: {one.message or one.reason}" if one.name else one.message or one.reason
