"""`leadsman crds`: the CustomResourceDefinitions, generated from the models."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from leadsman.api.crd import build_crd
from leadsman.api.meta import GROUP, Resource
from leadsman.api.v1alpha1 import KINDS

_HEADER = "# Generated from the models in leadsman.api by `make generate`. Edits here are lost.\n"


def crds(
    output_dir: Annotated[
        Path | None, typer.Option(help="Write one file per kind into this folder instead of printing them.")
    ] = None,
) -> None:
    """Print the CustomResourceDefinitions, for `kubectl apply --server-side -f -`."""
    if output_dir is None:
        typer.echo("---\n".join(render_crd(kind) for kind in KINDS), nl=False)
        return
    output_dir.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (output_dir / file_name(kind)).write_text(_HEADER + render_crd(kind), encoding="utf-8")


def file_name(kind: type[Resource]) -> str:
    return f"{GROUP}_{kind.definition.plural}.yaml"


def render_crd(kind: type[Resource]) -> str:
    return yaml.safe_dump(build_crd(kind), sort_keys=False, allow_unicode=True, width=110)
