"""`leadsman audit`: the ledger, for those who did not write it."""

from typing import Any

import typer
from typer.core import TyperGroup

from leadsman.cli import audit_export, audit_log, audit_report, audit_verify
from leadsman.cli.errors import UnusableInput


class AuditVerbs(TyperGroup):
    """Wrong usage exits with 2: here 1 says that something was found."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            raise UnusableInput(error.format_message(), next_step="see what can be asked: --help") from error


app = typer.Typer(
    cls=AuditVerbs,
    help="The ledger of what was decided: read it, export it, verify it without a cluster.",
    no_args_is_help=True,
)
app.command()(audit_log.log)
app.command("export")(audit_export.export_ledger)
app.command("report", epilog=audit_verify.EXIT_CODES)(audit_report.report)
app.command(epilog=audit_verify.EXIT_CODES)(audit_verify.verify)
