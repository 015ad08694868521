"""Models that are signed as their users do it: with the tool of OpenSSF Model Signing, and a key of their own."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from model_signing.signing import Config

from leadsman.planner.governance import Pinned

FILES = {"config.json": b'{"layers": 2}', "weights.bin": bytes(range(256))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    private: Path
    pem: str

    def pinned(self, name: str = "release") -> Pinned:
        return Pinned(name=name, pem=self.pem)


def a_key(folder: Path, curve: ec.EllipticCurve | None = None) -> Key:
    made = ec.generate_private_key(curve or ec.SECP256R1())
    folder.mkdir(parents=True, exist_ok=True)
    private = folder / "private.pem"
    private.write_bytes(
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public = made.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Key(private=private, pem=public.decode())


def signed(folder: Path, key: Key, files: dict[str, bytes] | None = None) -> str:
    """The bundle."""
    model = folder / "model"
    model.mkdir(parents=True, exist_ok=True)
    for name, content in (files or FILES).items():
        (model / name).write_bytes(content)
    bundle = folder / "model.sig"
    Config().use_elliptic_key_signer(private_key=key.private).sign(model, bundle)
    return bundle.read_text()


def digest_of(files: dict[str, bytes]) -> str:
    """By the rule that the documentation gives."""
    digests = [hashlib.sha256(files[name]).digest() for name in sorted(files)]
    return f"sha256:{hashlib.sha256(b''.join(digests)).hexdigest()}"


def statement(bundle: str) -> dict[str, Any]:
    return json.loads(base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"]))


def with_payload(bundle: str, changed: dict[str, Any]) -> str:
    """Under the signature of another."""
    told = json.loads(bundle)
    told["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(changed).encode()).decode()
    return json.dumps(told)
