"""Nobody changes, drops, inserts or moves an entry, or cuts the tail, without being told on."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import BEGINNING, entry_hash, head_of, verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

Entries = list[LedgerEntry]


def written(entry: LedgerEntry) -> LedgerEntry:
    return entry.model_copy(update={"hash": entry_hash(entry)})


def entry(before: LedgerHead, **facts: str) -> LedgerEntry:
    return written(
        LedgerEntry(
            sequence=before.sequence + 1,
            at=NOW + timedelta(seconds=before.sequence),
            type="stage.entered",
            reason="StageEntered",
            facts={"stage": "canary", **facts},
            previous=before.hash,
            hash=BEGINNING.hash,
        )
    )


def chain(length: int, after: LedgerHead = BEGINNING, **facts: str) -> Entries:
    made: Entries = []
    for _ in range(length):
        made.append(entry(head_of(made[-1]) if made else after, **facts))
    return made


def changed(one: LedgerEntry, **changes: object) -> LedgerEntry:
    return LedgerEntry.from_dict({**one.to_dict(), **changes})


@pytest.mark.parametrize("length", [0, 1, 7])
def test_what_was_only_ever_appended_has_no_flaw(length: int) -> None:
    assert verify(chain(length)) == ()


def test_a_part_is_whole_after_what_came_before_it() -> None:
    entries = chain(7)
    assert verify(entries[3:], after=head_of(entries[2])) == ()
    assert verify(entries[3:])[0].message == "follows entry 0: 3 between them, from 1 on, were dropped"


def test_an_entry_survives_being_stored_and_read() -> None:
    assert verify(LedgerEntry.from_dict(one.to_dict()) for one in chain(3)) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"facts": {"stage": "half"}}, "was changed"),
        ({"at": "2026-03-01T13:00:00Z"}, "was changed"),
        ({"type": "promotion.decided"}, "was changed"),
        ({"message": "nothing to see here"}, "was changed"),
        ({"actor": {"username": "mallory"}}, "was changed"),
        ({"hash": "sha256:" + "1" * 64}, "was changed"),
    ],
)
def test_a_changed_entry_is_named(change: dict[str, object], said: str) -> None:
    entries = chain(5)
    entries[2] = changed(entries[2], **change)
    flaws = verify(entries)
    assert flaws[0].sequence == 3
    assert flaws[0].message.startswith(said)


def test_one_that_was_written_anew_shows_at_the_one_after_it() -> None:
    entries = chain(5)
    entries[2] = written(changed(entries[2], facts={"stage": "half"}))
    (flaw,) = verify(entries)
    assert flaw.sequence == 4
    assert flaw.message.startswith("was written after another entry 3")


def drop(entries: Entries) -> Entries:
    return entries[:2] + entries[3:]


def insert(entries: Entries) -> Entries:
    return [*entries[:3], entry(head_of(entries[1]), stage="half"), *entries[3:]]


def double(entries: Entries) -> Entries:
    return [*entries[:3], *entries[2:]]


def swap(entries: Entries) -> Entries:
    return [*entries[:2], entries[3], entries[2], *entries[4:]]


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (drop, (4, "follows entry 2: 1 between them, from 3 on, were dropped")),
        (insert, (3, "follows entry 3: it was inserted, or moved")),
        (double, (3, "follows entry 3: it was inserted, or moved")),
        (swap, (4, "follows entry 2: 1 between them, from 3 on, were dropped")),
    ],
)
def test_no_entry_goes_comes_or_moves_unseen(attack: Callable[[Entries], Entries], said: tuple[int, str]) -> None:
    flaw = verify(attack(chain(5)))[0]
    assert (flaw.sequence, flaw.message) == said


def test_a_cut_tail_shows_against_a_checkpoint() -> None:
    entries = chain(5)
    assert verify(entries[:3]) == ()
    (flaw,) = verify(entries[:3], checkpoint=head_of(entries[4]))
    assert (flaw.sequence, flaw.message) == (3, "is the last one, and the checkpoint has seen 5: the tail was cut")
    (flaw,) = verify([], checkpoint=head_of(entries[4]))
    assert flaw.sequence == 0


def test_a_ledger_that_was_written_anew_from_the_middle_on_shows_against_a_checkpoint() -> None:
    entries = chain(5)
    forged = [*entries[:2], *chain(3, head_of(entries[1]), stage="half")]
    assert verify(forged) == ()
    (flaw,) = verify(forged, checkpoint=head_of(entries[3]))
    assert flaw.sequence == 4
    assert flaw.message.startswith("is another one than the checkpoint's")


def test_what_has_grown_since_a_checkpoint_agrees_with_it() -> None:
    entries = chain(5)
    for seen in (BEGINNING, head_of(entries[1]), head_of(entries[4])):
        assert verify(entries, checkpoint=seen) == ()


@given(st.permutations(range(6)).filter(lambda order: order != sorted(order)))
def test_no_other_order_passes(order: Sequence[int]) -> None:
    entries = chain(6)
    assert verify(entries[index] for index in order) != ()


@given(st.sets(st.integers(0, 5), max_size=5).filter(lambda kept: kept != set(range(6))))
def test_nothing_but_the_whole_passes_against_its_last_checkpoint(kept: set[int]) -> None:
    entries = chain(6)
    assert verify((entries[index] for index in sorted(kept)), checkpoint=head_of(entries[5])) != ()
