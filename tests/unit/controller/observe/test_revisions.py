"""AIRevisions: the record, which is never left out."""

import json
from typing import Any

from leadsman.controller.observe.revisions import UnreadableRevision, pack, unpack
from leadsman.planner.world import Revision
from unit.controller.recordings import SERVICE, recorded, said_of


def stored() -> dict[str, Any]:
    return recorded("ours")["AIRevision"]


def seen(raw: dict[str, Any]) -> tuple[str, Revision | UnreadableRevision]:
    service, packed = pack(said_of(raw), raw)
    return service, unpack(packed)


def test_a_revision_is_read_with_its_dossier() -> None:
    raw = stored()
    raw["status"] |= {"verdict": "RolledBack", "reason": "SignalFailed"}

    service, found = seen(raw)

    assert service == SERVICE
    assert isinstance(found, Revision)
    assert (found.name, found.uid) == (raw["metadata"]["name"], raw["metadata"]["uid"])
    assert (found.resource_version, found.labels) == (
        raw["metadata"]["resourceVersion"],
        {"leadsman.dev/service": SERVICE},
    )
    assert found.spec.digest == raw["spec"]["digest"]
    assert (found.status.verdict, found.status.reason) == ("RolledBack", "SignalFailed")


def test_a_dossier_that_cannot_be_read_is_not_an_empty_one() -> None:
    raw = stored()
    raw["status"]["verdict"] = "Fine"

    service, found = seen(raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)
    assert str(found).startswith(f"{raw['metadata']['name']}: status.verdict: Input should be 'Pending'")
    assert "\n" not in str(found)


def test_a_snapshot_that_cannot_be_read_still_belongs_to_its_service() -> None:
    raw = stored()
    raw["spec"]["digest"] = "sha1:0"

    service, found = seen(raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)


def test_a_revision_without_anything_belongs_to_the_service_in_its_name() -> None:
    raw = {"metadata": {"name": "support-assistant-9b2e41c07d", "uid": "u"}}

    service, found = seen(raw)

    assert service == SERVICE
    assert isinstance(found, UnreadableRevision)


def test_a_label_that_names_another_service_does_not_take_the_record_away() -> None:
    raw = stored()
    raw["metadata"]["labels"] = {"leadsman.dev/service": "other"}

    assert seen(raw)[0] == SERVICE


def test_a_dossier_takes_little_room_until_it_is_read() -> None:
    raw = stored()
    entry = {"at": "2026-11-23T10:00:00Z", "type": "stage.entered", "message": "Stage canary, at weight 10"}
    hashes = [f"sha256:{number:064x}" for number in range(101)]
    chain = [{**entry, "sequence": i, "previous": hashes[i], "hash": hashes[i + 1]} for i in range(100)]
    raw["status"]["ledger"] = {"entries": chain}

    _, packed = pack(said_of(raw), raw)
    found = unpack(packed)

    assert len(packed.content) < len(json.dumps(raw)) / 5
    assert isinstance(found, Revision)
    assert found.status.ledger
    assert len(found.status.ledger.entries) == 100
