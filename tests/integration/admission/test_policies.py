"""The policies themselves: they compile, deny, fail closed, and know which operator they are told of."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from harness.cluster import Cluster, Object
from harness.guards import MANIFESTS, OBJECTS, overlay
from harness.waiting import eventually

pytestmark = pytest.mark.integration

POLICIES = [one for one in OBJECTS if one["kind"].endswith("AdmissionPolicy")]
VALIDATING = [one for one in POLICIES if one["kind"].startswith("Validating")]
BINDINGS = {one["spec"]["policyName"]: one for one in OBJECTS if one["kind"].endswith("Binding")}


def name_of(found: Object) -> str:
    return found["metadata"]["name"]


def type_checked(cluster: Cluster, name: str) -> Object:
    """What the API server's type checker says, once it has looked."""

    def looked_at() -> Object:
        seen = json.loads(cluster.kubectl("get", "validatingadmissionpolicy", name, "-o", "json").stdout)
        status = seen.get("status", {})
        return status if status.get("observedGeneration") == seen["metadata"]["generation"] else {}

    return eventually(looked_at)["typeChecking"]


@pytest.mark.parametrize("policy", VALIDATING, ids=name_of)
def test_every_expression_fits_the_types_of_what_it_is_about(guarded: Cluster, policy: Object) -> None:
    assert type_checked(guarded, name_of(policy)).get("expressionWarnings", []) == []


def test_an_expression_that_does_not_fit_would_be_noticed(guarded: Cluster) -> None:
    (policy,) = (one for one in VALIDATING if name_of(one) == "airevisions.leadsman.dev")
    wrong = json.dumps(policy | {"metadata": {"name": "wrong"}}).replace("object.spec ==", "object.spek ==")
    guarded.kubectl("create", "-f", "-", stdin=wrong)
    try:
        (warning,) = type_checked(guarded, "wrong").get("expressionWarnings", [])
        assert "undefined field 'spek'" in warning["warning"]
    finally:
        guarded.kubectl("delete", "validatingadmissionpolicy", "wrong")


@pytest.mark.parametrize("policy", POLICIES, ids=name_of)
def test_it_fails_closed_and_is_bound(policy: Object) -> None:
    # docs/adr/0008 has the reasons, also of the one exception: it fails open, since its parameters may be gone.
    has_parameters = name_of(policy) == "addresses.children.leadsman.dev"
    assert policy["spec"]["failurePolicy"] == ("Ignore" if has_parameters else "Fail")
    assert ("paramKind" in policy["spec"]) == has_parameters
    binding = BINDINGS[name_of(policy)]
    assert "matchResources" not in binding["spec"]
    if policy["kind"].startswith("Validating"):
        assert binding["spec"]["validationActions"] == ["Deny"]


@pytest.mark.parametrize("policy", VALIDATING, ids=name_of)
def test_a_policy_that_knows_an_operator_can_be_told_of_another(
    guarded: Cluster, policy: Object, tmp_path: Path
) -> None:
    knows = "variables.operators" in json.dumps(policy["spec"]["validations"] + policy["spec"].get("variables", []))
    labels = policy["metadata"].get("labels", {})
    assert ("leadsman.dev/names-operators" in labels) == knows
    if knows:
        other = "system:serviceaccount:ai-platform:leadsman"
        (rendered,) = (
            one
            for one in kustomized(guarded, overlay(tmp_path, other))
            if (one["kind"], name_of(one)) == (policy["kind"], name_of(policy))
        )
        assert rendered["spec"]["variables"][0] == {"name": "operators", "expression": f"['{other}']"}


def test_each_policy_says_above_it_what_it_guards() -> None:
    for path in MANIFESTS.glob("*.yaml"):
        for text in path.read_text().split("\n---\n"):
            if "AdmissionPolicy\n" in text:
                assert text.startswith("# Guards "), f"{path.name}: {text[:80]}"


def kustomized(cluster: Cluster, folder: Path) -> list[Object]:
    done = subprocess.run([cluster.binary, "kustomize", folder], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))
