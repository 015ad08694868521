"""`leadsman sandbox`: a real Kubernetes on this machine, in one command."""

import typer

app = typer.Typer(help="A real Kubernetes on this machine, in one command.", no_args_is_help=True)


@app.callback()
def sandbox() -> None:
    pass
