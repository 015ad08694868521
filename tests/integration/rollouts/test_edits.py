"""Whatever users and others do to a service and its objects, at whatever moment, the end is what the last spec says."""

import json
from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.history import history
from harness.ledgers import ledger, told
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.promises import keeps_what_is_selected, runs_at_most_two, serves_with
from harness.rollouts import AT_ONCE, HOLDS, canary, is_back, is_in, is_promoted
from harness.services import ai_service, serves
from harness.waiting import eventually
from leadsman.planner.children import copy_name

pytestmark = pytest.mark.integration

EDITS = 15
CRASHES = Script(outcome="Crash")


def replace_by_force(space: Space, service: Object) -> None:
    space.kubectl("replace", "--force", "-f", "-", stdin=json.dumps(service))


def labelled(space: Space, text: str) -> None:
    """The service's prompts."""
    metadata = {"name": "prompts", "labels": {"leadsman.dev/input": "true"}}
    space.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"system": text}})


def system_prompt(space: Space, revision: str) -> str:
    """That the pods of a revision get."""
    (container,) = space.get("deployment", revision)["spec"]["template"]["spec"]["containers"]
    return space.get("configmap", container["envFrom"][0]["configMapRef"]["name"])["data"]["system"]


def test_edits_faster_than_pods_come_end_at_the_last_one_and_never_three_revisions_run(
    operator: OperatorProcess, space: Space
) -> None:
    """Five a second, for as long as that takes."""
    rollout = canary({"name": "half", "weight": 50, "holdSeconds": 1})
    space.apply(ai_service("chat", "0", Script(ready_after="300ms"), rollout=rollout))
    space.wait("AIService", "chat", serves("0"))
    for version in range(1, EDITS + 1):
        space.apply(ai_service("chat", str(version), Script(ready_after="300ms"), rollout=rollout))
    space.wait("AIService", "chat", serves(str(EDITS)), within_seconds=60)
    moments = history(space)
    runs_at_most_two(moments, "chat")
    serves_with(moments, "chat", 2)
    keeps_what_is_selected(moments, "chat", 2)
    ledger(space, "chat")


