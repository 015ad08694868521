"""What a revision changes: model, pods and inputs of two AIRevisions, as the lines of a unified diff."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from leadsman.api.v1alpha1 import AIRevision
from leadsman.planner.labels import PREFIX

Data = Mapping[str, Any]
_LINES_AROUND: Final = 3
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that a terminal obeys or hides: whoever approves sees them written out."""


def changed_inputs(before: AIRevision | None, after: AIRevision) -> frozenset[str]:
    """ConfigMaps that hold something else, or that only one of the two has."""
    old = {one.config_map: one.digest for one in before.spec.inputs} if before else {}
    new = {one.config_map: one.digest for one in after.spec.inputs}
    return frozenset(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def difference(before: AIRevision | None, after: AIRevision, held: Mapping[str, Mapping[str, Data]]) -> tuple[str, ...]:
    """Lines without ends; empty: they are the same, but for what is not pinned.

    Args:
        before: what serves. None: nothing does, so that all of it is new.
        after: what is to come.
        held: what inputs hold, by revision and ConfigMap, as far as it is known.
    """
    old = _lines(before, held) if before else []
    name = (before.metadata.name or "") if before else "nothing"
    new = _lines(after, held)
    return tuple(difflib.unified_diff(old, new, name, after.metadata.name or "", n=_LINES_AROUND, lineterm=""))


def _lines(revision: AIRevision, held: Mapping[str, Mapping[str, Data]]) -> list[str]:
    text = yaml.dump(_shown(revision, held), Dumper=_Readable, allow_unicode=True, width=110)
    for pinned in revision.spec.inputs:  # copies have another name in each revision
        text = text.replace(pinned.copy_, pinned.config_map)
    return [_visible(line) for line in text.split("\n")[:-1]]


def _shown(revision: AIRevision, held: Mapping[str, Mapping[str, Data]]) -> dict[str, Any]:
    spec = revision.spec
    known = held.get(revision.metadata.name or "", {})
    return {
        "model": spec.model.to_dict(),
        "template": _without_own_labels(spec.template),
        "inputs": {one.config_map: {"digest": one.digest, **known.get(one.config_map, {})} for one in spec.inputs},
        "unpinned": [f"{one.kind} {one.name}" for one in spec.unpinned],
    }


def _without_own_labels(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata: Mapping[str, Any] = template.get("metadata") or {}
    labels: Mapping[str, str] = metadata.get("labels") or {}
    kept = {key: value for key, value in labels.items() if not key.startswith(PREFIX)}
    return {**template, "metadata": {**metadata, "labels": kept}}


def _visible(line: str) -> str:
    return "".join(_spelt(line))


def _spelt(line: str) -> Iterator[str]:
    for character in line:
        hidden = character != "\t" and unicodedata.category(character) in _UNSEEN
        yield f"\\u{{{ord(character):x}}}" if hidden else character


class _Readable(yaml.SafeDumper):
    """Texts of several lines as such: prompts are read, not decoded."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Readable.add_representer(str, _text)
