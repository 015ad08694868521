"""`image.yaml`: what goes into a sample image, in one small declarative file beside its sources.

name: leadsman.dev/samples/model-server   # without a tag
packages: [python3-minimal]               # Debian packages; none: no root file system below
requirements: requirements.txt            # pure-Python wheels, pinned with hashes, installed to /opt/python
files: {model_server: /opt/app/model_server}   # path in this folder: path in the image
entrypoint: [python3, -m, model_server]
env: {PYTHONPATH: "/opt/app:/opt/python"}
ports: [8080]
user: "65532:65532"                       # the default
tags:                                     # one image each: the same layers, and its own variables on top
  v1: {env: {MODEL_VERSION: "1"}}
  v2: {env: {MODEL_VERSION: "2"}}
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import platformdirs
import yaml
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leadsman.sandbox.errors import BuildFailed
from leadsman.sandbox.images.archive import NOBODY, Files, Image, ImageConfig, Layer, build_archive
from leadsman.sandbox.images.rootfs import debian_rootfs

FILE_NAME: Final = "image.yaml"
PYTHON_AT: Final = "/opt/python"
PIP: Final = ("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-compile")
PURE: Final = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--require-hashes")
"""Wheels for any machine, and exactly those that were pinned: the image's Python need not be the one that builds it."""


class Tag(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, str] = {}


class Recipe(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    packages: tuple[str, ...] = ()
    requirements: str | None = None
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
    return build_archive(_layers(recipe, folder), configs, destination)


def _config(recipe: Recipe, tag: str) -> ImageConfig:
    return ImageConfig(
        entrypoint=recipe.entrypoint,
        env={**recipe.env, **recipe.tags[tag].env},
        user=recipe.user,
        ports=recipe.ports,
    )


def _layers(recipe: Recipe, folder: Path) -> list[Layer]:
    """What changes least comes first, so that a new version of the files moves one small layer."""
    layers: list[Layer] = [debian_rootfs(recipe.packages)] if recipe.packages else []
    if recipe.requirements:
        layers.append(Files({PYTHON_AT: python_packages(folder / recipe.requirements)}))
    if recipe.files:
        layers.append(Files({target: folder / source for source, target in recipe.files.items()}))
    return layers


def python_packages(requirements: Path, cache: Path | None = None) -> Path:
    """A folder with these packages; made once by pip, then taken from the cache."""
    if not requirements.exists():
        raise BuildFailed(f"there is no {requirements}", next_step=f"write it, or correct {FILE_NAME}")
    key = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = (cache or platformdirs.user_cache_path("leadsman") / "python") / key
    packages = folder / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not packages.exists():
            _install(requirements, packages)
    return packages


def _install(requirements: Path, packages: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="unfinished.", dir=packages.parent) as scratch:
        target = Path(scratch) / "packages"
        argv = (sys.executable, "-m", "pip", *PIP, *PURE, "--requirement", str(requirements), "--target", str(target))
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        if done.returncode != 0:
            step = "check that each line is a pure-Python wheel with its hash, and that the index answers"
            if "No module named pip" in done.stderr:
                step = f"{sys.executable} -m ensurepip"
            raise BuildFailed(f"pip could not install {requirements}:\n{done.stderr.strip()[-1000:]}", next_step=step)
        target.replace(packages)
