"""Is an admission policy as it is shipped? By what an API server says of it, and by what somebody made of it."""

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from leadsman.controller.observe.metadata import metadata
from leadsman.controller.observe.protection import Guard, guard
from leadsman.controller.protection.expected import expected

NAME = "status.leadsman.dev"
EXPECTED = expected()["ValidatingAdmissionPolicy", NAME]
CREATED, CHANGED = "2026-11-23T10:00:00Z", "2026-11-24T11:00:00Z"


def served(change: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, Any]:
    """With what the API server adds."""
    spec = copy.deepcopy(dict(EXPECTED))
    spec["matchConstraints"] |= {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
    for rule in spec["matchConstraints"]["resourceRules"]:
        rule["scope"] = "*"
    raw = {
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {
            "name": NAME,
            "uid": "u",
            "resourceVersion": "7",
            "generation": 1,
            "creationTimestamp": CREATED,
            "managedFields": [
                {"manager": "kubectl", "operation": "Apply", "time": CREATED, "fieldsV1": {"f:spec": {}}},
                {"manager": "apiserver", "subresource": "status", "time": CHANGED, "fieldsV1": {"f:status": {}}},
            ],
        },
        "spec": spec,
    }
    change(raw)
    return raw


def seen(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Guard:
    raw = served(change)
    own = metadata(raw)
    assert own is not None
    return guard(own, raw, EXPECTED)


def test_what_is_shipped_is_intact_since_it_was_written() -> None:
    found = seen()
    assert found.problem == ""
    assert found.since == dt.datetime.fromisoformat(CREATED)


def test_every_object_of_the_four_files_is_expected_with_its_binding() -> None:
    names = {kind: {name for of, name in expected() if of == kind} for kind, _ in expected()}
    assert names["ValidatingAdmissionPolicy"] == names["ValidatingAdmissionPolicyBinding"]
    assert names["MutatingAdmissionPolicy"] == names["MutatingAdmissionPolicyBinding"]
    assert "actor.aidecisions.leadsman.dev" in names["MutatingAdmissionPolicy"]
    assert {"aidecisions.leadsman.dev", "records.leadsman.dev", NAME} <= names["ValidatingAdmissionPolicy"]


def test_who_the_operator_is_belongs_to_the_installation() -> None:
    def rename(raw: dict[str, Any]) -> None:
        raw["spec"]["variables"][0]["expression"] = "['system:serviceaccount:ai-platform:leadsman', 'restorer']"

    assert seen(rename).problem == ""


def test_lines_may_be_folded_otherwise() -> None:
    def fold(raw: dict[str, Any]) -> None:
        validation = raw["spec"]["validations"][0]
        validation["messageExpression"] = validation["messageExpression"].replace(" ", "\n  ")

    assert seen(fold).problem == ""


def test_a_later_write_of_the_spec_is_a_new_beginning() -> None:
    def write(raw: dict[str, Any]) -> None:
        entry = {"manager": "mallory", "operation": "Update", "time": CHANGED, "fieldsV1": {"f:spec": {}}}
        raw["metadata"]["managedFields"].append(entry)

    assert seen(write).since == dt.datetime.fromisoformat(CHANGED)


ALTERATIONS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a condition under which it does not hold": (
        lambda raw: raw["spec"].update(matchConditions=[{"name": "not-me", "expression": "false"}]),
        "spec.matchConditions was added",
    ),
    "another expression": (
        lambda raw: raw["spec"]["validations"][0].update(expression="true"),
        "spec.validations[0].expression was changed",
    ),
    "an operator that is no list": (
        lambda raw: raw["spec"]["variables"][0].update(expression="[request.userInfo.username]"),
        "spec.variables[0].expression was changed",
    ),
    "fewer validations": (lambda raw: raw["spec"].update(validations=[]), "spec.validations has 0 entries, not 1"),
    "fewer resources": (
        lambda raw: raw["spec"]["matchConstraints"]["resourceRules"][0]["resources"].pop(0),
        "spec.matchConstraints.resourceRules[0].resources has 7 entries, not 8",
    ),
    "namespaces left out": (
        lambda raw: raw["spec"]["matchConstraints"]["namespaceSelector"].update(matchLabels={"a": "b"}),
        "spec.matchConstraints.namespaceSelector.matchLabels was added",
    ),
    "an excluded resource": (
        lambda raw: raw["spec"]["matchConstraints"].update(excludeResourceRules=[{"resources": ["*"]}]),
        "spec.matchConstraints.excludeResourceRules was added",
    ),
    "failures are ignored": (lambda raw: raw["spec"].update(failurePolicy="Ignore"), "spec.failurePolicy was changed"),
    "no failure policy": (lambda raw: raw["spec"].pop("failurePolicy"), "spec.failurePolicy is missing"),
    "nothing in it": (lambda raw: raw.pop("spec"), "spec was changed"),
    "on its way out": (
        lambda raw: raw["metadata"].update(deletionTimestamp=CHANGED),
        "it is being deleted",
    ),
    "no history": (
        lambda raw: raw["metadata"].pop("managedFields"),
        "its managedFields do not say when it was changed",
    ),
    "a history without times": (
        lambda raw: raw["metadata"]["managedFields"][0].pop("time"),
        "its managedFields do not say when it was changed",
    ),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_what_was_altered_is_seen(what: str) -> None:
    change, problem = ALTERATIONS[what]
    assert seen(change).problem == problem
