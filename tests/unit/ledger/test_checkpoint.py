"""Whoever has the public key can tell whether a head was signed by the operator."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.checkpoint import is_signed_by, key_id, sign, signing_key
from leadsman.ledger.lines import LINE, CheckpointLine

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNED = sign(
    KEY,
    namespace="support",
    service="assistant",
    head=LedgerHead(sequence=7, hash="sha256:" + "7" * 64),
    at=datetime(2026, 11, 1, tzinfo=UTC),
)


def test_read_back_from_its_line_it_is_as_it_was_signed() -> None:
    read = LINE.validate_python(SIGNED.to_dict(), by_alias=True, by_name=False)
    assert isinstance(read, CheckpointLine)
    assert is_signed_by(read, KEY.public_key())


@pytest.mark.parametrize(
    "changes",
    [
        {"namespace": "other"},
        {"service": "other"},
        {"sequence": 6},
        {"hash": "sha256:" + "8" * 64},
        {"at": datetime(2026, 11, 2, tzinfo=UTC)},
        {"signature": "A" * 86 + "=="},
        {"signature": "!" * 88},
    ],
)
def test_changed_it_is_not(changes: dict[str, object]) -> None:
    assert not is_signed_by(SIGNED.model_copy(update=changes), KEY.public_key())


def test_another_key_has_not_signed_it() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert not is_signed_by(SIGNED, other)
    assert not is_signed_by(SIGNED.model_copy(update={"key": key_id(other)}), other)


@pytest.mark.parametrize(
    ("made", "encryption", "told"),
    [
        (x25519.X25519PrivateKey.generate(), NoEncryption(), "a key of another kind"),
        (Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret"), "encrypted"),
    ],
)
def test_another_key_than_one_of_ed25519_in_plain_signs_nothing(
    made: x25519.X25519PrivateKey | Ed25519PrivateKey, encryption: KeySerializationEncryption, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        signing_key(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def test_a_key_in_pem_is_read() -> None:
    made = Ed25519PrivateKey.generate()
    read = signing_key(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert read.public_key() == made.public_key()
