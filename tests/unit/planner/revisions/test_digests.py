"""What makes another revision, and what does not."""

import copy
from typing import Any

import pytest

from leadsman.planner.revisions.digests import input_digest, revision_digest, revision_name

SPEC: dict[str, Any] = {
    "owner": {"team": "support-ai", "accountable": "dana@example.com"},
    "model": {"name": "support-llm", "version": "2026.11.1"},
    "replicas": 4,
    "template": {"spec": {"containers": [{"name": "server", "image": "registry.example.com/server:1"}]}},
    "rollout": {"strategy": "Canary", "stages": [{"name": "canary", "weight": 10}]},
}
PROMPTS = {"metadata": {"name": "prompts", "labels": {"a": "b"}}, "data": {"system": "Be kind."}}
INPUTS = {"prompts": input_digest(PROMPTS)}


def changed(path: str, value: Any) -> dict[str, Any]:
    spec = copy.deepcopy(SPEC)
    *folders, last = path.split(".")
    place = spec
    for folder in folders:
        place = place[folder]
    place[last] = value
    return spec


def test_a_digest_never_changes_with_a_version_of_leadsman_or_of_a_library() -> None:
    """If this fails, upgrading the operator would roll out every service of a cluster anew."""
    assert INPUTS["prompts"] == "sha256:8f7543b0ecd8db9353d6133d18554308aad4c9148d8f5aaa124a66bae9f5c1c6"
    assert revision_digest(SPEC, INPUTS) == "sha256:137bf3b560addd8b12d8ac39d18c0c48d2053e47dcae98cee2388d3ffdd97969"


@pytest.mark.parametrize(
    "spec",
    [
        changed("template.spec.containers", [{"name": "server", "image": "registry.example.com/server:2"}]),
        changed("template.metadata", {"annotations": {"restart": "now"}}),
        changed("model.version", "2026.11.2"),
        changed("model.digest", "sha256:" + "0" * 64),
    ],
)
def test_other_pods_or_another_model_are_another_revision(spec: dict[str, Any]) -> None:
    assert revision_digest(spec, INPUTS) != revision_digest(SPEC, INPUTS)


def test_another_prompt_is_another_revision() -> None:
    kinder = {**PROMPTS, "data": {"system": "Be kinder."}}

    assert revision_digest(SPEC, {"prompts": input_digest(kinder)}) != revision_digest(SPEC, INPUTS)
    assert revision_digest(SPEC, {}) != revision_digest(SPEC, INPUTS)


@pytest.mark.parametrize(
    "spec",
    [
        changed("replicas", 9),
        changed("owner.team", "other"),
        changed("rollout.strategy", "AllAtOnce"),
        changed("restartedAt", "2026-11-23T10:00:00Z"),
        changed("monitors", [{"name": "errors"}]),
        changed("gates", []),
    ],
)
def test_replicas_owner_gates_monitors_rollout_and_restarts_are_not(spec: dict[str, Any]) -> None:
    assert revision_digest(spec, INPUTS) == revision_digest(SPEC, INPUTS)


def test_labels_of_an_input_are_not_part_of_the_behaviour() -> None:
    assert input_digest({**PROMPTS, "metadata": {"name": "prompts"}}) == INPUTS["prompts"]


def test_an_input_without_content_and_one_with_none_are_the_same() -> None:
    assert input_digest({"data": None}) == input_digest({}) == input_digest({"binaryData": {}})


def test_a_name_carries_ten_digits_of_the_digest() -> None:
    assert revision_name("support-assistant", "sha256:9b2e41c07d" + "0" * 54) == "support-assistant-9b2e41c07d"
