"""The ledger leaves the cluster: into a file, over kills, full disks and restored clusters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, Object, Space, status_of
from harness.ledgers import ledger
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, Predicate, is_back, is_promoted
from harness.services import ai_service, reason_of, serves
from harness.sinks import delivered, lines_of
from harness.waiting import eventually
from leadsman.ledger.chain import verify

pytestmark = pytest.mark.integration


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def operator(definitions: Cluster, space: Space, tmp_path: Path, sink: Path) -> Iterator[OperatorProcess]:
    settings = {"ledger": {"sinks": [{"name": "archive", "file": {"path": str(sink)}}]}}
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
    operator.start()
    assert len(lines_of(sink)) == len(entries)


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
    assert len(lines_of(sink)) == len(entries)
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
    assert len(lines_of(sink)) == len(entries)
    events = eventually(lambda: [one for one in space.list("event") if one["reason"] == "LedgerRolledBack"])
    assert events[0]["type"] == "Warning"

    operator.kill()
    operator.settings["ledger"]["givenUp"] = [entries[-1].hash]
    operator.start()
    space.wait("AIService", "chat", is_promoted)
    anew = ledger(space, "chat")
    eventually(lambda: delivered(sink, space.name, "chat")[len(entries) :] == anew)
