"""`leadsman sandbox image`: sample images without a container engine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leadsman.sandbox import lifecycle
from leadsman.sandbox.errors import Unsupported
from leadsman.sandbox.images.recipes import build_recipe
from leadsman.sandbox.kind import provider as kind_provider
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.place import DEFAULT_NAME
from leadsman.sandbox.status import Nodes, Provider

app = typer.Typer(help="Sample images, built without a container engine.", no_args_is_help=True)


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="A folder with an image.yaml.", metavar="FOLDER")],
    tag: Annotated[list[str] | None, typer.Option(help="Only this tag of image.yaml; may be repeated.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The archive; FOLDER's name and .tar when left out.")
    ] = None,
) -> None:
    """Build the images of a folder into one archive, for `ctr images import` or `kind load image-archive`."""
    archive = output or Path(f"{folder.resolve().name}.tar")
    images = build_recipe(folder, archive, tag or ())
    console = Console(soft_wrap=True, highlight=False)
    for built in images:
        console.print(f"{built.reference}  {built.image_id}")
    console.print(f"wrote {archive} ({archive.stat().st_size / 1e6:.0f} MB)")


@app.command()
def load(
    archive: Annotated[Path, typer.Argument(help="As `build` or `docker save` write it.", exists=True)],
    name: Annotated[str, typer.Option("--name", help="Which sandbox.")] = DEFAULT_NAME,
) -> None:
    """Make the images of an archive known to the nodes of a sandbox, which pull nothing."""
    place, request, _ = lifecycle.running(name)
    if request.provider is Provider.KIND:
        kind_provider.cluster_of(request, place).load_image(archive)
    elif request.nodes is Nodes.REAL:
        real.load_image(place, archive)
    else:
        raise Unsupported(
            f"sandbox {name} has no nodes of ours that run images",
            next_step="with simulated nodes no image is needed; with a cluster of yours use its own registry",
        )
