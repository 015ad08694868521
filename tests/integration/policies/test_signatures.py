"""Signatures on a real API server: what is signed moves, what was tampered with holds until it is corrected."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, condition_of, is_held_by, is_promoted, says
from harness.services import ai_service, serves
from harness.signed_models import FILES, a_key, digest_of, signed, statement, with_payload
from integration.policies.conftest import Office

pytestmark = pytest.mark.integration

DIGEST = digest_of(FILES)


def chat(version: str) -> Object:
    signature = {"bundle": {"configMap": "model-sig", "key": "model.sig"}, "key": "release"}
    model: dict[str, Any] = {"name": "chat", "version": version, "digest": DIGEST, "signature": signature}
    return ai_service("chat", version, rollout=AT_ONCE, model=model)


def bundle(text: str, *, labelled: bool = True) -> Object:
    labels = {"labels": {"leadsman.dev/input": "true"}} if labelled else {}
    metadata = {"name": "model-sig", **labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"model.sig": text}}


def tampered(text: str) -> str:
    changed = statement(text)
    changed["subject"][0]["digest"]["sha256"] = DIGEST.removeprefix("sha256:")
    changed["predicate"]["resources"][0]["digest"] = "0" * 64
    return with_payload(text, changed)


def test_a_good_signature_lets_it_go_on_and_a_tampered_one_holds_until_it_is_corrected(
    operator: OperatorProcess, office: Office, space: Space, tmp_path: Path
) -> None:
    key = a_key(tmp_path)
    good = signed(tmp_path, key)
    pinned = [{"name": "release", "pem": key.pem}]
    name = office.writes("house", provenance={"digest": "Required", "signature": "Required", "keys": pinned})

    space.apply(chat("1"))
    seen = space.wait("AIService", "chat", is_held_by("PolicyDenied"))
    assert "there is no ConfigMap model-sig" in json.dumps(seen["status"]["blockers"])

    space.apply(bundle(good))
    seen = space.wait("AIService", "chat", is_promoted)
    compliant = condition_of(seen, "PolicyCompliant")
    assert compliant["status"] == "True"
    assert f"the signature of {DIGEST} by the key release verified" in compliant["message"]
    assert "the files in the pods were not compared with it" in compliant["message"]
    office.waits(name, matched=1, compliant=1, violating=0)
    revision = space.get("AIRevision", seen["status"]["servingRevision"])
    facts = [one["facts"] for one in revision["status"]["ledger"]["entries"]]
    assert {"signedBy": "the key release", "signedDigest": DIGEST}.items() <= {
        key: value for one in facts for key, value in one.items()
    }.items()

    space.apply(bundle(tampered(good)))
    seen = space.wait("AIService", "chat", says("PolicyCompliant", "PolicyDenied"))
    assert condition_of(seen, "Ready")["status"] == "True"  # what serves goes on
    office.waits(name, matched=1, compliant=0, violating=1)
    space.apply(chat("2"))
    seen = space.wait("AIService", "chat", is_held_by("PolicyDenied"))
    assert "or the bundle was changed" in json.dumps(seen["status"]["blockers"])

    space.apply(bundle(good))
    space.wait("AIService", "chat", serves("2"))
    office.waits(name, matched=1, compliant=1, violating=0)
