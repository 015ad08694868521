"""The command line: one module per verb; this one only registers them."""

import sys

import typer
from rich.console import Console
from rich.text import Text

from leadsman.cli import (
    approvals,
    audit,
    budget,
    crds,
    evaluations,
    exceptions,
    get,
    history,
    incidents,
    judging,
    lint,
    operator,
    plan,
    policy_test,
    reference,
    sandbox,
    simulate,
    status,
    steering,
    who_can,
    why,
)
from leadsman.cli.decision_options import EXIT_CODES as EXIT_CODES_OF_DECISIONS
from leadsman.cli.errors import CommandFailed
from leadsman.cli.options import EXIT_CODES, Verbs
from leadsman.sandbox.errors import SandboxError

app = typer.Typer(
    name="leadsman",
    cls=Verbs,
    help="Governed AI deployments on Kubernetes: services move forward only on measured evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command(epilog=EXIT_CODES)(get.get)
app.command(epilog=EXIT_CODES)(status.status)
app.command()(why.why)
app.command("history")(history.show_history)
app.command(epilog=plan.EXIT_CODES)(plan.plan)
app.command(epilog=lint.EXIT_CODES)(lint.lint)
app.command(epilog=simulate.EXIT_CODES)(simulate.simulate)
app.command()(approvals.approvals)
app.command()(budget.budget)
app.command()(incidents.incidents)
for name, verb in (
    ("approve", judging.approve),
    ("reject", judging.reject),
    ("revoke", judging.revoke),
    ("waive", exceptions.waive),
    ("retry", steering.retry),
    ("promote", steering.promote),
    ("pause", steering.pause),
    ("resume", steering.resume),
    ("abort", steering.abort),
    ("rollback", steering.rollback),
    ("break-glass", exceptions.break_glass),
    ("close-incident", exceptions.close_incident),
):
    app.command(name, epilog=EXIT_CODES_OF_DECISIONS)(verb)
app.command("who-can")(who_can.who_can)
app.add_typer(evaluations.app, name="eval")
app.add_typer(audit.app, name="audit")
app.add_typer(policy_test.app, name="policy")
app.add_typer(operator.app, name="operator")
app.add_typer(sandbox.app, name="sandbox")
app.command()(crds.crds)
app.command()(reference.reference)


def main() -> None:
    try:
        app()
    except CommandFailed as error:
        _say(error.what, error.next_step)
        sys.exit(error.exit_code)
    except SandboxError as error:
        _say(error.what, error.next_step)
        sys.exit(1)


def _say(what: str, next_step: str) -> None:
    stderr = Console(stderr=True, soft_wrap=True, highlight=False)
    stderr.print("[bold red]error:[/] ", Text(what), "\n[bold]next:[/]  ", Text(next_step), sep="")
