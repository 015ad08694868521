"""How every decision is made at the command line: bound to a revision, reviewed, confirmed, written, followed."""

import sys
from dataclasses import dataclass, replace
from typing import Final

import typer

from leadsman.api.meta import Actor
from leadsman.api.v1alpha1 import AIService
from leadsman.cli import lookup, output, review, signing
from leadsman.cli.cluster import Access, Cluster, Object, connect
from leadsman.cli.decision_options import Form
from leadsman.cli.errors import CommandFailed
from leadsman.cli.signing import Act, Grounds
from leadsman.cli.view.observed import read
from leadsman.cli.view.standing import NOT_THERE_YET

DOES_NOT_COUNT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is done, the same for each decision."""

    yes: bool
    dry_run: bool
    wait: bool
    timeout: float | None
    form: Form
    access: Access

    @property
    def asks(self) -> bool:
        return not self.yes and not self.dry_run


def decide(act: Act, grounds: Grounds, manner: Manner) -> None:
    """What people read goes to stderr, what programs read to stdout."""
    _check(grounds, manner)
    cluster = connect(manner.access)
    act = signing.bind(cluster, read(AIService, lookup.get_service(cluster, act.service)), act)
    who = signing.whoami(cluster) if act.decision == "Approve" or manner.asks else None
    if act.decision == "Approve" and who is not None:
        review.show(cluster, act, who)
    if grounds.reason is None:
        grounds = replace(grounds, reason=typer.prompt("Reason", err=True))
    spec = signing.write(act, grounds, output.now())
    if manner.asks:
        _confirm(f"{cluster.namespace}/{act.service}", act, who)
    made = signing.create(cluster, spec, dry_run=manner.dry_run)
    _print(made, manner)
    if manner.wait:
        raise typer.Exit(_wait(cluster, made["metadata"]["name"], manner.timeout))
    if not manner.dry_run:
        output.tell(f"what comes of it: leadsman why {act.service} -n {cluster.namespace}")


def _check(grounds: Grounds, manner: Manner) -> None:
    """Before anything is asked of the cluster."""
    if manner.timeout is not None and not manner.wait:
        raise typer.BadParameter("--timeout ends a wait: add --wait")
    if manner.wait and manner.dry_run:
        raise typer.BadParameter("nobody counts what is not written: leave out --wait, or --dry-run")
    if sys.stdin.isatty():
        return
    if grounds.reason is None:
        raise typer.BadParameter("say why, in 10 to 1024 characters: --reason")
    if manner.asks:
        raise typer.BadParameter("this is no terminal, so nobody can confirm it: add --yes")


def _confirm(service: str, act: Act, who: Actor | None) -> None:
    about = f"{act.decision} {act.revision or 'whatever is on its way'} of {service}"
    scope = f", for {', '.join(act.scope)}" if act.scope else ""
    if not typer.confirm(f"{about}{scope}, as {who.username if who else 'you'}?", err=True):
        raise CommandFailed("nothing was decided", next_step="decide again when you are sure")


def _print(made: Object, manner: Manner) -> None:
    name = made["metadata"]["name"]
    match manner.form:
        case "text":
            typer.echo(f"aidecision/{name} {'would be ' if manner.dry_run else ''}created")
        case "name":
            typer.echo(f"aidecision.leadsman.dev/{name}")
        case "json" | "yaml":
            output.print_data(output.without_managed_fields(made), manner.form)


def _wait(cluster: Cluster, name: str, timeout: float | None) -> int:
    counted = signing.wait(cluster, name, timeout)
    if counted is None:
        output.tell(f"nobody has counted it yet: kubectl get aidecision {name} -n {cluster.namespace}")
        return NOT_THERE_YET
    said = f": {counted.message}" if counted.message else ""
    if counted.status == "True":
        output.tell(f"it counts{said}")
        return 0
    output.tell(f"it does not count, {counted.reason}{said}")
    return DOES_NOT_COUNT
