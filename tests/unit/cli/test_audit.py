"""`leadsman audit` on files: no cluster is asked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harness.exports import exported
from leadsman.cli import app
from leadsman.cli.errors import CommandFailed, NotFound, UnusableInput
from leadsman.ledger.export import write
from leadsman.ledger.lines import EntryLine
from unit.planner.stories import serving

SIMULATION, _ = serving()
LINES = exported(SIMULATION)
TEXT = write(LINES)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "export.jsonl"
    made.write_text(TEXT)
    return made


def audit(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, words)])


def failure(*words: str | Path) -> CommandFailed:
    found = audit(*words).exception
    assert isinstance(found, CommandFailed)
    return found


def moved(line: EntryLine, namespace: str) -> EntryLine:
    return line.model_copy(update={"namespace": namespace})


def test_log_has_a_row_for_each_entry(file: Path) -> None:
    done = audit("log", "bot", "-f", file)

    rows = done.stdout.splitlines()
    assert done.exit_code == 0
    assert rows[0].split() == ["SEQUENCE", "AT", "TYPE", "REVISION", "WHO", "REASON", "MESSAGE"]
    assert [row.split()[0] for row in rows[1:]] == [str(one.entry.sequence) for one in LINES]
    assert "serves everyone" in done.stdout


def test_log_as_data_has_the_whole_entries(file: Path) -> None:
    assert json.loads(audit("log", "bot", "-f", file, "-o", "json").stdout) == [one.to_dict() for one in LINES]


def test_log_asks_which_where_two_services_have_the_name_and_says_where_none_has(file: Path) -> None:
    file.write_text(write((*LINES, *(moved(one, "test") for one in LINES))))

    assert "add -n shop" in failure("log", "bot", "-f", file).next_step
    assert audit("log", "bot", "-f", file, "-n", "test").exit_code == 0
    assert isinstance(failure("log", "cat", "-f", file), NotFound)


def test_export_of_an_export_is_the_same_bytes(file: Path) -> None:
    file.write_text(write(reversed(LINES)))

    done = audit("export", "-f", file)

    assert (done.exit_code, done.stdout, done.stderr) == (0, TEXT, "")


def test_export_keeps_the_services_and_the_period_that_are_asked_for_and_says_what_it_follows(file: Path) -> None:
    file.write_text(write((*LINES, *(moved(one, "test") for one in LINES))))
    third = LINES[2].entry

    done = audit("export", "bot", "-n", "test", "-f", file, "--since", third.at.isoformat())

    kept = [one for one in LINES if one.entry.at >= third.at]
    before = kept[0].entry.sequence - 1
    assert done.stdout == write(moved(one, "test") for one in kept)
    assert done.stderr == (
        f"test/bot begins after entry {before}: verify it with --after {before}:{kept[0].entry.previous}\n"
        if before
        else ""
    )
    assert audit("export", "cat", "-f", file).stdout == ""
    assert audit("export", "-f", file, "--until", "2026-11-23").stdout == ""


def test_export_writes_a_file(file: Path, tmp_path: Path) -> None:
    done = audit("export", "-f", file, "-o", tmp_path / "again.jsonl")

    assert (tmp_path / "again.jsonl").read_text() == TEXT
    assert (done.stdout, done.stderr) == ("", f"{len(LINES)} entries of 1 services: {tmp_path / 'again.jsonl'}\n")


@pytest.mark.parametrize("words", [("log", "bot"), ("export",)])
def test_what_cannot_be_read_is_told_and_shows_in_the_exit_code(file: Path, words: tuple[str, ...]) -> None:
    file.write_text(f"nothing\n{TEXT}")

    done = audit(*words, "-f", file)

    assert done.exit_code == 1
    assert done.stderr.startswith("line 1 is left out: is not JSON")


@pytest.mark.parametrize(
    "words",
    [
        ("export", "-f", "/there/is/none"),
        ("export", "-f", "/dev/null"),
        ("export", "-f", "{file}", "--since", "yesterday"),
        ("export", "-f", "{file}", "--since", "2026-11-23T10:00:00"),
        ("export", "--no-such-option"),
        ("log",),
    ],
)
def test_unusable_input_is_2_and_says_what_to_do(file: Path, words: tuple[str, ...]) -> None:
    found = failure(*(word.format(file=file) for word in words))

    assert isinstance(found, UnusableInput)
    assert found.exit_code == 2
    assert found.next_step
