"""`image.yaml`: what goes into an image, in one small declarative file beside its sources.

name: leadsman.dev/samples/model-server   # without a tag
packages: [python3-minimal]               # Debian packages; none: no root file system below
requirements: requirements.txt            # wheels, pinned with hashes, installed to /opt/python
wheels: Pure                              # the default; Linux: compiled ones too, for the Python of the packages above
files: {model_server: /opt/app/model_server}   # path from this folder: path in the image
entrypoint: [python3, -m, model_server]
env: {PYTHONPATH: "/opt/app:/opt/python"}
ports: [8080]
user: "65532:65532"                       # the default
tags:                                     # one image each: the same layers, and its own variables on top
  v1: {env: {MODEL_VERSION: "1"}}
  v2: {env: {MODEL_VERSION: "2"}}
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leadsman.sandbox.errors import BuildFailed
from leadsman.sandbox.images.archive import NOBODY, UNWANTED, Files, Image, ImageConfig, Layer, build_archive
from leadsman.sandbox.images.rootfs import debian_rootfs, suite
from leadsman.sandbox.images.wheels import PYTHON_AT, Wheels, add_bytecode, python_of, python_packages

FILE_NAME: Final = "image.yaml"


class Tag(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, str] = {}


class Recipe(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    packages: tuple[str, ...] = ()
    requirements: str | None = None
    wheels: Wheels = Wheels.PURE
    files: dict[str, str] = {}
    entrypoint: tuple[str, ...] = Field(min_length=1)
    env: dict[str, str] = {}
    ports: tuple[int, ...] = ()
    user: str = NOBODY
    tags: dict[str, Tag] = Field(min_length=1)


def read_recipe(folder: Path) -> Recipe:
    file = folder / FILE_NAME
    try:
        return Recipe.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except FileNotFoundError as error:
        raise BuildFailed(
            f"there is no {file}", next_step=f"name a folder with an {FILE_NAME}, such as examples/model-server"
        ) from error
    except yaml.YAMLError as error:
        raise BuildFailed(f"{file} is not YAML: {error}", next_step="correct it at the line above") from error
    except ValidationError as error:
        found = "\n".join(f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors())
        raise BuildFailed(f"{file} is not right:\n{found}", next_step="correct these fields") from error


def build_recipe(folder: Path, destination: Path, tags: Sequence[str] = ()) -> list[Image]:
    """One archive with an image for each of these tags (for all of the file's, where none is named)."""
    recipe = read_recipe(folder)
    unknown = [tag for tag in tags if tag not in recipe.tags]
    if unknown:
        raise BuildFailed(
            f"{folder / FILE_NAME} has no tag {', '.join(unknown)}",
            next_step=f"choose among {', '.join(recipe.tags)}, or add it under `tags`",
        )
    configs = {f"{recipe.name}:{tag}": _config(recipe, tag) for tag in tags or recipe.tags}
    with tempfile.TemporaryDirectory(prefix="leadsman-image.") as scratch:
        return build_archive(_layers(recipe, folder, Path(scratch)), configs, destination)


def _config(recipe: Recipe, tag: str) -> ImageConfig:
    return ImageConfig(
        entrypoint=recipe.entrypoint,
        env={**recipe.env, **recipe.tags[tag].env},
        user=recipe.user,
        ports=recipe.ports,
    )


def _layers(recipe: Recipe, folder: Path, scratch: Path) -> list[Layer]:
    """What changes least comes first, so that a new version of the files moves one small layer."""
    python = python_of(suite()) if recipe.wheels is Wheels.LINUX else None
    layers: list[Layer] = [debian_rootfs(recipe.packages)] if recipe.packages else []
    if recipe.requirements:
        packages = python_packages(folder / recipe.requirements, python)
        layers.append(Files({PYTHON_AT: packages}, unwanted=frozenset()))
    if recipe.files:
        layers.append(_files({target: folder / source for source, target in recipe.files.items()}, python, scratch))
    return layers


def _files(sources: dict[str, Path], python: str | None, scratch: Path) -> Files:
    """Where the image's Python is known, a copy with bytecode: what lies about in the sources stays out of it."""
    if python is None:
        return Files(sources)
    copies: dict[str, Path] = {}
    for number, (target, source) in enumerate(sources.items()):
        copies[target] = source
        if source.is_dir():
            copies[target] = scratch / str(number)
            shutil.copytree(source, copies[target], ignore=shutil.ignore_patterns(*UNWANTED))
            add_bytecode(copies[target], target, python)
    return Files(copies, unwanted=frozenset())
