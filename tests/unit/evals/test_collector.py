"""The collector beside an evaluation: a real process, with real files."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.results import GOLDEN, golden
from leadsman.evals import collector
from leadsman.evals.collector import files, main
from leadsman.evals.normal import UnreadableResults
from leadsman.evals.readers import read
from leadsman.evals.transcript import decode

COMMAND = [sys.executable, "-m", "leadsman.evals.collector"]
SUITE = '<testsuite><testcase name="a"/></testsuite>'


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableResults) as caught:
        decode(collector.transcript("JUnit", str(path)))
    return str(caught.value)


def test_it_waits_for_the_end_of_the_evaluation_and_then_prints_the_results(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--format", "JUnit", "--path", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as run:
        (tmp_path / "junit.xml").write_text(SUITE)
        run.send_signal(signal.SIGTERM) if _blocks(run.pid) else pytest.fail("does not wait for SIGTERM")
        printed, _ = run.communicate(timeout=60)
    assert run.returncode == 0
    assert decode(printed.splitlines()) == read("JUnit", {"junit.xml": SUITE.encode()})


def _blocks(pid: int) -> bool:
    """Is SIGTERM blocked, as /proc tells? Asked again and again while the process starts."""
    while line := [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigBlk")]:
        if int(line[0].split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            return True
    return False


def test_once_prints_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--format", "InspectAI", "--path", str(GOLDEN / "inspect_ai" / "full_eval"), "--once"])
    assert decode(capsys.readouterr().out.splitlines()) == read("InspectAI", golden("inspect_ai", "full_eval"))


def test_it_starts_without_what_the_operator_needs() -> None:
    heavy = {"pydantic", "pydantic_core", "kopf", "aiohttp", "kubernetes", "yaml", "rich", "typer", "asyncio"}
    said = subprocess.run(
        [sys.executable, "-c", "import leadsman.evals.collector, sys; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert heavy.isdisjoint(said.stdout.split())


def test_what_can_not_be_read_is_said_in_the_transcript(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "found nothing: format JUnit needs files named *.xml"
    (tmp_path / "core").write_text("x")
    assert "found nothing" in refusal(tmp_path)
    (tmp_path / "half.xml").write_text(SUITE[:20])
    assert "half.xml is no XML" in refusal(tmp_path)
    assert "can't be read: No such file or directory" in refusal(tmp_path / "nothing")


def test_a_path_may_name_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(SUITE)
    (tmp_path / "b.xml").write_text(SUITE)
    assert set(files(str(tmp_path / "a.xml"), (".xml",))) == {"a.xml"}


def test_only_regular_files_below_the_path_are_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(SUITE)
    results = tmp_path / "results"
    (results / "inside").mkdir(parents=True)
    (results / "inside" / "junit.xml").write_text(SUITE)
    (results / "link.xml").symlink_to(secret)
    (results / "folder").symlink_to(tmp_path)
    os.mkfifo(results / "pipe.xml")
    assert set(files(str(results), (".xml",))) == {"inside/junit.xml"}


def test_a_path_that_leads_over_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.xml").write_text(SUITE)
    (tmp_path / "results").symlink_to(tmp_path / "elsewhere")
    for path in ("results", "results/a.xml"):
        assert "leads over a symbolic link" in refusal(tmp_path / path)


def test_sizes_and_numbers_are_bounded_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "large.xml").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    assert "large.xml is larger than the 67108864 bytes that are left" in refusal(tmp_path)
    monkeypatch.setattr(collector, "FILES", 1)
    for name in ("large.xml", "small.xml"):
        (tmp_path / name).write_text(SUITE)
    assert "has more than 1 files *.xml" in refusal(tmp_path)
    monkeypatch.setattr(collector, "ENTRIES", 1)
    assert "has more than 1 entries" in refusal(tmp_path)


def test_a_format_that_nobody_knows_is_refused_by_the_command(capsys: pytest.CaptureFixture[Any]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--format", "CSV", "--path", "/results"])
    assert "invalid choice: 'CSV'" in capsys.readouterr().err
