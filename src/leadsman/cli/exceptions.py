"""Exceptions that people answer for: `waive`, `break-glass`, and its review, `close-incident`."""

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
from leadsman.cli.signing import Act, Grounds
from leadsman.cli.status import Timeout
from leadsman.cli.view.moments import parse_duration

Waived = Annotated[
    list[str],
    typer.Option("--scope", help="A gate, policy/<policy>/<gate>, budget, freeze or incident/<name>; may be repeated."),
]
Incident = Annotated[str, typer.Option(help="The AIIncident that this is for.")]
Until = Annotated[
    float,
    typer.Option("--expires-in", parser=parse_duration, metavar="DURATION", help="It ends then: 8h, 7d at most."),
]


def waive(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    scope: Waived,
    revision: Revision = None,
    reason: Reason = None,
    ticket: Ticket = None,
    role: Role = None,
    expires_in: Until,
    yes: Yes = False,
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: Timeout = None,
    output_form: OutputForm = "text",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Let a revision pass without what is named, for at most 7 days."""
    decide(
        Act(decision="Waive", service=service, revision=revision, scope=tuple(scope)),
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


def break_glass(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    incident: Incident,
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
    """In an emergency: what stands in the way is passed, for at most 4 h, and another person reviews it."""
    decide(
        Act(decision="BreakGlass", service=service, revision=revision, incident=incident),
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


def close_incident(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    incident: Incident,
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
    """Review what was done for an incident: why somebody broke the glass. The reason is the review."""
    decide(
        Act(decision="CloseIncident", service=service, revision=revision, incident=incident),
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
