"""Heads are signed when they have moved: after a promotion or a rollback at once, else every five minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from leadsman.controller.delivery.notary import Notary
from leadsman.controller.store import Key
from leadsman.ledger.chain import BEGINNING, head_of
from leadsman.ledger.checkpoint import is_signed_by
from unit.ledger.test_outbox import following

CHAT = Key("support", "chat")
KEY = ed25519.Ed25519PrivateKey.generate()
ORDINARY, PROMOTED = following(BEGINNING), following(BEGINNING, "promotion.verified")


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def notary(time: Time) -> Notary:
    return Notary(KEY, timedelta(minutes=5), time)


def test_a_head_that_rests_is_not_signed(notary: Notary) -> None:
    assert notary.wait(CHAT) is None


def test_a_head_that_moves_is_signed_every_five_minutes(notary: Notary, time: Time) -> None:
    notary.heed(CHAT, [ORDINARY])
    assert notary.wait(CHAT) == 0
    notary.signed(CHAT)
    assert notary.wait(CHAT) is None
    time.passes(1)
    notary.heed(CHAT, [ORDINARY])
    assert notary.wait(CHAT) == 240
    time.passes(2)
    notary.heed(CHAT, [ORDINARY])
    assert notary.wait(CHAT) == 120


def test_after_a_promotion_it_is_signed_at_once(notary: Notary, time: Time) -> None:
    notary.heed(CHAT, [ORDINARY])
    notary.signed(CHAT)
    time.passes(1)
    notary.heed(CHAT, [ORDINARY, PROMOTED])
    notary.heed(CHAT, [ORDINARY])
    assert notary.wait(CHAT) == 0


def test_what_it_signs_says_so_to_whoever_has_the_public_key(notary: Notary, time: Time) -> None:
    signed = notary.sign(CHAT, head_of(ORDINARY))
    assert (signed.namespace, signed.service, signed.sequence, signed.at) == ("support", "chat", 1, time.now)
    assert is_signed_by(signed, KEY.public_key())
