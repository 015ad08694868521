"""Where a rollout goes: `retry`, `promote`, `pause`, `resume`, `abort`, `rollback`."""

from typing import Annotated

import typer

from leadsman.cli.cluster import Access
from leadsman.cli.decide import Manner, decide
from leadsman.cli.decision_options import (
    DryRun,
    OutputForm,
    Reason,
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

To = Annotated[str, typer.Option("--to", metavar="REVISION", help="The earlier AIRevision to go back to.")]

retry = plain(
    "Retry",
    "Try a revision again that was rolled back, rejected or aborted: from the first stage, on fresh evidence.",
)
promote = plain("Promote", "Skip what is left of holds and minRequests; gates, approvals, policies and budgets stay.")
pause = plain("Pause", "The weight does not rise. Signals are still watched, and the way back stays open.")
resume = plain("Resume", "Go on after a pause, or after a rollback to an earlier revision.")
abort = plain("Abort", "End the attempt: traffic goes back to what serves. Nothing blocks it.")


def rollback(  # noqa: PLR0913  one parameter for each option of the verb
    service: ServiceName,
    *,
    to: To,
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
    """Back to an earlier revision, which is held until another digest is wanted, or until `resume`."""
    decide(
        Act(decision="Rollback", service=service, revision=to),
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
