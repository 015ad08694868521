"""Whatever is cut short, and wherever: nothing is lost, nothing comes out of turn, and what is left is a chain."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.airevision_status import Ledger, LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import BEGINNING, entry_hash, head_of, verify
from leadsman.ledger.outbox import HELD_FROM, ROOM, Outbox, Sinks, appended, contradiction, trouble

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REVISIONS: Final = ("chat-1", "chat-2", "chat-3")


def following(before: LedgerHead, type_: str = "stage.entered", **facts: str) -> LedgerEntry:
    made = LedgerEntry(
        sequence=before.sequence + 1, at=NOON, type=type_, facts=facts, previous=before.hash, hash=BEGINNING.hash
    )
    return made.model_copy(update={"hash": entry_hash(made)})


def chain(length: int, after: LedgerHead = BEGINNING, **facts: str) -> tuple[LedgerEntry, ...]:
    made: list[LedgerEntry] = []
    for _ in range(length):
        made.append(following(head_of(made[-1]) if made else after, **facts))
    return tuple(made)


def outbox(*entries: LedgerEntry, acknowledged: int = 0, is_whole: bool = True) -> Outbox:
    return Outbox.of({"chat-1": Ledger(entries=entries, acknowledged=acknowledged)}, is_whole=is_whole)


def sequences(*entries: LedgerEntry) -> list[int]:
    return [entry.sequence for entry in entries]


def test_entries_of_several_records_are_due_in_the_order_of_the_chain() -> None:
    one, two, three, four = chain(4)
    found = Outbox.of({"b": Ledger(entries=(one, four)), "a": Ledger(entries=(two, three), acknowledged=1), "c": None})
    assert found.acknowledged == 1
    assert [(due.revision, due.entry.sequence) for due in found.due(1)] == [("a", 2), ("a", 3), ("b", 4)]


def test_what_comes_after_a_gap_waits_until_it_is_known_that_nothing_fills_it() -> None:
    one, _, three, four = chain(4)
    found = outbox(one, three, four)
    assert sequences(*(due.entry for due in found.due(0))) == [1]
    assert found.due(1) == ()
    assert sequences(*(due.entry for due in found.due_beyond(1))) == [3, 4]
    assert found.due_beyond(4) == ()


def test_without_sinks_a_record_keeps_the_newest() -> None:
    entries = chain(ROOM + 3)
    kept = appended(Ledger(entries=entries[:ROOM]), entries[ROOM:], None)
    assert kept == Ledger(entries=entries[3:])


def test_with_sinks_what_every_one_has_goes_first_however_young() -> None:
    entries = chain(ROOM + 2)
    mixed = (entries[5], *entries[:5], *entries[6:ROOM])
    kept = appended(Ledger(entries=mixed), entries[ROOM:], 6)
    assert kept.acknowledged == 6
    assert sequences(*kept.entries)[:5] == [6, 3, 4, 5, 7]


def test_where_even_what_was_not_delivered_does_not_fit_what_went_back_stays() -> None:
    back = chain(1)[0]
    back = following(BEGINNING, "rollback.decided")
    entries = (back, *chain(ROOM + 1, head_of(back)))
    kept = appended(Ledger(entries=entries[:ROOM]), entries[ROOM:], 0)
    assert len(kept.entries) == ROOM
    assert sequences(*kept.entries)[:2] == [1, 4]


def test_an_acknowledgement_never_falls() -> None:
    entries = chain(3)
    assert appended(Ledger(acknowledged=2), entries, 1).acknowledged == 2


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (0, None),
        (3, None),
        (5, None),
        (6, "it has entry 6, and the cluster's ledger ends with 5"),
    ],
)
def test_a_ledger_that_ends_before_what_a_sink_has_was_set_back(seen: int, found: str | None) -> None:
    entries = chain(6)
    head = head_of(entries[seen - 1]) if seen else BEGINNING
    assert contradiction(head, outbox(*entries[:5])) == found


def test_a_ledger_that_went_another_way_is_told_by_the_entry_and_by_the_one_after_it() -> None:
    common, ours = chain(3), chain(3, head_of(chain(3)[-1]), fork="ours")
    seen = head_of(chain(2, head_of(common[-1]), fork="theirs")[-1])
    found = contradiction(seen, outbox(*common, *ours))
    assert found == "entry 5 of the cluster's ledger is another one than it has"
    found = contradiction(seen, outbox(ours[-1]))
    assert found == "entry 6 of the cluster's ledger does not follow the last one that it has"


def test_nothing_left_to_tell_by_is_no_contradiction() -> None:
    entries = chain(9)
    assert contradiction(head_of(entries[2]), outbox(*entries[6:])) is None


def test_too_much_that_was_not_delivered_is_a_trouble_and_a_ledger_that_was_set_back_a_greater_one() -> None:
    entries = chain(HELD_FROM)
    full = outbox(*entries)
    assert trouble(full, Sinks(acknowledged=1)) is None
    assert (found := trouble(full, Sinks())) is not None
    assert found.reason == Reason.LEDGER_UNDELIVERED
    ahead = head_of(chain(HELD_FROM + 1)[-1])
    assert (found := trouble(full, Sinks(heads={"archive": ahead}))) is not None
    assert (found.reason, found.seen) == (Reason.LEDGER_ROLLED_BACK, ahead)
    assert found.message.startswith("sink archive: it has entry 161")


def test_a_sink_that_cannot_be_asked_is_a_trouble() -> None:
    assert (found := trouble(outbox(), Sinks(unread="sink archive cannot be read"))) is not None
    assert found.reason == Reason.LEDGER_UNDELIVERED


@dataclass
class Receiver:
    """A sink. What it has taken stays, whoever is killed."""

    lines: list[LedgerEntry] = field(default_factory=list[LedgerEntry])


class Deliveries(RuleBasedStateMachine):
    """The operator's part by hand: each write of a record is one step, and a crash may come after any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, Ledger | None] = dict.fromkeys(REVISIONS)
        self.made: list[LedgerEntry] = []
        self.sinks = [Receiver(), Receiver()]
        self.known: list[int] = []
        """What the process remembers of each sink. Empty: it has just started."""

    @property
    def outbox(self) -> Outbox:
        return Outbox.of(self.records)

    @property
    def reached(self) -> int:
        return max(self.outbox.acknowledged, min(self.known))

    @initialize()
    def start(self) -> None:
        self.known = [self.outbox.acknowledged for _ in self.sinks]

    @rule(revision=st.sampled_from(REVISIONS), count=st.integers(1, 90))
    def decide(self, revision: str, count: int) -> None:
        """A record is written, and takes along what is known to be delivered. At the limit nothing moves forward."""
        ledger = self.records[revision] or Ledger()
        if trouble(self.outbox, Sinks(acknowledged=self.reached)) or count > ROOM - HELD_FROM:
            return
        entries = chain(count, head_of(self.made[-1]) if self.made else BEGINNING)
        self.records[revision] = appended(ledger, entries, self.reached)
        self.made.extend(entries)

    @rule(number=st.integers(0, 1), most=st.integers(1, 50), is_told=st.booleans())
    def deliver(self, number: int, most: int, *, is_told: bool) -> None:
        """The sink has it; whether the operator hears of that is another matter."""
        batch = [one.entry for one in self.outbox.due(self.known[number])[:most]]
        self.sinks[number].lines.extend(batch)
        if batch and is_told:
            self.known[number] = batch[-1].sequence

    @rule(revision=st.sampled_from(REVISIONS))
    def acknowledge(self, revision: str) -> None:
        """In whichever record."""
        ledger = self.records[revision] or Ledger()
        self.records[revision] = ledger.model_copy(update={"acknowledged": self.reached})

    @rule()
    def crash(self) -> None:
        self.start()

    @precondition(lambda self: self.made)
    @rule()
    def recover(self) -> None:
        """In the end every sink has every entry, and the same ones where it has them twice."""
        self.start()
        for number, sink in enumerate(self.sinks):
            while batch := [one.entry for one in self.outbox.due(self.known[number])]:
                sink.lines.extend(batch)
                self.known[number] = batch[-1].sequence
            assert {entry.sequence: entry for entry in sink.lines} == {entry.sequence: entry for entry in self.made}

    @invariant()
    def nothing_comes_out_of_turn(self) -> None:
        for sink in self.sinks:
            first = list({entry.hash: entry for entry in sink.lines}.values())
            assert verify(first) == ()

    @invariant()
    def what_is_left_is_a_chain_from_what_every_sink_has(self) -> None:
        if not self.made:
            return
        left = [one.entry for one in self.outbox.after(self.outbox.acknowledged)]
        before = self.made[self.outbox.acknowledged - 1] if self.outbox.acknowledged else None
        assert verify(left, after=head_of(before) if before else BEGINNING, checkpoint=head_of(self.made[-1])) == ()
        for sink in self.sinks:
            assert {entry.sequence for entry in sink.lines} >= set(range(1, self.outbox.acknowledged + 1))


Deliveries.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestDeliveries = Deliveries.TestCase
