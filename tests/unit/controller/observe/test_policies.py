"""Could a GovernancePolicy be about a service?"""

from typing import Any

import pytest

from leadsman.controller.observe.policies import Scope, scope
from unit.controller.recordings import recorded, said_of


def policy(match: object) -> Scope:
    raw = recorded("ours")["GovernancePolicy"]
    raw["spec"]["match"] = match
    return scope(said_of(raw), raw)


def chosen_by(selector: dict[str, Any]) -> Scope:
    return policy({"selector": selector})


def expression(operator: str, *values: str) -> Scope:
    requirement = {"key": "team", "operator": operator, **({"values": list(values)} if values else {})}
    return chosen_by({"matchExpressions": [requirement]})


def test_tiers_are_matched_and_the_labels_of_namespaces() -> None:
    raw = recorded("ours")["GovernancePolicy"]
    found = scope(said_of(raw), raw)

    assert raw["spec"]["match"]["namespaceSelector"] == {"matchLabels": {"env": "prod"}}
    assert found.name == "high-risk"
    assert found.may_cover("High", {}, {"env": "prod"})
    assert not found.may_cover("Limited", {}, {"env": "prod"})
    assert not found.may_cover("High", {}, {"env": "test"})
    assert found.may_cover("High", {}, None)  # a namespace that nobody knows


@pytest.mark.parametrize("match", [None, {}, {"tiers": []}, {"selector": {}}, {"selector": {"matchLabels": {}}}])
def test_what_is_left_out_matches_everything(match: object) -> None:
    assert policy(match).may_cover("Minimal", {"team": "support-ai"}, {})


@pytest.mark.parametrize(
    "match", [{"tiers": ["Extreme"]}, {"regions": ["eu"]}, {"selector": {"matchLabels": {"a": 1}}}]
)
def test_what_cannot_be_read_matches_everything(match: object) -> None:
    assert policy(match).may_cover("Minimal", {}, {})


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Europe", "../etc"])
def test_a_time_zone_that_only_the_api_server_knows_makes_the_policy_unreadable_and_breaks_nothing(zone: str) -> None:
    raw = recorded("ours")["GovernancePolicy"]
    raw["spec"]["freezes"][0]["timeZone"] = zone
    found = scope(said_of(raw), raw)
    assert found.spec is None
    assert "timeZone" in found.problem
    assert not found.may_cover("Limited", {}, {})


@pytest.mark.parametrize(
    ("found", "labels", "covers"),
    [
        (chosen_by({"matchLabels": {"team": "a"}}), {"team": "a", "more": "x"}, True),
        (chosen_by({"matchLabels": {"team": "a"}}), {"team": "b"}, False),
        (chosen_by({"matchLabels": {"team": "a"}}), {}, False),
        (chosen_by({"matchLabels": {"team": "a", "env": "prod"}}), {"team": "a"}, False),
        (expression("In", "a", "b"), {"team": "b"}, True),
        (expression("In", "a", "b"), {"team": "c"}, False),
        (expression("In", "a", "b"), {}, False),
        (expression("NotIn", "a"), {"team": "b"}, True),
        (expression("NotIn", "a"), {"team": "a"}, False),
        (expression("NotIn", "a"), {}, True),
        (expression("Exists"), {"team": ""}, True),
        (expression("Exists"), {}, False),
        (expression("DoesNotExist"), {}, True),
        (expression("DoesNotExist"), {"team": "a"}, False),
    ],
)
def test_labels_are_matched_as_kubernetes_does(found: Scope, labels: dict[str, str], *, covers: bool) -> None:
    assert found.may_cover("High", labels, {}) is covers
