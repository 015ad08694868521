"""`leadsman who-can`: who holds a verb on a service, by the bindings of RBAC."""

from collections.abc import Iterator
from typing import Annotated, Final

import typer
from rich.table import Table

from leadsman.api.meta import GROUP
from leadsman.cli import lookup, output
from leadsman.cli.cluster import Access, Cluster, Object, Selection, connect
from leadsman.cli.errors import NotAllowed
from leadsman.cli.options import Context, Kubeconfig, Namespace, Output
from leadsman.cli.view.rights import Bindings, Holder, Right, holders
from leadsman.cli.view.tables import table
from leadsman.clients.kinds import (
    AI_DECISION,
    AI_SERVICE,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    ROLE,
    ROLE_BINDING,
    Kind,
)

NOT_SEEN: Final = (
    "not seen here: members of groups, authorizers other than RBAC, system:masters, who may impersonate others, and "
    "who may bind roles"
)

_SPELT_OTHERWISE: Final = {"break-glass": "breakglass", "close-incident": "closeincident"}
"""Verbs of the command line that RBAC calls otherwise."""


def who_can(  # noqa: PLR0913  one parameter for each option of the verb
    verb: Annotated[str, typer.Argument(metavar="VERB", help="approve, waive, break-glass, … or another verb.")],
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The AIService.")],
    *,
    output_format: Output = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Who holds a verb on a service, and by which binding."""
    cluster = connect(Access(kubeconfig=kubeconfig, context=context, namespace=namespace))
    lookup.get_service(cluster, service)
    notes: list[str] = []
    held = _SPELT_OTHERWISE.get(verb.lower(), verb.lower())
    right = Right(verb=held, group=GROUP, resource=AI_SERVICE.plural, name=service)
    needed = Right(verb="create", group=GROUP, resource=AI_DECISION.plural)
    found = holders(_bound(cluster, notes), right, needed)
    for note in (*notes, NOT_SEEN):
        output.tell(f"note: {note}")
    if output_format != "text":
        output.print_data([output.to_data(one) for one in found], output_format)
    elif found:
        output.show(render_holders(found), wrapped=False)
    else:
        output.tell(f"no binding gives anybody {right.verb} on aiservices/{service} in namespace {cluster.namespace}")


def _bound(cluster: Cluster, notes: list[str]) -> Bindings:
    here, everywhere = cluster.namespace, None
    bindings = (*_read(cluster, ROLE_BINDING, here, notes), *_read(cluster, CLUSTER_ROLE_BINDING, everywhere, notes))
    roles = (*_read(cluster, ROLE, here, notes), *_read(cluster, CLUSTER_ROLE, everywhere, notes))
    return Bindings(bindings=bindings, roles={(role["kind"], role["metadata"]["name"]): role for role in roles})


def _read(cluster: Cluster, kind: Kind, namespace: str | None, notes: list[str]) -> Iterator[Object]:
    try:
        yield from cluster.list(Selection(kind=kind, namespace=namespace)).items
    except NotAllowed:
        notes.append(f"you may not list {kind.plural}: what they give is missing here")


def render_holders(found: tuple[Holder, ...]) -> Table:
    return table(("WHO", "BY", "SIGNS"), ((f"{one.kind} {one.name}", "; ".join(one.by), _signs(one)) for one in found))


def _signs(one: Holder) -> str:
    if one.kind == "ServiceAccount":
        return "no: decisions are signed by people"
    return "yes" if one.may_write else "no: lacks create on aidecisions"
