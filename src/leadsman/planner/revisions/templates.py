"""What do the pods of a revision look like? The user's template, with labels and pinned ConfigMaps; done once."""

import copy
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from leadsman.api.v1alpha1.airevision import Unpinned
from leadsman.planner.labels import REVISION, SERVICE
from leadsman.planner.revisions.references import config_maps, images, outside_volumes, secrets

LIMIT_BYTES: Final = 256 * 1024
"""The dossier that carries the template has to fit into etcd with everything else that is recorded."""
_UNPINNED, _NAME = 128, 512
"""How many fit into the record, and how long."""
_PINNED_IMAGE: Final = re.compile(r"@[a-z0-9]+([+._-][a-z0-9]+)*:[0-9a-f]{32,}$")


def render_template(
    raw_template: Mapping[str, Any], *, service: str, revision: str, copies: Mapping[str, str]
) -> dict[str, Any]:
    """Whatever the user wrote comes out, also what no API server would accept: that one says so in its own words.

    Args:
        raw_template: as the user wrote it.
        service: the AIService's name.
        revision: the AIRevision's name.
        copies: name of the immutable copy of each ConfigMap under spec.inputs.
    """
    template = copy.deepcopy(dict(raw_template))
    for reference in config_maps(template):
        reference["name"] = copies.get(reference["name"], reference["name"])
    return stamped(template, "labels", {SERVICE: service, REVISION: revision})


def stamped(template: Mapping[str, Any], field: str, values: Mapping[str, str]) -> dict[str, Any]:
    """With these labels or annotations. Metadata that is no object is left for the API server to refuse."""
    metadata: Any = {} if template.get("metadata") is None else template["metadata"]
    if not isinstance(metadata, Mapping):
        return dict(template)
    known = cast("Mapping[str, Any]", metadata)
    present: Any = {} if known.get(field) is None else known[field]
    if not isinstance(present, Mapping):
        return dict(template)
    return {**template, "metadata": {**known, field: {**cast("Mapping[str, Any]", present), **values}}}


def unpinned(template: Mapping[str, Any], inputs: Collection[str]) -> tuple[Unpinned, ...]:
    """What the pods use that can change without a new revision.

    Args:
        template: the pod template.
        inputs: names of the ConfigMaps in it that cannot change.
    """
    found = dict.fromkeys(
        (
            *(("Secret", name) for name in secrets(template)),
            *(
                ("ConfigMap", reference["name"])
                for reference in config_maps(template)
                if reference["name"] not in inputs
            ),
            *(("ImageTag", image) for image in images(template) if not _PINNED_IMAGE.search(image)),
            *(("Volume", volume) for volume in outside_volumes(template)),
        )
    )
    shown = dict.fromkeys((kind, name[:_NAME]) for kind, name in found)
    if len(shown) > _UNPINNED:
        first = list(shown)[: _UNPINNED - 1]
        shown = dict.fromkeys((*first, (list(shown)[-1][0], f"and {len(shown) - len(first)} more")))
    return tuple(Unpinned.from_dict({"kind": kind, "name": name}) for kind, name in shown)


def template_size(template: Mapping[str, Any]) -> int:
    """In bytes of JSON."""
    return len(json.dumps(template, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def too_large(template: Mapping[str, Any]) -> str | None:
    """What to tell the user. None: it fits."""
    size = template_size(template)
    if size <= LIMIT_BYTES:
        return None
    return (
        f"the pod template has {-(-size // 1024)} KiB, and at most {LIMIT_BYTES // 1024} KiB fit into a revision's "
        "record: move long texts into ConfigMaps and name them under spec.inputs"
    )
