"""The ledger leaves the cluster: into a file, over kills, full disks and restored clusters."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.cluster import Cluster, Object, Space, status_of
from harness.ledgers import ledger
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, Predicate, is_back, is_promoted
from harness.services import ai_service, reason_of, serves
from harness.sinks import delivered, lines_of
from harness.waiting import eventually
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import verify
from leadsman.ledger.checkpoint import is_signed_by, signing_key
from leadsman.ledger.lines import CheckpointLine

pytestmark = pytest.mark.integration


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    """As openssl writes it."""
    file = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)], check=True)
    return signing_key(file.read_bytes())


@pytest.fixture
def operator(
    definitions: Cluster, space: Space, tmp_path: Path, sink: Path, key: Ed25519PrivateKey
) -> Iterator[OperatorProcess]:
    file = {"name": "archive", "file": {"path": str(sink)}}
    settings = {"ledger": {"sinks": [file], "keyFile": str(tmp_path / "key.pem")}}
    operator = OperatorProcess(
        cluster=space.cluster, log=tmp_path / "operator.log", namespaces=(space.name,), settings=settings
    )
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


def acknowledged(space: Space) -> int:
    return max(one["status"].get("ledger", {}).get("acknowledged", 0) for one in space.list("airevision"))


def is_degraded_by(reason: str) -> Predicate:
    def held(seen: Object) -> bool:
        return status_of(seen, "EvidenceDegraded") == "True" and reason_of(seen, "EvidenceDegraded") == reason

    return held


def test_a_rollout_and_a_rollback_are_in_the_file_and_acknowledged_at_the_end(
    operator: OperatorProcess, space: Space, sink: Path
) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)
    space.apply(ai_service("chat", "2", Script(outcome="Crash"), rollout=AT_ONCE))
    space.wait("AIService", "chat", is_back)
    entries = ledger(space, "chat")
    eventually(lambda: delivered(sink, space.name, "chat") == entries)
    assert operator.metric("leadsman_ledger_undelivered", sink="archive") == 0
    assert operator.stop() == 0
    assert acknowledged(space) == len(entries)
    before = lines_of(sink)
    operator.start()
    assert lines_of(sink) == before


def test_what_is_delivered_is_signed_once_it_was_promoted(
    operator: OperatorProcess, space: Space, sink: Path, key: Ed25519PrivateKey
) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)
    last = eventually(lambda: [line for line in lines_of(sink) if isinstance(line, CheckpointLine)])[-1]
    assert is_signed_by(last, key.public_key())
    entries = delivered(sink, space.name, "chat")
    assert verify(entries, checkpoint=LedgerHead(sequence=last.sequence, hash=last.hash)) == ()
    told = next(line for line in operator.lines() if line["message"] == "signs the ledger")
    assert told["key"] == last.key


def test_after_a_kill_nothing_is_missing_and_nothing_is_there_twice(
    operator: OperatorProcess, space: Space, sink: Path
) -> None:
    for version in ("1", "2", "3"):
        space.apply(ai_service("chat", version, rollout=AT_ONCE))
        space.wait("AIService", "chat", serves(version))
        operator.kill()
        operator.start()
    space.wait("AIService", "chat", is_promoted)
    entries = ledger(space, "chat")
    eventually(lambda: delivered(sink, space.name, "chat") == entries)
    assert delivered(sink, space.name, "chat") == entries
    assert verify(entries) == ()


def test_a_sink_that_has_seen_more_than_the_cluster_holds_what_moves_forward_until_it_is_given_up(
    operator: OperatorProcess, space: Space, sink: Path
) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)
    entries = ledger(space, "chat")
    eventually(lambda: delivered(sink, space.name, "chat") == entries)
    operator.kill()
    space.kubectl("delete", "aiservice,airevision", "--all")
    operator.start()
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    seen = space.wait("AIService", "chat", is_degraded_by("LedgerRolledBack"))
    (blocker,) = [one for one in seen["status"]["blockers"] if one["reason"] == "LedgerRolledBack"]
    assert entries[-1].hash in blocker["unblock"]
    assert seen["status"].get("servingRevision") is None
    assert delivered(sink, space.name, "chat") == entries
    events = eventually(lambda: [one for one in space.list("event") if one["reason"] == "LedgerRolledBack"])
    assert events[0]["type"] == "Warning"

    operator.kill()
    operator.settings["ledger"]["givenUp"] = [entries[-1].hash]
    operator.start()
    space.wait("AIService", "chat", is_promoted)
    anew = ledger(space, "chat")
    eventually(lambda: delivered(sink, space.name, "chat")[len(entries) :] == anew)
