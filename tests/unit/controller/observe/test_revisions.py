"""AIRevisions: the record, which is never left out."""

from typing import Any

from leadsman.controller.observe.revisions import UnreadableRevision, revision
from leadsman.planner.world import Revision
from unit.controller.recordings import SERVICE, recorded, said_of


def stored() -> dict[str, Any]:
    return recorded("ours")["AIRevision"]


def test_a_revision_is_read_with_its_dossier() -> None:
    raw = stored()
    raw["status"] |= {"verdict": "RolledBack", "reason": "SignalFailed"}

    service, found = revision(said_of(raw), raw)

    assert service == SERVICE
    assert isinstance(found, Revision)
    assert found.spec.digest == raw["spec"]["digest"]
    assert (found.status.verdict, found.status.reason) == ("RolledBack", "SignalFailed")


def test_a_dossier_that_cannot_be_read_is_not_an_empty_one() -> None:
    raw = stored()
    raw["status"]["verdict"] = "Fine"

    service, found = revision(said_of(raw), raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)
    assert str(found).startswith(f"{raw['metadata']['name']}: status.verdict: Input should be 'Pending'")
    assert "\n" not in str(found)


def test_a_snapshot_that_cannot_be_read_still_belongs_to_its_service() -> None:
    raw = stored()
    raw["spec"]["digest"] = "sha1:0"

    service, found = revision(said_of(raw), raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)


def test_a_revision_without_anything_belongs_to_the_service_in_its_name() -> None:
    raw = {"metadata": {"name": "support-assistant-9b2e41c07d", "uid": "u"}}

    service, found = revision(said_of(raw), raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)


def test_a_label_that_names_another_service_does_not_take_the_record_away() -> None:
    raw = stored()
    raw["metadata"]["labels"] = {"leadsman.dev/service": "other"}

    assert revision(said_of(raw), raw)[0] == SERVICE


def test_a_snapshot_is_read_once() -> None:
    raw = stored()
    _, before = revision(said_of(raw), raw)
    raw["spec"] = {"service": {"name": SERVICE}}
    raw["status"]["verdict"] = "Serving"

    _, after = revision(said_of(raw), raw, before)

    assert isinstance(before, Revision)
    assert isinstance(after, Revision)
    assert after.spec is before.spec
    assert after.status.verdict == "Serving"
