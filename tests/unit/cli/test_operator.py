"""`leadsman operator run`, as far as it gets without a cluster."""

from pathlib import Path

import pytest

from leadsman.cli import operator
from leadsman.cli.operator import OperatorEnded


def test_a_mistake_in_the_file_is_told_before_anything_starts(tmp_path: Path) -> None:
    config = tmp_path / "operator.yaml"
    config.write_text("worker: 4")
    with pytest.raises(OperatorEnded, match="worker: there is no such setting") as caught:
        operator.run(config=config)
    assert "docs/operator.md" in caught.value.next_step


def test_a_mistake_in_a_flag_is_told_in_the_same_words() -> None:
    with pytest.raises(OperatorEnded, match="provider default: its address starts with http"):
        operator.run(prometheus="localhost:9090")
