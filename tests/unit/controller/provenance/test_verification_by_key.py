"""Bundles of OpenSSF Model Signing, made by its own tool, against keys that a policy pins."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from harness.signed_models import FILES, a_key, digest_of, signed, statement, with_payload
from leadsman.controller.provenance.verification import MOST, Unverified, verify
from leadsman.planner.governance import Pinned


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_the_digest_is_that_of_the_digests_of_all_files_by_name(tmp_path: Path, curve: ec.EllipticCurve) -> None:
    key = a_key(tmp_path, curve)

    assert verify(signed(tmp_path, key), key.pinned(), None) == digest_of(FILES)


def test_of_another_key_is_refused(tmp_path: Path) -> None:
    bundle = signed(tmp_path, a_key(tmp_path))

    with pytest.raises(Unverified, match="not by the key other"):
        verify(bundle, a_key(tmp_path / "other").pinned("other"), None)


def test_a_statement_that_was_changed_is_refused(tmp_path: Path) -> None:
    key = a_key(tmp_path)
    bundle = signed(tmp_path, key)
    changed = statement(bundle)
    changed["subject"][0]["digest"]["sha256"] = "0" * 64

    with pytest.raises(Unverified, match="was changed"):
        verify(with_payload(bundle, changed), key.pinned(), None)


def test_what_the_key_signed_for_another_purpose_is_no_model(tmp_path: Path) -> None:
    key = a_key(tmp_path)
    told = json.loads(signed(tmp_path, key))
    told["dsseEnvelope"]["payloadType"] = "text/plain"

    with pytest.raises(Unverified, match="was changed"):
        verify(json.dumps(told), key.pinned(), None)


@pytest.mark.parametrize(
    "garbage",
    ["", "no JSON", "[]", "{}", '{"dsseEnvelope": 1}', "[" * 100_000]
    + [
        json.dumps({"dsseEnvelope": {"payload": one, "payloadType": "x", "signatures": signatures}})
        for one in ("?", 7, "")
        for signatures in ([], [7], [{"sig": "?"}], {"sig": ""}, [{"sig": ""}], [{"sig": "", "keyid": ""}] * 2)
    ],
)
def test_garbage_is_refused(tmp_path: Path, garbage: str) -> None:
    with pytest.raises(Unverified):
        verify(garbage, a_key(tmp_path).pinned(), None)


def test_no_larger_than_a_config_map(tmp_path: Path) -> None:
    key = a_key(tmp_path)

    with pytest.raises(Unverified, match="larger"):
        verify(signed(tmp_path, key) + " " * MOST, key.pinned(), None)


@pytest.mark.parametrize("pem", ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key_verifies_nothing(tmp_path: Path, pem: str) -> None:
    with pytest.raises(Unverified, match="no public key"):
        verify(signed(tmp_path, a_key(tmp_path)), Pinned(name="release", pem=pem), None)
