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


def test_tiers_are_matched_and_namespaces_taken_to_match() -> None:
    raw = recorded("ours")["GovernancePolicy"]
    found = scope(said_of(raw), raw)

    assert raw["spec"]["match"]["namespaceSelector"] == {"matchLabels": {"env": "prod"}}
    assert found.name == "high-risk"
    assert found.may_cover("High", {})
    assert not found.may_cover("Limited", {})


@pytest.mark.parametrize("match", [None, {}, {"tiers": []}, {"selector": {}}, {"selector": {"matchLabels": {}}}])
def test_what_is_left_out_matches_everything(match: object) -> None:
    assert policy(match).may_cover("Minimal", {"team": "support-ai"})


@pytest.mark.parametrize(
    "match", [{"tiers": ["Extreme"]}, {"regions": ["eu"]}, {"selector": {"matchLabels": {"a": 1}}}]
)
def test_what_cannot_be_read_matches_everything(match: object) -> None:
    assert policy(match).may_cover("Minimal", {})


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
    assert found.may_cover("High", labels) is covers
