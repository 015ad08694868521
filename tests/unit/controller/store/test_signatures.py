"""Where a bundle is, and that what changes in it is verified anew."""

from dataclasses import replace
from typing import Any

from harness.simulation import Simulation
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.controller.store.signatures import Signatures
from leadsman.planner.governance import Policy, Signed
from leadsman.planner.world import Input, InputState, Service
from unit.planner.stories import spec

PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
ASKED = {"provenance": {"signature": "Required", "keys": [{"name": "release", "pem": PEM}]}}
SIGNATURE = {"bundle": {"configMap": "model-sig", "key": "model.sig"}, "key": "release"}


def service(signature: Any = SIGNATURE) -> Service:
    return Simulation(spec(model={"name": "chat", "version": "1", "signature": signature})).world().service


def policy(**asks: Any) -> Policy:
    return Policy(name="house", spec=GovernancePolicySpec.from_dict(asks or ASKED))


def present(text: str, digest: str, key: str = "model.sig") -> Input:
    return Input(name="model-sig", state=InputState.PRESENT, digest=digest, data={"data": {key: text}})


def test_a_policy_that_asks_for_none_looks_for_nothing() -> None:
    def look(namespace: str, name: str) -> Input:
        raise AssertionError(f"{namespace}/{name}")

    asked = policy(unpinned="Warn")
    assert Signatures(look).with_answer(asked, service()) is asked


def test_an_answer_is_about_the_content_it_was_given_for() -> None:
    standing = present("bundle", "sha256:1")
    known = Signatures(lambda _, __: standing)
    seen = known.with_answer(policy(), service())
    wanted = known.unverified(seen, service())
    assert wanted is not None
    assert wanted.text == "bundle"
    known.answer(wanted.question, Signed(digest="sha256:model"))
    told = known.with_answer(policy(), service())
    assert told.signed == Signed(digest="sha256:model")
    assert known.unverified(told, service()) is None

    standing = present("another", "sha256:2")
    seen = known.with_answer(policy(), service())
    assert seen.signed is None
    changed = known.unverified(seen, service())
    assert changed is not None
    assert changed.text == "another"


def test_the_same_bundle_under_another_key_of_that_name_is_verified_anew() -> None:
    known = Signatures(lambda _, __: present("bundle", "sha256:1"))
    wanted = known.unverified(known.with_answer(policy(), service()), service())
    assert wanted is not None
    known.answer(wanted.question, Signed(digest="sha256:model"))
    other = {"name": "release", "pem": PEM.replace("AAAA", "BBBB")}
    assert known.with_answer(policy(provenance={"signature": "Required", "keys": [other]}), service()).signed is None


def test_where_there_is_no_bundle_it_says_what_to_do() -> None:
    missing = Input(name="model-sig", state=InputState.MISSING)
    told = {
        "kubectl create configmap model-sig": missing,
        "kubectl label configmap model-sig": replace(missing, state=InputState.NOT_LABELLED),
        "put the bundle there": present("bundle", "sha256:1", key="another.sig"),
    }
    for words, standing in told.items():
        known = Signatures(lambda _, __, standing=standing: standing)
        seen = known.with_answer(policy(), service())
        assert seen.bundle is not None
        assert seen.bundle.problem
        assert words in seen.bundle.unblock
        assert known.unverified(seen, service()) is None


def test_before_anybody_has_looked_nothing_is_known() -> None:
    known = Signatures(lambda _, __: None)
    assert known.with_answer(policy(), service()).bundle is None
