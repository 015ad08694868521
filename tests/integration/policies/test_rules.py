"""CEL rules of a policy: the API server refuses what breaks them, and says of what runs whether it does."""

import json
from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, condition_of, is_held_by, is_promoted, says
from harness.services import ai_service, serves
from harness.waiting import eventually
from integration.policies.conftest import Office

pytestmark = pytest.mark.integration

DIGEST = "sha256:" + "a" * 64
PINNED: Object = {
    "name": "pinned",
    "expression": "object.spec.model.digest.startsWith('sha256:')",
    "message": "pin spec.model.digest (sha256:…)",
}
"""Of a service without a digest it ends in an error, which is no pass."""


def chat(version: str, *, digest: str | None = None, **spec: Any) -> Object:
    model = {"name": "chat", "version": version, **({"digest": digest} if digest else {})}
    return ai_service("chat", version, rollout=AT_ONCE, model=model, **spec)


def tried(space: Space, made: Object) -> str:
    """What the API server says to whoever applies it. Empty: it takes it, without a word."""
    return space.kubectl("apply", "-f", "-", stdin=json.dumps(made), check=False).stderr


def patched(space: Space, patch: Object) -> str:
    words = ("patch", "aisvc", "chat", "--type=merge", "-p", json.dumps(patch))
    return space.kubectl(*words, check=False).stderr


def until_it_says(space: Space, text: str) -> None:
    """API servers hear of an admission policy a moment after it was written."""
    probe = chat("probe") | {"metadata": {"name": "probe"}}
    words = ("create", "--dry-run=server", "-f", "-")
    eventually(lambda: text in space.kubectl(*words, stdin=json.dumps(probe), check=False).stderr)


