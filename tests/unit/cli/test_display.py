"""What is written while a service is watched: lines for logs, documents for programs, a screen for people."""

import io
import json

import pytest
import yaml
from rich.console import Console

from harness.moments import MOMENTS
from leadsman.cli.display import Documents, Lines, Screen
from leadsman.cli.view.observed import observe
from leadsman.cli.view.overview import Overview, overview


def seen(moment: str) -> Overview:
    return overview(observe(MOMENTS[moment]))


def test_a_log_has_a_line_for_each_change_and_none_where_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    written: list[str] = []
    lines = Lines(written.append)

    for moment in ("rolling out", "rolling out", "baking", "promoted", "promoted"):
        lines.show(seen(moment))

    assert [line.split()[2] for line in written] == ["RollingOut", "Baking", "Promoted"]
    lines.close()
    assert "✔ support/assistant" in capsys.readouterr().out


def test_json_is_one_document_a_line() -> None:
    written: list[str] = []
    documents = Documents("json", written.append)

    for moment in ("created", "created", "promoted"):
        documents.show(seen(moment))

    assert [json.loads(line)["standing"] for line in written] == ["Unseen", "Ready"]


def test_yaml_documents_are_parted_by_dashes() -> None:
    written: list[str] = []
    documents = Documents("yaml", written.append)

    documents.show(seen("created"))
    documents.show(seen("rolled back"))

    assert [one["standing"] for one in yaml.safe_load_all("\n".join(written))] == ["Unseen", "Failed"]


def test_a_screen_is_redrawn_and_leaves_the_last_picture() -> None:
    written = io.StringIO()
    terminal = Console(
        file=written, force_terminal=True, _environ={"TERM": "xterm"}, width=100, height=8, legacy_windows=False
    )
    screen = Screen(terminal)

    screen.show(seen("rolling out"))
    screen.show(seen("promoted"))
    screen.close()

    assert "stage canary at 10 %" in written.getvalue()
    assert "Promoted" in written.getvalue().rpartition("RollingOut")[2]
