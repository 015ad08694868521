"""Ways to tamper with an export, each of which is found. The chain is one that the planner wrote."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from harness.exports import KEY, OTHER_KEY, checkpoint, exported
from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.ledger.chain import entry_hash, head_of
from leadsman.ledger.export import Export, ServiceName, read, write
from leadsman.ledger.lines import EntryLine
from leadsman.ledger.verification import Verification, verification
from unit.planner.stories import bad, image, says, serving

Line = dict[str, Any]
Lines = list[Line]
Attack = Callable[[Lines], list[Line | str]]


def _story() -> tuple[EntryLine, ...]:
    """A first revision, a second that is promoted, a third that is rolled back."""
    simulation, _ = serving()
    simulation.edit(image(2))
    simulation.run(800, step=20)
    simulation.edit(image(3))
    simulation.run(40, step=10)
    simulation.says = bad(lambda: simulation.status.candidate_revision, value=0.081, limit=0.02, samples=1240)
    simulation.run(60, step=10)
    simulation.says = says("Passed")
    return exported(simulation)


STORY: Final = _story()
KNOWN: Final = checkpoint(STORY[-1])
FIRST: Final = STORY[0].entry.message or ""
HALF: Final = len(STORY) // 2
ROLLBACK: Final = next(n for n, one in enumerate(STORY) if one.entry.type == "rollback.decided")


def verified(lines: list[Line | str], *, against: bool) -> Verification:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    kept = read(write([KNOWN])) if against else None
    return verification(read(text), checkpoints=kept, keys=[KEY.public_key()])


def original() -> Lines:
    return [json.loads(line) for line in write(STORY).splitlines()]


def anew(lines: list[Line], first: int = 0) -> list[Line | str]:
    """With every number and hash put right, as someone would who knows how, from one on."""
    before = head_of(LedgerEntry.from_dict(lines[first - 1]["entry"])) if first else None
    for line in lines[first:]:
        entry = line["entry"]
        entry["sequence"] = before.sequence + 1 if before else 1
        entry["previous"] = before.hash if before else "sha256:" + "0" * 64
        entry["hash"] = entry_hash(LedgerEntry.from_dict(entry))
        before = head_of(LedgerEntry.from_dict(entry))
    return list(lines)


def entry(at: int, /, **changes: Any) -> Attack:
    """Other fields in an entry; None takes one away."""

    def attack(lines: Lines) -> list[Line | str]:
        changed = lines[at]["entry"] | changes
        lines[at]["entry"] = {key: value for key, value in changed.items() if value is not None}
        return list(lines)

    return attack


def fact(at: int, /, **changes: str | None) -> Attack:
    def attack(lines: Lines) -> list[Line | str]:
        facts = lines[at]["entry"]["facts"] | changes
        lines[at]["entry"]["facts"] = {key: value for key, value in facts.items() if value is not None}
        return list(lines)

    return attack


def envelope(*which: int, **changes: Any) -> Attack:
    """What a line says besides its entry."""

    def attack(lines: Lines) -> list[Line | str]:
        for at in which:
            lines[at] |= changes
        return list(lines)

    return attack


def rehashed(attack: Attack, at: int) -> Attack:
    """The entry's own hash is put right too."""

    def both(lines: Lines) -> list[Line | str]:
        attack(lines)
        lines[at]["entry"]["hash"] = entry_hash(LedgerEntry.from_dict(lines[at]["entry"]))
        return list(lines)

    return both


def rechained(attack: Attack, at: int) -> Attack:
    """And those of all entries after it: without a checkpoint nobody can tell."""

    def both(lines: Lines) -> list[Line | str]:
        attack(lines)
        return anew(lines, at)

    return both


def drop(*which: int) -> Attack:
    return lambda lines: [line for n, line in enumerate(lines) if n not in {at % len(lines) for at in which}]


def cut(count: int) -> Attack:
    return lambda lines: list(lines[:-count])


