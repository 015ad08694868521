"""What people make of a revision: `approve`, `reject`, `revoke`."""

from typing import Annotated

import typer

from leadsman.cli.cluster import Access
from leadsman.cli.decide import Manner, decide
from leadsman.cli.decision_options import (
    DryRun,
    OutputForm,
    Reason,
    Revision,
    Role,
    ServiceName,
    Span,
    Ticket,
    Wait,
    Yes,
)
from leadsman.cli.options import Context, Kubeconfig, Namespace
from leadsman.cli.plain_decision import plain
from leadsman.cli.signing import Act, Grounds
from leadsman.cli.status import Timeout

Stages = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", help="A stage; may be repeated. Default: all that this attempt still needs.", show_default=False
    ),
]
Revoked = Annotated[str, typer.Option("--decision", metavar="NAME", help="The AIDecision that is taken back.")]

reject = plain("Reject", "No to this revision: its attempt ends. Any one is enough.")


def approve(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    scope: Stages = None,
    revision: Revision = None,
    reason: Reason = None,
    ticket: Ticket = None,
    role: Role = None,
    expires_in: Span = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: Timeout = None,
    output_form: OutputForm = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Yes to this revision, after a look at what it changes and how it has done so far.

    You see who you are to the API server, the difference to what serves, gates, signals and what else it waits for.
    """
    decide(
        Act(decision="Approve", service=service, revision=revision, scope=tuple(scope or ())),
        Grounds(reason=reason, ticket=ticket, role=role, expires_in=expires_in),
        Manner(
            yes=yes,
            dry_run=dry_run,
            wait=wait,
            timeout=timeout,
            form=output_form,
            access=Access(kubeconfig=kubeconfig, context=context, namespace=namespace),
        ),
    )


def revoke(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    decision: Revoked,
    reason: Reason = None,
    ticket: Ticket = None,
    role: Role = None,
    expires_in: Span = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: Timeout = None,
    output_form: OutputForm = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Take a decision back. Another's needs the verb revoke-any."""
    decide(
        Act(decision="Revoke", service=service, revokes=decision),
        Grounds(reason=reason, ticket=ticket, role=role, expires_in=expires_in),
        Manner(
            yes=yes,
            dry_run=dry_run,
            wait=wait,
            timeout=timeout,
            form=output_form,
            access=Access(kubeconfig=kubeconfig, context=context, namespace=namespace),
        ),
    )
