"""Bundles of Sigstore against a trusted root: that of an instance of the test's own. Nobody asks a network."""

import base64
import json
from pathlib import Path

import pytest

from harness.private_sigstore import MINUTES, SIGNED_AT, PrivateSigstore
from harness.signed_models import FILES, a_key, digest_of, signed, statement, with_payload
from leadsman.controller.provenance.verification import Unverified, trusted_root, verify
from leadsman.controller.provenance.verifier import verifying
from leadsman.planner.governance import Keyless

CI = Keyless(identity="https://ci.example.com/release", issuer="https://token.example.com")


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("model")
    return base64.b64decode(json.loads(signed(folder, a_key(folder)))["dsseEnvelope"]["payload"])


class Instance(PrivateSigstore):
    def verify(self, text: str, folder: Path, signer: Keyless = CI) -> str:
        file = folder / "trusted_root.json"
        file.write_text(self.trusted_root())
        root, problem = trusted_root(file)
        assert not problem
        return verify(text, signer, root)


def test_who_signed_and_what(payload: bytes, tmp_path: Path) -> None:
    ours = Instance()
    assert ours.verify(ours.sign(payload, identity=CI.identity, issuer=CI.issuer), tmp_path) == digest_of(FILES)


@pytest.mark.parametrize(
    "other",
    [
        Keyless(identity="https://ci.example.com/other", issuer=CI.issuer),
        Keyless(identity=CI.identity, issuer="https://accounts.example.org"),
    ],
)
def test_another_identity_or_issuer(payload: bytes, tmp_path: Path, other: Keyless) -> None:
    ours = Instance()
    with pytest.raises(Unverified, match="does not verify"):
        ours.verify(ours.sign(payload, identity=other.identity, issuer=other.issuer), tmp_path)


def test_a_certificate_that_had_expired(payload: bytes, tmp_path: Path) -> None:
    ours = Instance()
    late = ours.sign(payload, identity=CI.identity, issuer=CI.issuer, logged_at=SIGNED_AT + 2 * MINUTES)
    with pytest.raises(Unverified, match="does not verify"):
        ours.verify(late, tmp_path)


def test_another_instance(payload: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unverified, match="does not verify"):
        Instance().verify(Instance().sign(payload, identity=CI.identity, issuer=CI.issuer), tmp_path)


def test_a_statement_that_was_changed(payload: bytes, tmp_path: Path) -> None:
    ours = Instance()
    text = ours.sign(payload, identity=CI.identity, issuer=CI.issuer)
    changed = statement(text)
    changed["subject"][0]["name"] = "another"
    with pytest.raises(Unverified, match="does not verify"):
        ours.verify(with_payload(text, changed), tmp_path)


@pytest.mark.parametrize("garbage", ["", "no JSON", "[]", "{}", "[" * 100_000, '{"mediaType": 7}'])
def test_garbage(tmp_path: Path, garbage: str) -> None:
    with pytest.raises(Unverified, match="none of Sigstore's"):
        Instance().verify(garbage, tmp_path)


@pytest.mark.parametrize("content", ["", "no JSON", "{}"])
def test_a_trusted_root_that_cannot_be_read_verifies_nothing(payload: bytes, tmp_path: Path, content: str) -> None:
    root = tmp_path / "trusted_root.json"
    root.write_text(content)
    text = PrivateSigstore().sign(payload, identity=CI.identity, issuer=CI.issuer)
    assert "cannot be read" in verifying(root)(text, CI).problem