def swap(one: int, other: int) -> Attack:
    def attack(lines: Lines) -> list[Line | str]:
        lines[one], lines[other] = lines[other], lines[one]
        return list(lines)

    return attack


def move(at: int, to: int) -> Attack:
    def attack(lines: Lines) -> list[Line | str]:
        lines.insert(to, lines.pop(at))
        return list(lines)

    return attack


def double(at: int, to: int | None = None) -> Attack:
    def attack(lines: Lines) -> list[Line | str]:
        lines.insert(at + 1 if to is None else to, copy.deepcopy(lines[at]))
        return list(lines)

    return attack


def insert(at: int, /, **changes: Any) -> Attack:
    """A forged entry, whose own hash is right and which names the one before it."""

    def attack(lines: Lines) -> list[Line | str]:
        forged = copy.deepcopy(lines[at])
        forged["entry"] |= {"previous": lines[at]["entry"]["hash"], "sequence": at + 2, **changes}
        forged["entry"]["hash"] = entry_hash(LedgerEntry.from_dict(forged["entry"]))
        lines.insert(at + 1, forged)
        return list(lines)

    return attack


def text(at: int, change: Callable[[str], str]) -> Attack:
    """Below JSON."""

    def attack(lines: Lines) -> list[Line | str]:
        return [change(json.dumps(line)) if n == at else line for n, line in enumerate(lines)]

    return attack


def all_of(**changes: Any) -> Attack:
    return envelope(*range(len(STORY)), **changes)


def renamed_everywhere(lines: Lines) -> list[Line | str]:
    """Another service's name in lines and facts, with hashes that are right."""
    for line in lines:
        line["service"] = "cat"
    return anew(lines)


