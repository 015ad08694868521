"""An operator that is killed again and again while it delivers: each entry arrives, once, in its order."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from chaos.conftest import Operators
from chaos.fleet import Fleet
from harness.cluster import Space
from harness.ledgers import ledger
from harness.sinks import delivered
from harness.waiting import eventually
from leadsman.ledger.chain import verify

pytestmark = pytest.mark.chaos

KILLS = int(os.environ.get("LEADSMAN_LEDGER_KILLS", "20"))
LIVES_SECONDS = 1.5


@pytest.mark.timeout(120 + 12 * KILLS)
def test_after_kills_at_any_instant_the_sink_has_each_entry_once_and_in_order(
    operators: Operators, fragile_space: Space, tmp_path: Path
) -> None:
    sink, chance = tmp_path / "ledger.jsonl", random.Random()  # noqa: S311  # when to die, not a secret
    settings = {"ledger": {"sinks": [{"name": "archive", "file": {"path": str(sink)}}]}}
    operator = operators(fragile_space, forks=True, settings=settings)
    fleet = Fleet(fragile_space, ["chat", "search", "summary"])
    for _ in range(KILLS):
        operator.launch()
        eventually(lambda: operator.has_said("all there is has been seen"), within_seconds=60)
        fleet.change()
        with pytest.raises(subprocess.TimeoutExpired):
            operator.wait(chance.uniform(0, LIVES_SECONDS))
        operator.kill()
    operator.start()
    fleet.wait()
    expected = {name: ledger(fragile_space, name) for name in fleet.names}
    eventually(lambda: {name: delivered(sink, fragile_space.name, name) for name in fleet.names} == expected)
    assert all(verify(entries) == () for entries in expected.values())
    print(f"{KILLS} kills, {len(sink.read_bytes().splitlines())} lines")  # noqa: T201
