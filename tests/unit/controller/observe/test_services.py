"""AIServices, and what becomes of those that cannot be read."""

from datetime import UTC, datetime
from typing import Any

from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.controller.observe.services import Declared, Unreadable, declared
from leadsman.planner.world import Service
from unit.controller.recordings import SERVICE, recorded, said_of


def stored() -> dict[str, Any]:
    return recorded("ours")["AIService"]


def seen(raw: dict[str, Any], kept: Declared | None = None) -> Declared:
    name, found = declared(said_of(raw), raw, kept)
    assert name == SERVICE
    return found


def test_a_service_is_read_beside_its_spec_as_it_was_written() -> None:
    raw = stored()
    found = seen(raw)

    assert isinstance(found.service, Service)
    assert found.service.spec.owner.team == raw["spec"]["owner"]["team"]
    assert found.service.raw == raw["spec"]
    assert (found.service.generation, found.service.deleting) == (1, False)
    assert found.service.created_at.tzinfo == UTC
    assert found.service.created_at > datetime(2026, 1, 1, tzinfo=UTC)
    assert found.inputs == frozenset(entry["configMap"] for entry in raw["spec"]["inputs"])


def test_a_service_that_nobody_has_looked_at_says_so() -> None:
    found = seen(stored())

    assert found.service.status == AIServiceStatus(observed_generation=-1)
    assert found.note == ""


def test_a_spec_of_another_version_is_said_to_be_unreadable_field_by_field() -> None:
    raw = stored()
    raw["spec"]["replicas"] = "four"
    raw["spec"]["shape"] = "round"
    del raw["spec"]["model"]["version"]

    found = seen(raw).service

    assert isinstance(found, Unreadable)
    assert "spec.replicas: Input should be a valid integer" in found.message
    assert "spec.shape: Extra inputs are not permitted" in found.message
    assert "spec.model.version: Field required" in found.message
    assert "four" not in found.message
    assert (found.name, found.uid) == (SERVICE, raw["metadata"]["uid"])


def test_of_many_mistakes_the_first_are_named_and_the_others_counted() -> None:
    raw = stored()
    raw["spec"] |= {f"odd{number}": 1 for number in range(9)}

    found = seen(raw).service

    assert isinstance(found, Unreadable)
    assert found.message.endswith("; and 4 more")


def test_a_service_without_a_spec_is_unreadable() -> None:
    raw = stored()
    del raw["spec"]

    found = seen(raw).service

    assert isinstance(found, Unreadable)
    assert found.message.startswith("spec: ")


def test_a_status_that_cannot_be_read_is_taken_for_empty_and_the_reason_is_kept() -> None:
    raw = stored()
    raw["status"]["servingRevision"] = {"name": "x"}

    found = seen(raw)

    assert isinstance(found.service, Service)
    assert found.service.status == AIServiceStatus()
    assert found.note == "status.servingRevision: Input should be a valid string"


def test_the_spec_of_one_generation_is_read_once() -> None:
    before = seen(stored())
    raw = stored()
    raw["spec"] = "whatever: it has not changed"
    raw["status"]["desiredRevision"] = "support-assistant-1111111111"

    after = seen(raw, before).service

    assert isinstance(before.service, Service)
    assert isinstance(after, Service)
    assert after.spec is before.service.spec
    assert after.status.desired_revision == "support-assistant-1111111111"


def test_a_service_that_is_being_deleted_says_so() -> None:
    raw = stored()
    raw["metadata"]["deletionTimestamp"] = "2026-11-23T20:00:00Z"

    assert seen(raw).service.deleting
