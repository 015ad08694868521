"""A policy that requires signatures: who counts, what is checked, and what is said of it."""

from dataclasses import replace
from typing import Any

import pytest

from leadsman.planner.governance import Bundle, Keyless, Pinned, Policy, Question, Signed
from leadsman.planner.policies.objections import objections_of
from leadsman.planner.policies.signatures import question
from unit.planner.policies.given import held_by, policy, rolling_out, world
from unit.planner.stories import image

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
BUNDLE = {"configMap": "model-sig", "key": "model.sig"}
CI = {"identity": "https://ci.example.com/release", "issuer": "https://token.example.com"}
PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
BY_KEY = {"bundle": BUNDLE, "key": "release"}
BY_CI = {"bundle": BUNDLE, **CI}
GONE = Bundle(problem="there is no ConfigMap", unblock="make one")
HERE = Bundle(digest="sha256:of-the-config-map")


def requiring(**provenance: Any) -> Policy:
    asked = {"signature": "Required", "keys": [{"name": "release", "pem": PEM}], "identities": [CI], **provenance}
    return replace(policy(provenance=asked), bundle=HERE, signed=Signed(digest=DIGEST))


def said(asked: Policy, signature: Any = BY_KEY, digest: str | None = DIGEST) -> tuple[str, str] | None:
    """Reason and message of what it objects to."""
    model = {"name": "chat", "version": "1", "digest": digest, "signature": signature}
    service = world(model={name: value for name, value in model.items() if value is not None}).service
    found = [one for one in objections_of(asked, service) if one.name == "house/provenance.signature"]
    assert all(one.unblock for one in found)
    return (found[0].reason, found[0].message) if found else None


@pytest.mark.parametrize("signature", [BY_KEY, BY_CI])
def test_satisfied_by_the_digest_that_was_signed(signature: Any) -> None:
    assert said(requiring(), signature) is None


@pytest.mark.parametrize(
    ("asked", "signature", "digest", "words"),
    [
        (requiring(keys=[], identities=[]), BY_KEY, DIGEST, "names nobody"),
        (requiring(), None, DIGEST, "spec.model.signature is absent"),
        (requiring(), BY_KEY | {"key": "dana"}, DIGEST, "does not count signatures by the key dana"),
        (requiring(keys=[]), BY_KEY, DIGEST, "does not count signatures by the key release"),
        (requiring(), BY_CI | {"issuer": "https://accounts.example.org"}, DIGEST, "https://accounts.example.org"),
        (requiring(), BY_CI | {"identity": "mallory@example.com"}, DIGEST, "by mallory@example.com"),
        (replace(requiring(), bundle=GONE), BY_KEY, DIGEST, "there is no ConfigMap"),
        (replace(requiring(), signed=Signed(problem="the bundle was changed")), BY_KEY, DIGEST, "was changed"),
        (replace(requiring(), signed=Signed()), BY_KEY, DIGEST, "does not count"),
        (requiring(), BY_KEY, OTHER, f"is the signature of {DIGEST}, and spec.model.digest says {OTHER}"),
        (requiring(), BY_KEY, None, "spec.model.digest says nothing"),
    ],
)
def test_held(asked: Policy, signature: Any, digest: str | None, words: str) -> None:
    reason, message = said(asked, signature, digest) or ("", "")
    assert reason == "PolicyDenied"
    assert words in message


@pytest.mark.parametrize("unknown", [{"signed": None}, {"bundle": None}])
def test_what_is_not_known_yet_is_no_pass(unknown: Any) -> None:
    reason, message = said(replace(requiring(), **unknown)) or ("", "")
    assert (reason, message) == ("Resolving", "the signature in model-sig/model.sig is being verified")


def test_the_question_is_about_the_policys_signer() -> None:
    """What the service's owner writes chooses one; it brings none."""
    key, ci = (world(model=_model(one)).service for one in (BY_KEY, BY_CI))
    asked = requiring()
    assert question(key, asked) == Question(
        content=HERE.digest, key="model.sig", signer=Pinned(name="release", pem=PEM)
    )
    assert question(ci, asked) == Question(content=HERE.digest, key="model.sig", signer=Keyless(**CI))
    assert question(key, requiring(keys=[])) is None
    assert question(key, replace(asked, bundle=GONE)) is None


def test_the_status_says_what_was_checked_and_what_was_not_and_the_ledger_who_signed() -> None:
    simulation = rolling_out(requiring(), model=_model(BY_KEY))
    simulation.run(900, step=50)
    assert simulation.condition("Ready") == ("True", "Promoted")
    (compliant,) = (one for one in simulation.status.conditions if one.type == "PolicyCompliant")
    assert f"the signature of {DIGEST} by the key release verified" in compliant.message
    assert "the files in the pods were not compared with it" in compliant.message
    entered = [one for one in simulation.entries if one.type == "stage.entered" and "signedBy" in one.facts]
    assert {(one.facts["signedBy"], one.facts["signedDigest"]) for one in entered} == {("the key release", DIGEST)}


def test_what_serves_is_not_stopped_when_its_signature_is_gone() -> None:
    simulation = rolling_out(requiring(), model=_model(BY_KEY))
    simulation.run(900, step=50)
    serving = simulation.status.serving_revision
    simulation.policies = (replace(requiring(), bundle=GONE),)
    simulation.run(60, step=20)
    assert simulation.in_traffic == {serving: 4}
    assert simulation.condition("PolicyCompliant") == ("False", "PolicyDenied")
    simulation.edit(image(3))
    simulation.run(600, step=60)
    assert simulation.in_traffic == {serving: 4}
    assert held_by(simulation) == [("Policy", "house/provenance.signature")]


def _model(signature: Any) -> dict[str, Any]:
    return {"name": "chat", "version": "1", "digest": DIGEST, "signature": signature}
