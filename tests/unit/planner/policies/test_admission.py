"""What is written into the API server for a policy with rules. That it does what it should is tried there."""

from typing import Any

import pytest

from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec
from leadsman.planner.policies.admission import AT_ONCE, LONGEST, Object, rendered, rules_digest

RULE = {"name": "pinned", "expression": "has(object.spec.model.digest) // why", "message": "pin\nthe digest"}
WARNS = RULE | {"name": "many", "severity": "Warn"}
OLD = RULE | {"name": "rises", "expression": "oldObject == null || object.spec.replicas >= oldObject.spec.replicas"}
OPERATOR = "system:serviceaccount:leadsman-system:leadsman"


def made(*rules: dict[str, Any], **spec: Any) -> dict[tuple[str, str], Object]:
    read = GovernancePolicySpec.from_dict({"rules": list(rules), **spec})
    objects = rendered("house", "uid-1", read, OPERATOR)
    return {(one["kind"], one["metadata"]["name"].split(".")[1]): one for one in objects}


def policy(part: str, *rules: dict[str, Any], **spec: Any) -> Object:
    return made(*rules, **spec)["ValidatingAdmissionPolicy", part]["spec"]


@pytest.mark.parametrize(
    ("rules", "parts"),
    [
        ([], set[str]()),
        ([RULE], {"deny", "judge"}),
        ([WARNS], {"warn", "judge"}),
        ([RULE, WARNS], {"deny", "warn", "judge"}),
        ([OLD], {"deny"}),
    ],
)
def test_there_are_as_many_as_the_rules_need_each_with_its_binding(
    rules: list[dict[str, Any]], parts: set[str]
) -> None:
    objects = made(*rules)
    assert {part for kind, part in objects if kind == "ValidatingAdmissionPolicy"} == parts
    assert {part for kind, part in objects if kind == "ValidatingAdmissionPolicyBinding"} == parts
    for (kind, part), one in objects.items():
        assert one["metadata"]["ownerReferences"][0]["uid"] == "uid-1"
        if kind == "ValidatingAdmissionPolicyBinding":
            assert one["spec"]["policyName"] == one["metadata"]["name"]
            assert one["spec"]["validationActions"] == ["Deny" if part == "deny" else "Warn"]
        else:
            assert one["spec"]["failurePolicy"] == "Fail"


def test_a_comment_ends_with_its_line_and_a_message_has_one_line() -> None:
    (validation,) = policy("deny", RULE)["validations"]
    assert "// why\n)" in validation["expression"]
    assert validation["message"] == "house/pinned: pin the digest"


def test_a_rule_about_the_old_object_stands_as_it_was_written() -> None:
    (validation,) = policy("deny", OLD)["validations"]
    assert validation["expression"] == OLD["expression"]


def test_it_matches_as_the_policy_does() -> None:
    selectors = {"namespaceSelector": {"matchLabels": {"env": "prod"}}, "selector": {"matchLabels": {"team": "a"}}}
    spec = policy("deny", RULE, match={"tiers": ["Limited", "High"], **selectors})
    assert spec["matchConstraints"]["namespaceSelector"] == {"matchLabels": {"env": "prod"}}
    assert spec["matchConstraints"]["objectSelector"] == {"matchLabels": {"team": "a"}}
    conditions = {one["name"]: one["expression"] for one in spec["matchConditions"]}
    assert conditions["tiers"] == "object.spec.risk.tier in ['High', 'Limited']"
    assert conditions["not-the-operators"] == f"request.userInfo.username != '{OPERATOR}'"
    assert "tiers" not in {one["name"] for one in policy("deny", RULE)["matchConditions"]}


def test_no_name_can_end_a_string_early() -> None:
    read = GovernancePolicySpec.from_dict({"rules": [RULE]})
    objects = rendered("house", "uid-1", read, "o'hara\\")
    texts = [one["expression"] for one in objects[0]["spec"]["matchConditions"]]
    assert texts[0] == "request.userInfo.username != 'o\\'hara\\\\'"


# https://github.com/kubernetes/kubernetes/blob/v1.37.0/staging/src/k8s.io/apiserver/pkg/endpoints/filters/warning.go
CUT_AT = 4096


def test_answers_of_one_dry_run_are_never_cut() -> None:
    name = "n" * LONGEST
    read = GovernancePolicySpec.from_dict({"rules": [RULE | {"name": f"rule-{n}"} for n in range(64)]})
    *_, judge, _ = rendered(name, "", read, OPERATOR)
    full = judge["metadata"]["name"]
    assert full.startswith(f"{name}.judge.")
    said = f"Validation failed for ValidatingAdmissionPolicy '{full}' with binding '{full}': "
    longest = max(len(one["message"]) for one in judge["spec"]["validations"])
    assert (len(said) + longest) * (AT_ONCE + 1) <= CUT_AT


def test_the_seal_is_of_these_rules() -> None:
    one, other = (GovernancePolicySpec.from_dict({"rules": [rule]}).rules for rule in (RULE, WARNS))
    assert rules_digest(one) != rules_digest(other)
    assert policy("judge", RULE)["validations"][-1] == {
        "expression": "false",
        "message": f"leadsman.dev/judged:{rules_digest(one)};",
    }
