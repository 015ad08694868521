"""What a policy forbids in a spec, in the words that a user reads."""

from typing import Any

import pytest

from leadsman.planner.policies.objections import objections
from leadsman.planner.policies.provenance import moves
from unit.planner.policies.given import policy, world

DIGEST = "sha256:" + "a" * 64
PINNED = {"spec": {"containers": [{"name": "server", "image": f"registry.example.com/server@{DIGEST}"}]}}
MODEL = {"name": "llm", "version": "1"}


def told(asks: dict[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    return [(one.name, one.reason, one.message) for one in objections(world(policy(**asks), **changes))]


@pytest.mark.parametrize(
    ("reference", "is_moving"),
    [
        ("server", True),
        ("server:latest", True),
        ("server:LATEST", True),
        ("registry.example.com:5000/server", True),
        ("registry.example.com:5000/server:main", True),
        ("registry.example.com:5000/server:1.2", False),
        ("server:1", False),
        (f"server@{DIGEST}", False),
        (f"server:latest@{DIGEST}", False),
    ],
)
def test_a_moving_tag(reference: str, *, is_moving: bool) -> None:
    assert moves(reference) is is_moving


def test_a_digest_is_required() -> None:
    asks = {"provenance": {"digest": "Required"}}
    assert told(asks) == [("house/provenance.digest", "PolicyDenied", "spec.model.digest is absent")]
    assert told(asks, model={**MODEL, "digest": DIGEST}) == []


def test_moving_tags_are_refused_of_images_and_models() -> None:
    asks = {"provenance": {"movingTags": "Refused"}}
    assert told(asks) == []
    moving = {"spec": {"containers": [{"name": "server", "image": "server"}]}}
    ((name, reason, message),) = told(asks, template=moving, model={**MODEL, "uri": "oci://m.example.com/llm:stable"})
    assert (name, reason) == ("house/provenance.movingTags", "PolicyDenied")
    assert message.startswith("oci://m.example.com/llm:stable, server: a moving tag")
    assert told(asks, model={**MODEL, "uri": "oci://m.example.com/llm"})
    assert told(asks, model={**MODEL, "uri": "https://m.example.com/llm"}) == []


def test_what_is_not_pinned_is_refused() -> None:
    asks = {"unpinned": "Refuse"}
    ((name, _, message),) = told(asks)
    assert name == "house/unpinned"
    assert message == "ImageTag registry.example.com/server:1 can change without a new revision"
    assert told(asks, template=PINNED) == []
    assert told({"unpinned": "Warn"}) == []


def test_a_risk_budget_by_reference_is_required() -> None:
    asks = {"riskBudget": "Required"}
    assert told(asks) == [("house/riskBudget", "PolicyDenied", "spec.riskBudgetRef is absent")]
    assert told(asks, riskBudgetRef={"name": "shared"}) == []
