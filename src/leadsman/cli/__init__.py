"""The command line: one module per verb; this one only registers them."""

import sys

import typer
from rich.console import Console

from leadsman.cli import crds, reference, sandbox
from leadsman.sandbox.errors import SandboxError

app = typer.Typer(
    name="leadsman",
    help="Governed AI deployments on Kubernetes: services move forward only on measured evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(sandbox.app, name="sandbox")
app.command()(crds.crds)
app.command()(reference.reference)


def main() -> None:
    try:
        app()
    except SandboxError as error:
        stderr = Console(stderr=True, soft_wrap=True, highlight=False)
        stderr.print(f"[bold red]error:[/] {error.what}", f"[bold]next:[/]  {error.next_step}", sep="\n")
        sys.exit(1)