HOSTILE: Final = {"username": "mallory"}
FOUND: Final[dict[str, Attack]] = {
    # A changed entry.
    "the value that it was rolled back on": fact(ROLLBACK, value="0.019"),
    "the limit that it was held against": fact(ROLLBACK, limit="0.2"),
    "the number of events": fact(ROLLBACK, n="12"),
    "a fact taken away": fact(ROLLBACK, monitor=None),
    "a fact added": fact(ROLLBACK, approvedBy="mallory"),
    "a fact renamed": fact(ROLLBACK, limit=None, threshold="0.02"),
    "all facts taken away": entry(ROLLBACK, facts={}),
    "the facts left out": entry(ROLLBACK, facts=None),
    "the time, by a second": entry(3, at="2026-11-23T10:00:01Z"),
    "the time, in another zone": entry(0, at="2026-11-23T11:00:00+01:00"),
    "the time, in more digits": entry(0, at="2026-11-23T10:00:00.0000001Z"),
    "the type": entry(ROLLBACK, type="promotion.decided"),
    "the reason": entry(ROLLBACK, reason="Promoted"),
    "the reason taken away": entry(ROLLBACK, reason=None),
    "the message": entry(ROLLBACK, message="all is well"),
    "the message, by one letter": entry(0, message=FIRST.replace("l", "I", 1)),
    "the message, by a blank": entry(0, message=f"{FIRST} "),
    "the message, by what nobody sees": entry(0, message=f"{FIRST}\u200b"),
    "an actor added": entry(ROLLBACK, actor=HOSTILE),
    "the number": entry(3, sequence=4000),
    "the number 0": entry(0, sequence=0),
    "the hash": entry(3, hash="sha256:" + "1" * 64),
    "the hash of the one before": entry(3, previous="sha256:" + "1" * 64),
    "the hash of another entry": entry(3, hash=STORY[4].entry.hash),
    # A changed entry whose own hash was put right.
    "the value, hashed anew": rehashed(fact(ROLLBACK, value="0.019"), ROLLBACK),
    "the type, hashed anew": rehashed(entry(ROLLBACK, type="promotion.decided"), ROLLBACK),
    "the time, hashed anew": rehashed(entry(HALF, at="2020-01-01T00:00:00Z"), HALF),
    "the first entry, hashed anew": rehashed(fact(0, number="7"), 0),
    "a link to nothing, hashed anew": rehashed(entry(HALF, previous="sha256:" + "0" * 64), HALF),
    # Entries that come, go and move.
    "the first one dropped": drop(0),
    "one in the middle dropped": drop(HALF),
    "several in a row dropped": drop(HALF, HALF + 1, HALF + 2),
    "every other one dropped": drop(*range(1, len(STORY), 2)),
    "all but the last one dropped": drop(*range(len(STORY) - 1)),
    "the rollback dropped": drop(ROLLBACK),
    "one doubled": double(HALF),
    "one doubled at the end": double(HALF, len(STORY)),
    "the last one doubled": double(len(STORY) - 1),
    "the whole doubled": lambda lines: [*lines, *lines],
    "two swapped": swap(HALF, HALF + 1),
    "the first and the last swapped": swap(0, len(STORY) - 1),
    "all in reverse": lambda lines: list(reversed(lines)),
    "one moved to the front": move(HALF, 0),
    "one moved to the end": move(HALF, len(STORY)),
    "one inserted": insert(HALF, message="approved by everyone"),
    "an approval inserted at the front": insert(0, type="decision.counted", actor=HOSTILE),
    "one replaced by a forged one": lambda lines: drop(HALF + 2)(insert(HALF)(lines)),  # pyright: ignore[reportArgumentType]
    # What an entry belongs to.
    "one moved to another revision": envelope(ROLLBACK, revision=STORY[0].revision),
    "one moved to a revision that is not": envelope(ROLLBACK, revision="bot-0123456789"),
    "one moved to another service": envelope(ROLLBACK, service="cat"),
    "one moved to another namespace": envelope(ROLLBACK, namespace="test"),
    "the tail moved to another service": envelope(*range(HALF, len(STORY)), service="cat"),
    "all moved to another service": all_of(service="cat"),
    "all moved to another service, hashed anew": renamed_everywhere,
    # Below the entries.
    "a line cut in two": text(HALF, lambda line: line[:40] + "\n" + line[40:]),
    "a line cut short": text(HALF, lambda line: line[:-20]),
    "a line emptied": text(HALF, lambda _: ""),
    "a line of another format": envelope(HALF, schema="leadsman.dev/ledger-entry/v2"),
    "a field that nobody hashes": envelope(HALF, approvedBy="mallory"),
    "a field in an entry that nobody knows": entry(HALF, approvedBy="mallory"),
    "a key that is there twice": text(HALF, lambda line: line.replace('"service":', '"service": "x", "service":')),
    "a number that is none": text(HALF, lambda line: line.replace(f'"sequence": {HALF + 1}', '"sequence": NaN')),
    "two lines on one": lambda lines: [*lines[:3], json.dumps(lines[3]) + json.dumps(lines[4]), *lines[5:]],
    "a remark between the lines": lambda lines: [*lines[:3], "# all is well", *lines[3:]],
}  # fmt: skip
"""Without a checkpoint, and with one."""

FOUND_AGAINST_A_CHECKPOINT: Final[dict[str, Attack]] = {
    "the last one cut": cut(1),
    "half of it cut": cut(HALF),
    "all of it cut but the first": cut(len(STORY) - 1),
    "the value, and all after it written anew": rechained(fact(ROLLBACK, value="0.019"), ROLLBACK),
    "the first entry, and all after it written anew": rechained(fact(0, number="7"), 0),
    "an actor, and all after it written anew": rechained(entry(HALF, actor=HOSTILE), HALF),
    "one dropped, and all after it written anew": lambda lines: anew(drop(HALF)(lines)),  # pyright: ignore[reportArgumentType]
    "one inserted, and all after it written anew": lambda lines: anew(insert(HALF)(lines)),  # pyright: ignore[reportArgumentType]
    "two swapped, and all written anew": lambda lines: anew(swap(HALF, HALF + 1)(lines)),  # pyright: ignore[reportArgumentType]
    "the tail replaced": lambda lines: anew([*lines[:HALF], *copy.deepcopy(lines[:2])], HALF),
    "all of it moved to another namespace": all_of(namespace="test"),
}  # fmt: skip
"""They leave a chain without a flaw."""


