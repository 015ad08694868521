"""The ledger of real rollouts leaves the cluster whole, and shows what was done to it on the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cluster import Space
from harness.ledgers import ledger
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import canary, is_back, is_promoted
from harness.services import ai_service
from harness.user import User
from leadsman.ledger import export

pytestmark = pytest.mark.integration


def verify(file: Path) -> subprocess.CompletedProcess[str]:
    """Where there is no cluster."""
    argv = [sys.executable, "-m", "leadsman", "audit", "verify", "-f", str(file)]
    nowhere = {**os.environ, "KUBECONFIG": "/there/is/none", "NO_COLOR": "1"}
    return subprocess.run(argv, env=nowhere, capture_output=True, text=True, check=False)


def test_a_rollout_and_a_rollback_are_exported_and_verified_and_a_changed_copy_is_found(
    operator: OperatorProcess, space: Space, tmp_path: Path
) -> None:
    user, file = User(space, str(space.cluster.kubeconfig)), tmp_path / "export.jsonl"
    good, bad = (Script(), is_promoted), (Script(outcome="Crash"), is_back)
    for version, (script, end) in (("1", good), ("2", good), ("3", bad)):
        space.apply(ai_service("chat", version, script, rollout=canary()))
        space.wait("AIService", "chat", end)

    user.run("audit", "export", "chat", "-o", str(file))
    again = user.run("audit", "export").stdout
    log = user.run("audit", "log", "chat").stdout
    verified = verify(file)

    entries = [line.entry for line in export.read(file.read_text()).entries]
    assert again == file.read_text()
    assert entries == ledger(space, "chat")
    assert {"promotion.verified", "rollback.verified"} <= {entry.type for entry in entries}
    assert len(log.splitlines()) == len(entries) + 1
    assert f"{len(entries)} entries of 1 services: nothing was found" in verified.stdout
    assert verified.returncode == 0

    changed = tmp_path / "changed.jsonl"
    changed.write_text(file.read_text().replace("rolled back and quarantined", "watched"))
    found = verify(changed)
    assert "was changed" in found.stdout
    assert found.returncode == 1
