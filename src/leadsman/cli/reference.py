"""`leadsman reference`: the reference page of the API, generated from the models."""

import typer

from leadsman.api.reference import render_reference
from leadsman.api.v1alpha1 import KINDS


def reference() -> None:
    """Print the API reference as Markdown."""
    typer.echo(render_reference(KINDS), nl=False)