def test_what_breaks_a_rule_is_refused_and_what_satisfies_it_serves(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    name = office.writes("house", PINNED)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    until_it_says(space, "denied request")
    assert "denied request" in tried(space, chat("1"))
    assert tried(space, chat("1", digest=DIGEST)) == ""
    seen = space.wait("AIService", "chat", is_promoted)
    assert condition_of(seen, "PolicyCompliant")["status"] == "True"
    assert f"satisfies {name}" in condition_of(seen, "PolicyCompliant")["message"]
    office.waits(name, matched=1, compliant=1, violating=0)
    assert "denied request" in patched(space, {"spec": {"model": {"digest": None}}})


def test_what_ran_before_the_policy_serves_on_stays_editable_and_goes_no_further(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    space.apply(chat("1"))
    first = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    rule = PINNED | {"expression": "has(object.spec.model.digest)"}
    name = office.writes("house", rule)
    seen = space.wait("AIService", "chat", says("PolicyCompliant", "PolicyDenied"))
    assert condition_of(seen, "Ready")["status"] == "True"
    assert "pin spec.model.digest" in condition_of(seen, "PolicyCompliant")["message"]
    told = office.waits(name, matched=1, compliant=0, violating=1)
    (violation,) = told["status"]["violations"]
    assert (violation["namespace"], violation["service"], violation["rule"]) == (space.name, "chat", "pinned")

    until_it_says(space, "denied request")
    assert patched(space, {"spec": {"model": {"version": "2"}}}) == ""  # it was broken before
    seen = space.wait("AIService", "chat", is_held_by("PolicyDenied"))
    (lead, *_) = seen["status"]["blockers"]
    assert (lead["type"], lead["name"]) == ("Policy", f"{name}/pinned")
    assert seen["status"]["servingRevision"] == first
    assert patched(space, {"spec": {"rollout": {"paused": True}}}) == ""
    assert patched(space, {"metadata": {"annotations": {"leadsman.dev/request": "Abort"}}}) == ""
    abort = {"metadata": {"annotations": {"leadsman.dev/request": None}}, "spec": {"rollout": {"paused": False}}}
    assert patched(space, abort) == ""
    assert patched(space, {"spec": {"model": {"version": "3", "digest": DIGEST}}}) == ""
    space.wait("AIService", "chat", serves("3"))
    office.waits(name, matched=1, compliant=1, violating=0)
    assert "denied request" in patched(space, {"spec": {"model": {"digest": None}}})


def test_a_warning_warns_and_holds_nothing(operator: OperatorProcess, office: Office, space: Space) -> None:
    few = {"name": "many", "expression": "object.spec.replicas > 3", "message": "run at least 4", "severity": "Warn"}
    name = office.writes("house", few)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    until_it_says(space, "run at least 4")
    assert f"{name}/many: run at least 4" in tried(space, chat("1"))
    seen = space.wait("AIService", "chat", is_promoted)
    compliant = condition_of(seen, "PolicyCompliant")
    assert compliant["status"] == "True"
    assert f"{name}/many (warns): run at least 4" in compliant["message"]


def test_rules_about_the_old_object_hold_at_admission_only(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    grows = {
        "name": "grows",
        "expression": "oldObject == null || object.spec.model.version >= oldObject.spec.model.version",
        "message": "versions rise",
    }
    name = office.writes("house", grows)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    assert tried(space, chat("5")) == ""
    space.wait("AIService", "chat", serves("5"))
    eventually(lambda: "versions rise" in patched(space, {"spec": {"model": {"version": "4"}}}))
    assert patched(space, {"spec": {"model": {"version": "6"}}}) == ""
    space.wait("AIService", "chat", serves("6"))


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        pytest.param("object.spec.model.", "Syntax error", id="no CEL"),
        pytest.param("object.spec.model.sha == 'a'", "undefined field 'sha'", id="a field that there is not"),
    ],
)
def test_a_rule_that_does_not_compile_is_said_and_holds_what_it_matches(
    operator: OperatorProcess, office: Office, space: Space, expression: str, said: str
) -> None:
    space.apply(chat("1", digest=DIGEST))
    space.wait("AIService", "chat", is_promoted)
    broken = {"name": "broken", "expression": expression, "message": "never"}
    name = office.writes("house", broken, PINNED)
    assert said in office.waits_until_it_says(name, "RulesCompiled", "False", "CompileError")
    (error,) = office.sees(name)["status"]["ruleErrors"]
    assert error["rule"] == "broken"
    seen = space.wait("AIService", "chat", says("PolicyCompliant", "CompileError"))
    assert condition_of(seen, "Ready")["status"] == "True"
    if patched(space, {"spec": {"model": {"version": "2"}}}) == "":  # else the API server cannot answer the rule either
        seen = space.wait("AIService", "chat", is_held_by("CompileError"))
        assert seen["status"]["candidateRevision"] != seen["status"]["servingRevision"]
    office.writes("house", PINNED)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    eventually(lambda: "denied" not in patched(space, {"spec": {"model": {"version": "2"}}}))
    space.wait("AIService", "chat", serves("2"))


def test_an_admission_policy_that_somebody_deletes_or_alters_is_put_back(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    name = office.writes("house", PINNED)
    office.waits_until_it_says(name, "AdmissionInPlace", "True", "Reconciled")
    parts = [f"{name}.{part}.policies.leadsman.dev" for part in ("deny", "judge")]
    uids = {part: uid_of(space, "validatingadmissionpolicy", part) for part in parts}
    for kind in ("validatingadmissionpolicybinding", "validatingadmissionpolicy"):
        space.cluster.kubectl("delete", kind, *parts)
    eventually(lambda: all(uid_of(space, "validatingadmissionpolicy", one) not in {"", uids[one]} for one in parts))
    office.waits_until_it_says(name, "AdmissionInPlace", "True", "Reconciled")
    narrow = {"spec": {"matchConditions": [{"name": "never", "expression": "false"}]}}
    space.cluster.kubectl("patch", "validatingadmissionpolicy", parts[0], "--type=merge", "-p", json.dumps(narrow))
    eventually(lambda: "never" not in conditions_of(space, parts[0]))
    until_it_says(space, "denied request")
    space.apply(chat("1", digest=DIGEST))
    space.wait("AIService", "chat", is_promoted)


def test_with_its_policy_go_its_admission_policies_and_what_they_refused(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    name = office.writes("house", PINNED)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    until_it_says(space, "denied request")
    space.cluster.kubectl("delete", "governancepolicy", name)
    eventually(lambda: uid_of(space, "validatingadmissionpolicy", f"{name}.deny.policies.leadsman.dev") == "")
    eventually(lambda: tried(space, chat("1")) == "")
    seen = space.wait("AIService", "chat", is_promoted)
    assert condition_of(seen, "PolicyCompliant")["reason"] == "NoPolicyMatches"


def test_more_rules_than_fit_into_one_answer_are_all_judged(
    operator: OperatorProcess, office: Office, space: Space
) -> None:
    space.apply(chat("1"))
    space.wait("AIService", "chat", is_promoted)
    good = [{"name": f"rule-{n}", "expression": "object.spec.replicas > 0", "message": "never"} for n in range(29)]
    bad = {"name": "last", "expression": "object.spec.replicas > 9", "message": "run ten"}
    name = office.writes("house", *good, bad)
    seen = space.wait("AIService", "chat", says("PolicyCompliant", "PolicyDenied"), within_seconds=60)
    assert condition_of(seen, "PolicyCompliant")["message"] == f"{name}/last: run ten"


def test_a_service_at_rest_is_not_judged_again(operator: OperatorProcess, office: Office, space: Space) -> None:
    name = office.writes("house", PINNED)
    office.waits_until_it_says(name, "Ready", "True", "Reconciled")
    space.apply(chat("1", digest=DIGEST))
    space.wait("AIService", "chat", is_promoted)
    office.waits(name, matched=1, compliant=1)
    before = operator.metric("leadsman_api_requests_total", verb="create", resource="aiservices")
    assert before >= 1
    space.kubectl("annotate", "aisvc", "chat", "example.com/touched=yes")
    space.kubectl("scale", "deployment", "-l", "leadsman.dev/service=chat", "--replicas=1")
    space.wait("AIService", "chat", is_promoted)
    assert operator.metric("leadsman_api_requests_total", verb="create", resource="aiservices") == before


def uid_of(space: Space, kind: str, name: str) -> str:
    words = ("get", kind, name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
    return space.cluster.kubectl(*words).stdout


def conditions_of(space: Space, name: str) -> str:
    words = ("get", "validatingadmissionpolicy", name, "-o", "jsonpath={.spec.matchConditions[*].name}")
    return space.cluster.kubectl(*words).stdout
