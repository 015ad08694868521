"""What was read for one service, as models. Fields of a later version of the API are left out, not refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from leadsman.api.meta import Resource
from leadsman.api.v1alpha1 import AIRevision, AIService
from leadsman.cli.errors import Unreadable
from leadsman.planner.labels import REVISION

Object = Mapping[str, Any]
Found = TypeVar("Found", bound=Resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    service: AIService
    revisions: Mapping[str, AIRevision]
    """By name."""
    deployments: Mapping[str, Object]
    """By the revision that they run."""
    pods: Mapping[str, tuple[Object, ...]]
    """By revision."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


def read(kind: type[Found], raw: Object) -> Found:
    """Raise Unreadable where a value is one that this version does not know."""
    try:
        return kind.model_validate(raw, extra="ignore", by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Unreadable(
            f"{kind.__name__} {raw['metadata']['name']} says something that this version of leadsman does not know: "
            f"{field}: {first['msg']}",
            next_step="install the version of leadsman that the cluster runs; meanwhile -o yaml of `leadsman get` "
            "shows it as it is",
        ) from error


def label(found: Object, key: str) -> str:
    labels: Mapping[str, str] = found["metadata"].get("labels") or {}
    return labels.get(key, "")


def by_revision(objects: tuple[Object, ...]) -> dict[str, tuple[Object, ...]]:
    grouped: dict[str, list[Object]] = {}
    for found in objects:
        grouped.setdefault(label(found, REVISION), []).append(found)
    return {revision: tuple(those) for revision, those in grouped.items()}


def observe(
    service: Object,
    *,
    revisions: tuple[Object, ...] = (),
    deployments: tuple[Object, ...] = (),
    pods: tuple[Object, ...] = (),
    notes: tuple[str, ...] = (),
) -> Observed:
    return Observed(
        service=read(AIService, service),
        revisions={one["metadata"]["name"]: read(AIRevision, one) for one in revisions},
        deployments={revision: those[0] for revision, those in by_revision(deployments).items()},
        pods=by_revision(pods),
        notes=notes,
    )
