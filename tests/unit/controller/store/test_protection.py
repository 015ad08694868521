"""Since when are decisions protected? Told by watches of admission policies."""

import copy
import datetime as dt
from typing import Any

from leadsman.controller.protection.expected import expected
from leadsman.controller.store import Store
from unit.controller.recordings import SERVICE
from unit.controller.store.telling import KEY, KINDS, START, everything

CREATED = START - dt.timedelta(days=3)
ACTOR = ("MutatingAdmissionPolicyBinding", "actor.aidecisions.leadsman.dev")


def shipped(kind: str, name: str, *, at: dt.datetime = CREATED, generation: int = 1, version: int = 1) -> Any:
    return {
        "kind": kind,
        "metadata": {
            "name": name,
            "uid": f"{kind}/{name}",
            "resourceVersion": str(version),
            "generation": generation,
            "creationTimestamp": CREATED.isoformat(),
            "managedFields": [{"time": at.isoformat(), "fieldsV1": {"f:spec": {}}}],
        },
        "spec": copy.deepcopy(dict(expected()[kind, name])),
    }


def protected() -> Store:
    store = Store(lambda: START)
    store.observe(KINDS["AIService"], None, everything()[f"AIService/{SERVICE}"])
    for kind, name in expected():
        store.observe(KINDS[kind], None, shipped(kind, name))
    return store


def test_all_of_them_have_to_be_there() -> None:
    store = Store(lambda: START)
    for kind, name in expected():
        assert store.decisions.protection.since is None
        store.observe(KINDS[kind], None, shipped(kind, name))
    assert store.decisions.protection.since == CREATED
    assert store.decisions.protection.problem == ""


def test_it_is_as_old_as_the_youngest_of_them() -> None:
    store = protected()
    kind, name = ACTOR
    later = CREATED + dt.timedelta(hours=1)
    assert store.observe(KINDS[kind], None, shipped(kind, name, at=later, version=2))
    assert store.decisions.protection.since == later


def test_one_that_goes_voids_what_comes_and_services_hear_of_it() -> None:
    store = protected()
    kind, name = ACTOR
    woken = store.observe(KINDS[kind], "DELETED", shipped(kind, name))
    assert woken == {KEY}
    assert store.decisions.protection.since is None
    assert store.decisions.protection.problem == f"{kind} {name} is not there"

    again = shipped(kind, name, version=9)
    again["metadata"]["uid"] = "another"
    store.observe(KINDS[kind], "ADDED", again)
    assert store.decisions.protection.since == START, "whatever it says of its age: it was seen to be gone"


def test_one_that_was_altered_and_put_back_is_as_young_as_that_was_seen() -> None:
    """What managedFields say can be written by whoever writes the object; generation cannot."""
    store = protected()
    kind, name = ACTOR
    altered = shipped(kind, name, generation=2, version=5)
    altered["spec"]["policyName"] = "another"
    store.observe(KINDS[kind], "MODIFIED", altered)
    assert store.decisions.protection.problem == f"{kind} {name}: spec.policyName was changed"

    store.observe(KINDS[kind], "MODIFIED", shipped(kind, name, generation=3, version=6))
    assert store.decisions.protection.since == START


def test_policies_of_others_are_nobodys_business() -> None:
    store = protected()
    other = shipped(*ACTOR)
    other["metadata"] |= {"name": "others", "uid": "others"}
    assert not store.observe(KINDS[ACTOR[0]], "ADDED", other)
    assert not store.observe(KINDS[ACTOR[0]], "DELETED", other)
    assert store.decisions.protection.since == CREATED
