"""A service's head, signed with Ed25519 (RFC 8032), to be kept where whoever could rewrite the ledger can't write."""

import base64
import hashlib
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.canonical import canonical
from leadsman.ledger.lines import CHECKPOINT, CheckpointLine

_UNSIGNED = base64.b64encode(bytes(64)).decode()


def signing_key(pem: bytes) -> Ed25519PrivateKey:
    """As `openssl genpkey -algorithm ed25519` writes it.

    Raises:
        ValueError: it is another one, or none.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:  # encrypted, or of a kind that nobody knows
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("it holds a key of another kind")  # noqa: TRY004  nobody gave a wrong type
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """`sha256:` and 64 hexadecimal digits, of the key's 32 raw bytes."""
    return f"sha256:{hashlib.sha256(key.public_bytes_raw()).hexdigest()}"


def sign(key: Ed25519PrivateKey, *, namespace: str, service: str, head: LedgerHead, at: datetime) -> CheckpointLine:
    """Of a service's ledger as it is at that time."""
    unsigned = CheckpointLine(
        schema_=CHECKPOINT,
        namespace=namespace,
        service=service,
        sequence=head.sequence,
        hash=head.hash,
        at=at,
        key=key_id(key.public_key()),
        signature=_UNSIGNED,
    )
    signature = base64.b64encode(key.sign(_signed(unsigned))).decode()
    return unsigned.model_copy(update={"signature": signature})


def is_signed_by(checkpoint: CheckpointLine, key: Ed25519PublicKey) -> bool:
    """Is it as whoever has the private key signed it?"""
    if checkpoint.key != key_id(key):
        return False
    try:
        key.verify(base64.b64decode(checkpoint.signature, validate=True), _signed(checkpoint))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(checkpoint: CheckpointLine) -> bytes:
    return canonical({key: value for key, value in checkpoint.to_dict().items() if key != "signature"})
