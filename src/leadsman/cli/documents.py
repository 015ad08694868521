"""Declarations in files, as `-f` names them, and what is wrong with them."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.cli.errors import CommandFailed
from leadsman.planner.revisions.digests import input_digest

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Of the schema."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def read(file: str) -> Iterator[Object]:
    """Its objects, those in Lists too; `-` is stdin.

    Raises:
        CommandFailed: it cannot be read, or is not YAML.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        for document in yaml.safe_load_all(text):
            yield from _objects(document)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read: {error}", next_step="give the path of a YAML file") from error
    except yaml.YAMLError as error:
        raise CommandFailed(
            f"{file} is not YAML: {error}", next_step="correct it at the place that is named"
        ) from error


def files(given: Iterable[str]) -> Iterator[str]:
    """As they are given, and of folders all YAML files in them."""
    for one in given:
        if Path(one).is_dir():
            yield from (str(path) for path in sorted(Path(one).rglob("*.y*ml")) if path.suffix in {".yaml", ".yml"})
        else:
            yield one


def _objects(document: Any) -> Iterator[Object]:
    """One, or those of a List."""
    if isinstance(document, dict):
        found = cast("dict[str, Any]", document)
        yield from (found["items"] if isinstance(found.get("items"), list) else [found])


def mistakes(error: ValidationError) -> Iterator[Mistake]:
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in one["loc"]).lstrip(".")
        yield Mistake(place, one["msg"])


def inputs(spec: AIServiceSpec, found: Iterable[Object]) -> dict[str, str]:
    """Digests of those ConfigMaps under spec.inputs that are among the objects found."""
    wanted = {one.config_map for one in spec.inputs}
    named = {
        config_map["metadata"]["name"]: config_map
        for config_map in found
        if config_map.get("kind") == "ConfigMap" and "name" in config_map.get("metadata", {})
    }
    return {name: input_digest(config_map) for name, config_map in named.items() if name in wanted}