def test_a_service_that_is_deleted_in_mid_rollout_and_made_again_starts_that_rollout_anew(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(ai_service("chat", "1", rollout=HOLDS))
    good = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    space.wait("AIService", "chat", is_in("some"))
    space.kubectl("delete", "aiservice", "chat")
    eventually(lambda: not space.list("deployment"))
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    seen = space.wait("AIService", "chat", is_in("some"))
    assert seen["status"]["servingRevision"] == good
    assert seen["status"]["attempt"] == 3
    assert "attempt.aborted" in told(space, "chat")


def test_a_replacement_by_force_in_quarantine_forgets_nothing(operator: OperatorProcess, space: Space) -> None:
    """It deletes the service and its status, and its objects after it."""
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    good = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    bad = ai_service("chat", "2", CRASHES, rollout=AT_ONCE)
    space.apply(bad)
    before = space.wait("AIService", "chat", is_back)
    replace_by_force(space, bad)

    def is_healed(seen: Object) -> bool:
        is_another = seen["metadata"]["uid"] != before["metadata"]["uid"]
        return is_another and is_back(seen) and seen["status"].get("readyReplicas") == 2

    after = space.wait("AIService", "chat", is_healed)
    assert after["status"]["quarantine"] == before["status"]["quarantine"]
    assert after["status"]["servingRevision"] == good
    space.wait("Service", "chat", lambda seen: owner(seen) == after["metadata"]["uid"])
    space.wait("Deployment", good, lambda seen: owner(seen) == after["metadata"]["uid"])


def owner(seen: Object) -> str:
    return seen["metadata"]["ownerReferences"][0]["uid"]


def test_a_replacement_by_force_in_mid_rollout_starts_that_rollout_anew(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(ai_service("chat", "1", rollout=HOLDS))
    good = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    before = space.wait("AIService", "chat", is_in("some"))["metadata"]["uid"]
    replace_by_force(space, ai_service("chat", "2", rollout=HOLDS))
    seen = space.wait("AIService", "chat", lambda seen: seen["metadata"]["uid"] != before and is_in("some")(seen))
    assert seen["status"]["servingRevision"] == good
    ledger(space, "chat")


def test_a_restart_that_is_asked_for_makes_new_pods_and_no_revision(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    revision = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    before = {pod["metadata"]["uid"] for pod in space.list("pods")}
    space.apply(ai_service("chat", "1", rollout=AT_ONCE, restartedAt="2026-11-23T10:00:00Z"))

    def is_restarted(seen: Object) -> bool:
        status = seen["status"]
        is_done = status.get("updatedReplicas") == status.get("replicas") == status.get("readyReplicas") == 2
        return seen["metadata"]["generation"] > 1 and is_done and status["observedGeneration"] > 1

    space.wait("Deployment", revision, is_restarted)
    assert not before & {
        pod["metadata"]["uid"] for pod in space.list("pods") if "deletionTimestamp" not in pod["metadata"]
    }
    assert len(space.list("airevision")) == 1
    space.wait("AIService", "chat", is_promoted)
    assert [entry.type for entry in ledger(space, "chat")].count("attempt.started") == 1


def test_as_many_earlier_revisions_are_kept_as_the_spec_says_and_the_records_of_all(
    operator: OperatorProcess, space: Space
) -> None:
    labelled(space, "Be kind.")
    inputs: dict[str, Any] = {"inputs": [{"configMap": "prompts"}], "rollout": {**AT_ONCE, "historyLimit": 1}}
    names: list[str] = []
    for version in ("1", "2", "3"):
        space.apply(ai_service("chat", version, **inputs))
        names.append(space.wait("AIService", "chat", serves(version))["status"]["servingRevision"])
    eventually(lambda: {one["metadata"]["name"] for one in space.list("deployment")} == set(names[1:]))
    copies = {copy_name("prompts", name) for name in names[1:]}
    eventually(lambda: {one["metadata"]["name"] for one in space.list("cm", selector="leadsman.dev/service")} == copies)
    assert {one["metadata"]["name"] for one in space.list("airevision")} == set(names)


def test_a_change_of_the_prompts_is_a_revision_and_its_rollback_brings_the_old_ones_back(
    operator: OperatorProcess, space: Space
) -> None:
    container = {"name": "main", "image": "simulated", "envFrom": [{"configMapRef": {"name": "prompts"}}]}
    template = {**Script().template(), "spec": {"containers": [container]}}
    labelled(space, "Be kind.")
    space.apply(
        ai_service("chat", "1", template=template, inputs=[{"configMap": "prompts"}], rollout={"bakeSeconds": 600})
    )
    good = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    labelled(space, "Be rude.")

    def is_changed(seen: Object) -> bool:
        return serves("1")(seen) and seen["status"]["servingRevision"] != good

    bad = space.wait("AIService", "chat", is_changed)["status"]["servingRevision"]
    assert [system_prompt(space, name) for name in (good, bad)] == ["Be kind.", "Be rude."]
    space.kubectl(
        "label", "pods", "-l", f"leadsman.dev/revision={bad}", "sandbox.leadsman.dev/outcome=Crash", "--overwrite"
    )
    space.wait("AIService", "chat", is_back)
    assert history(space, "Service")[-1].selected("chat") == good
    assert system_prompt(space, good) == "Be kind."


HOSTILE: dict[str, tuple[str, Object]] = {
    "sends users elsewhere": ("service/chat", {"spec": {"selector": {"app": "somebody-elses"}}}),
    "changes the image": (
        "deployment/{}",
        {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "somebody-elses"}]}}}},
    ),
    "lets all pods be evicted": ("poddisruptionbudget/chat", {"spec": {"maxUnavailable": 100}}),
    "takes the labels away": ("deployment/{}", {"metadata": {"labels": {"leadsman.dev/revision": "another"}}}),
}


def test_pods_that_somebody_takes_away_come_back(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    revision = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    space.kubectl("scale", "deployment", revision, "--replicas=0")
    space.wait(
        "Deployment", revision, lambda seen: seen["metadata"]["generation"] == 3 and seen["spec"]["replicas"] == 2
    )
    space.kubectl("delete", "deployment", revision)
    eventually(lambda: history(space, "Deployment")[-1].asked(revision) == 2)


@pytest.mark.parametrize("edit", HOSTILE)
def test_what_somebody_changes_is_put_back_and_told(operator: OperatorProcess, space: Space, edit: str) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    revision = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    target, patch = HOSTILE[edit]
    kind, _, name = target.format(revision).partition("/")
    before = intent(space.get(kind, name))
    space.kubectl("patch", kind, name, "--type=merge", "-p", json.dumps(patch))
    eventually(lambda: intent(space.get(kind, name)) == before)
    events = eventually(lambda: [one for one in space.list("events") if one["reason"] == "ChildPutBack"])
    assert name in events[0]["message"]


def intent(found: Object) -> Object:
    return {"spec": found["spec"], "labels": found["metadata"]["labels"]}
