"""Did this signer sign that bundle, and which model? Runs in a process of its own: see `verifier`.

The libraries are those of Sigstore. Nothing here asks a network: the trusted root was given.
"""

import base64
import json
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, SSlibKey  # pyright: ignore[reportPrivateImportUsage]  it lists no names
from sigstore import errors
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import Identity

from leadsman.planner.governance import Keyless, Pinned, Signer
from leadsman.planner.policies.statement import signed_digest

MOST: Final = 1024 * 1024
"""Bytes of a bundle: as much as a ConfigMap holds."""


class Unverified(Exception):
    """Why the signature does not count, for the one who brought it."""


def verify(text: str, signer: Signer, root: TrustedRoot | None) -> str:
    """The digest of the model that was signed, `sha256:…`.

    Args:
        text: the bundle.
        signer: who must have signed.
        root: whom Sigstore's signatures are checked against. None: they cannot be.

    Raises:
        Unverified: it does not verify.
        NotAModel: it does, and what was signed is no model.
    """
    if len(text.encode()) > MOST:
        raise Unverified(f"the bundle is larger than {MOST} bytes")
    match signer:
        case Keyless():
            return signed_digest(*_by_identity(text, signer, root))
        case Pinned():
            return signed_digest(*_by_key(text, signer))


def trusted_root(path: Path) -> tuple[TrustedRoot | None, str]:
    """Or why there is none."""
    try:
        return TrustedRoot.from_file(str(path)), ""
    except Exception as error:  # noqa: BLE001  whatever is wrong with the file, nothing is trusted
        return None, f"the trusted root {path} cannot be read: {_said(error)}"


def _by_identity(text: str, signer: Keyless, root: TrustedRoot | None) -> tuple[str, bytes]:
    if root is None:
        raise Unverified("signatures by an identity cannot be checked: the operator was given no trusted root")
    try:
        bundle = Bundle.from_json(text)
    except Exception as error:  # whatever a parser makes of foreign bytes
        raise Unverified(f"the bundle is none of Sigstore's: {_said(error)}") from error
    try:
        policy = Identity(identity=signer.identity, issuer=signer.issuer)
        return Verifier(trusted_root=root).verify_dsse(bundle, policy)
    except errors.Error as error:
        raise Unverified(f"it does not verify: {_said(error)}") from error
    except Exception as error:  # the parts of a certificate are foreign bytes, too
        raise Unverified(f"it does not verify: {type(error).__name__}: {_said(error)}") from error


def _by_key(text: str, signer: Pinned) -> tuple[str, bytes]:
    try:
        key = SSlibKey.from_crypto(load_pem_public_key(signer.pem.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unverified(f"the policy's key {signer.name} is no public key of a kind that is known") from error
    envelope = _envelope(text)
    for signature in envelope.signatures.values():
        try:
            # Model signing names no key in its bundles, and DSSE takes such a name for a hint.
            key.verify_signature(Signature(key.keyid, signature.signature), envelope.pae())
        except UnverifiedSignatureError:
            continue
        return envelope.payload_type, envelope.payload
    raise Unverified(f"it is not by the key {signer.name}, or the bundle was changed")


def _envelope(text: str) -> Envelope:
    """By its form, and no further: the library's own reader takes what is not Base64 for empty."""
    try:
        told: Any = json.loads(text)["dsseEnvelope"]
        for part in (told["payload"], *(one["sig"] for one in told["signatures"])):
            base64.b64decode(part, validate=True)
        signatures = [{"keyid": "", **one} for one in told["signatures"]]
        return Envelope.from_dict({**told, "signatures": signatures})  # pyright: ignore[reportUnknownMemberType]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unverified("the bundle is none of Sigstore's: it has no signed DSSE envelope") from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
