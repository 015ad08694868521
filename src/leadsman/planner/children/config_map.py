"""The immutable copies of a revision's inputs, which outlive the service as the record does."""

from collections.abc import Mapping
from typing import Any, Final

from leadsman.api.v1alpha1.airevision import AIRevisionSpec, PinnedInput
from leadsman.ledger.canonical import digest
from leadsman.planner.children.content import copy_content
from leadsman.planner.children.ownership import Owner
from leadsman.planner.children.rendering import Origin, Rendered
from leadsman.planner.labels import INPUT, REVISION
from leadsman.planner.revisions.digests import NAME_DIGITS
from leadsman.planner.world import ChildKind, World

COPY: Final = "leadsman.dev/copy/v1"


def copy_name(config_map: str, revision: str) -> str:
    """`<input>-<digest10>`, of the revision's name.

    Not the ten digits of the revision's digest: services with the same template, model and inputs share those, and
    may stand in one namespace.
    """
    digits = digest(COPY, revision).removeprefix("sha256:")[:NAME_DIGITS]
    return f"{config_map}-{digits}"


def render_copy(world: World, pinned: PinnedInput, revision: Owner) -> Rendered:
    """With its data where that is at hand. Where the copy exists, its own data is kept (`carried`)."""
    return Rendered(
        kind=ChildKind.CONFIG_MAP,
        name=pinned.copy_,
        origin=Origin(namespace=world.service.namespace, service=world.service.name, owner=revision),
        body={"immutable": True, **(original(world, pinned) or {})},
        extra_labels={REVISION: revision.name, INPUT: "copy"},
        known_digest=copy_content(pinned.digest),
    )


def original(world: World, pinned: PinnedInput) -> Mapping[str, Any] | None:
    """What the input holds. None: it holds something else by now, or is gone."""
    found = world.inputs.get(pinned.config_map)
    return found.data if found is not None and found.digest == pinned.digest else None


def is_pinned(world: World, pinned: PinnedInput) -> bool:
    """Is there a copy that holds what was recorded? Whoever made it."""
    copy = world.others.get((ChildKind.CONFIG_MAP, pinned.copy_))
    return copy is not None and not copy.deleting and copy.content == copy_content(pinned.digest)


def lost(world: World, spec: AIRevisionSpec) -> tuple[str, ...]:
    """Copies that are not there as recorded and cannot be made again.

    Pods of the revision would not start, or run on something that nobody has judged.
    """
    return tuple(
        pinned.copy_ for pinned in spec.inputs if not is_pinned(world, pinned) and original(world, pinned) is None
    )
