"""The verb of a decision that says no more than which revision, and why."""

from collections.abc import Callable

from leadsman.api.v1alpha1.aidecision import Decision
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


def plain(decision: Decision, help_text: str) -> Callable[..., None]:
    def command(  # noqa: PLR0913  one parameter for each option of the verb
        service: ServiceName,
        *,
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
        decide(
            Act(decision=decision, service=service, revision=revision),
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

    command.__doc__ = help_text
    return command
