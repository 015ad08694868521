"""What of a declaration can be simulated, and what is said of the rest."""

from typing import Any

import pytest
from pydantic import ValidationError

from leadsman.planner.revisions.digests import revision_digest
from leadsman.simulation.declaration import Declaration
from unit.planner.stories import spec


def declared(**changes: Any) -> Declaration:
    return Declaration.read("shop", "bot", spec(**changes))


def test_what_nobody_knows_of_the_past_is_left_out_and_said() -> None:
    gate = {"name": "quality", "suite": "qa"}
    found = declared(gates=[gate], inputs=[{"configMap": "prompts"}], riskBudgetRef={"name": "shared"})
    assert not found.spec.gates
    assert not found.spec.inputs
    assert found.spec.risk_budget_ref is None
    assert [words.split()[0] for words in found.left_out] == ["evaluations", "what", "what"]


def test_people_are_taken_to_agree_at_once() -> None:
    stages = [{"name": "some", "weight": 25, "approval": "Required"}]
    found = declared(rollout={"strategy": "Canary", "stages": stages, "paused": True})
    assert not found.spec.rollout.paused
    assert found.spec.rollout.stages[0].approval == "NotRequired"
    assert found.left_out == (
        "it is paused: simulated as if it were not",
        "approvals before some: simulated as if they were given at once",
    )


def test_what_can_be_known_is_as_it_is_declared() -> None:
    assert declared().left_out == ()
    assert declared().spec.rollout == Declaration.read("shop", "bot", spec()).spec.rollout


def test_each_generation_is_a_revision_of_its_own() -> None:
    found = declared()
    digests = {revision_digest(found.of(name), {}) for name in ("bot-a", "bot-b", "bot-a")}
    assert len(digests) == 2


def test_what_cannot_be_applied_is_refused() -> None:
    with pytest.raises(ValidationError):
        declared(replicas="four")