def test_there_are_more_than_fifty_ways_and_a_long_chain_to_try_them_on() -> None:
    assert len(FOUND) + len(FOUND_AGAINST_A_CHECKPOINT) > 50
    assert len(STORY) >= 20
    assert {"promotion.verified", "rollback.verified"} <= {one.entry.type for one in STORY}


@pytest.mark.parametrize("against", [False, True])
def test_what_nobody_touched_is_well(against: bool) -> None:
    found = verified(list(original()), against=against)

    assert found.is_well
    ((service, entries, head),) = [(one.service, one.entries, one.head) for one in found.services]
    assert (service, entries, head) == (ServiceName("shop", "bot"), len(STORY), head_of(STORY[-1].entry))


@pytest.mark.parametrize("against", [False, True])
@pytest.mark.parametrize("way", FOUND)
def test_it_is_found(way: str, against: bool) -> None:
    tampered = FOUND[way](original())

    assert tampered != original()
    assert not verified(tampered, against=against).is_well


@pytest.mark.parametrize("way", FOUND_AGAINST_A_CHECKPOINT)
def test_it_is_found_against_a_checkpoint(way: str) -> None:
    tampered = FOUND_AGAINST_A_CHECKPOINT[way](original())

    assert verified(tampered, against=False).is_well
    assert not verified(tampered, against=True).is_well


def forgeries() -> Iterator[tuple[str, Line]]:
    good = KNOWN.to_dict()
    yield "signed by another key", checkpoint(STORY[-1], OTHER_KEY).to_dict()
    yield (
        "that names the key, and is signed by another",
        checkpoint(STORY[-1], OTHER_KEY).to_dict() | {"key": good["key"]},
    )
    yield "of another entry, with the signature of this one", good | {"sequence": 3, "hash": STORY[2].entry.hash}
    yield "with another time", good | {"at": "2027-01-01T00:00:00Z"}
    yield "without a good signature", good | {"signature": "A" * 86 + "=="}
    yield "of another service", good | {"service": "cat"}
    yield "without its signature", {key: value for key, value in good.items() if key != "signature"}


@pytest.mark.parametrize(("way", "forged"), list(forgeries()))
def test_a_forged_checkpoint_is_found_wherever_it_is(way: str, forged: Line) -> None:
    keys = [KEY.public_key()]
    within = read("\n".join(json.dumps(one) for one in (*original(), forged)))
    apart = read(json.dumps(forged))

    assert not verification(within, keys=keys).is_well
    assert not verification(read(write(STORY)), checkpoints=apart, keys=keys).is_well


def test_a_checkpoint_of_a_service_whose_lines_were_all_taken_away_is_found() -> None:
    kept = read(write([KNOWN]))
    assert not verification(Export(), checkpoints=kept, keys=[KEY.public_key()]).is_well


def test_it_says_what_it_could_not_check() -> None:
    (alone,) = verification(read(write(STORY))).services
    (keyless,) = verification(read(write([*STORY, KNOWN]))).services
    (older,) = verification(read(write([*STORY, checkpoint(STORY[3])])), keys=[KEY.public_key()]).services
    (whole,) = verification(read(write([*STORY, KNOWN])), keys=[KEY.public_key()]).services
    service = ServiceName("shop", "bot")
    (part,) = verification(read(write(STORY[5:])), after={service: head_of(STORY[4].entry)}).services

    assert ["no checkpoint" in one for one in alone.unchecked] == [True]
    assert keyless.unchecked[0] == "1 checkpoints: without a key nobody can tell whether their signatures are good"
    assert older.unchecked == (f"whether entries after {len(STORY)} were cut: the newest checkpoint is of entry 4",)
    assert (whole.unchecked, whole.checkpoints) == ((), 1)
    assert (part.findings, part.unchecked[0]) == ((), "what came before entry 6: it is not here")
