"""What is exported is read back as it was written, and nothing that cannot be read is lost."""

import json

import pytest

from harness.exports import checkpoint, exported
from leadsman.ledger.export import read, service_of, within, write
from leadsman.ledger.lines import entry_line
from unit.planner.stories import serving

SIMULATION, _ = serving()
LINES = exported(SIMULATION)


def test_the_planner_wrote_something_to_export() -> None:
    assert [one.entry.type for one in LINES][:2] == ["revision.created", "attempt.started"]
    assert len(LINES) > 4


def test_what_was_written_is_read_back() -> None:
    written = (*LINES, checkpoint(LINES[-1]))

    found = read(write(written))

    assert (found.entries, found.checkpoints, found.unread) == (LINES, written[-1:], ())


def test_the_same_entries_are_the_same_bytes_in_whatever_order_they_come() -> None:
    others = [entry_line("shop", "a", one.revision, one.entry) for one in LINES]
    lines = [*LINES, *others, checkpoint(LINES[-1])]

    assert write(reversed(lines)) == write(lines) == write(lines[::2] + lines[1::2])
    assert [(str(service_of(one.line)), one.number) for one in read(write(reversed(lines))).lines][:: len(LINES)] == [
        ("shop/a", 1),
        ("shop/bot", len(LINES) + 1),
        ("shop/bot", 2 * len(LINES) + 1),
    ]


def test_a_period_has_its_beginning_and_not_its_end() -> None:
    third, last = LINES[2].entry.at, LINES[-1].entry.at

    kept = within(LINES, third, last)

    assert [one.entry.sequence for one in kept] == [one.entry.sequence for one in LINES if third <= one.entry.at < last]
    assert within(LINES, None, None) == LINES


ENTRY = json.loads(write(LINES[:1]))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nothing", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "dictionary"),
        ('"x"', "dictionary"),
        ("[" * 100_000, "is not JSON"),
        ('{"a":NaN}', "NaN is no number"),
        ('{"a":1,"a":2}', "has a twice"),
        (json.dumps({**ENTRY, "schema": "leadsman.dev/ledger-entry/v2"}), "does not match any of the expected tags"),
        (json.dumps({**ENTRY, "approvedBy": "mallory"}), "approvedBy: Extra inputs are not permitted"),
        (json.dumps({**ENTRY, "entry": ENTRY["entry"] | {"at": "2026-11-23T10:00:00.0000001Z"}}), "entry.at is not"),
        (json.dumps({**ENTRY, "entry": ENTRY["entry"] | {"sequence": 1.0}}), "entry.sequence"),
        (json.dumps({**ENTRY, "entry": ENTRY["entry"] | {"message": "\ud800"}}), "entry.message"),
    ],
)
def test_a_line_that_is_not_as_it_was_written_is_told_with_its_number(written: str, said: str) -> None:
    found = read(f"{write(LINES[:2])}\n  \n{written}\n{write(LINES[2:])}")

    assert found.entries == LINES
    ((number, message),) = [(one.number, one.message) for one in found.unread]
    assert number == 5
    assert said in message


def test_what_json_may_have_in_a_string_ends_no_line() -> None:
    odd = LINES[0].model_copy(
        update={"entry": LINES[0].entry.model_copy(update={"message": "a\u2028b\u0085c\x0bd\x1ce\r"})}
    )

    assert read(write([odd])).entries == (odd,)
