"""What a signature says that was signed."""

import hashlib
import json
from typing import Any

import pytest

from leadsman.planner.policies.statement import PAYLOAD_TYPE, PREDICATE, NotAModel, signed_digest

FIRST, SECOND = hashlib.sha256(b"first").hexdigest(), hashlib.sha256(b"second").hexdigest()
ROOT = hashlib.sha256(bytes.fromhex(FIRST) + bytes.fromhex(SECOND)).hexdigest()


def statement(**changes: Any) -> dict[str, Any]:
    resources = [{"name": "a", "algorithm": "sha256", "digest": FIRST}, {"name": "b", "digest": SECOND}]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "model", "digest": {"sha256": ROOT}}],
        "predicateType": PREDICATE,
        "predicate": {"serialization": {"method": "files"}, "resources": resources},
    } | changes


def read(told: object) -> str:
    return signed_digest(PAYLOAD_TYPE, json.dumps(told).encode())


def test_the_digest_of_the_model() -> None:
    assert read(statement()) == f"sha256:{ROOT}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "of the type https://slsa.dev"),
        ({"predicateType": "https://model_signing/Digests/v0.1"}, "of the type https://model_signing/Digests"),
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "_type"),
        ({"subject": []}, "subject"),
        ({"subject": [{"digest": {"sha256": ROOT}}] * 2}, "subject"),
        ({"subject": [{"digest": {"sha512": ROOT}}]}, "sha256"),
        ({"subject": [{"digest": {"sha256": ROOT.upper()}}]}, "sha256"),
        ({"subject": [{"digest": {"sha256": FIRST}}]}, "and its files make"),
        ({"predicate": {}}, "resources"),
        ({"predicate": {"resources": []}}, "resources"),
        ({"predicate": {"resources": [{"name": "a", "digest": "abc"}]}}, "digest"),
        ({"predicate": {"resources": [{"name": "a", "digest": FIRST}] * 2}}, "twice"),
        ({"predicate": {"resources": [{"name": "b", "digest": SECOND}, {"name": "a", "digest": FIRST}]}}, "files make"),
    ],
)
def test_what_is_none(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(NotAModel, match=words):
        read(statement(**changes))


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"7", b"null", b"[" * 100_000])
def test_garbage(payload: bytes) -> None:
    with pytest.raises(NotAModel):
        signed_digest(PAYLOAD_TYPE, payload)


def test_of_another_type() -> None:
    with pytest.raises(NotAModel, match="text/plain"):
        signed_digest("text/plain", json.dumps(statement()).encode())
