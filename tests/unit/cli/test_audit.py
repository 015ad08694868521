"""`leadsman audit` on files: no cluster is asked."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner, Result

from harness.exports import KEY, checkpoint, exported
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


@pytest.fixture
def key(tmp_path: Path) -> Path:
    made = tmp_path / "public.pem"
    made.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return made


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    made = tmp_path / "checkpoints.jsonl"
    made.write_text(write([checkpoint(LINES[-1])]))
    return made


def test_verify_is_0_where_nothing_was_touched_and_says_what_it_could_not_check(
    file: Path, key: Path, checkpoints: Path
) -> None:
    alone = audit("verify", "-f", file)
    against = audit("verify", "-f", file, "--checkpoints", checkpoints, "--key", key)

    assert (alone.exit_code, against.exit_code) == (0, 0)
    assert f"the last one is {len(LINES)}:{LINES[-1].entry.hash}" in alone.stdout
    assert "not checked: whether the tail was cut" in alone.stdout
    assert "not checked" not in against.stdout
    assert against.stdout.splitlines()[-1] == f"{len(LINES)} entries of 1 services: nothing was found"


def test_verify_is_1_where_something_was_and_names_the_line(file: Path, key: Path, checkpoints: Path) -> None:
    file.write_text(TEXT.replace("serves everyone", "serves no one"))
    changed = audit("verify", "-f", file)
    file.write_text(write(LINES[:-1]))
    cut = audit("verify", "-f", file, "--checkpoints", checkpoints, "--key", key)

    number = next(n for n, one in enumerate(LINES, start=1) if "serves everyone" in (one.entry.message or ""))
    assert (changed.exit_code, cut.exit_code) == (1, 1)
    assert f"✖ line {number}, entry {number}: was changed" in changed.stdout
    assert f"the checkpoint has seen {len(LINES)}: the tail was cut" in cut.stdout


def test_verify_takes_a_part_after_the_head_that_it_is_told(file: Path) -> None:
    file.write_text(write(LINES[3:]))
    head = f"3:{LINES[2].entry.hash}"

    assert audit("verify", "-f", file).exit_code == 1
    assert audit("verify", "-f", file, "--after", head).exit_code == 0
    assert audit("verify", "-f", file, "--after", f"shop/bot={head}").exit_code == 0
    assert audit("verify", "-f", file, "--after", f"3:{LINES[1].entry.hash}").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("verify", "-f", "/dev/null"),
        ("verify", "-f", "{file}", "--checkpoints", "{file}"),
        ("verify", "-f", "{file}", "--key", "{file}"),
        ("verify", "-f", "{file}", "--after", "3"),
        ("verify", "-f", "{file}", "--after", "shop/cat=3:sha256:" + "0" * 64),
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
