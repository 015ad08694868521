"""The operator on a real API server: what it does for a service, and what it survives."""

import pytest

from harness.cluster import Space, status_of
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.services import ai_service, reason_of, serves
from harness.waiting import eventually

pytestmark = pytest.mark.integration


def writes(operator: OperatorProcess) -> float:
    """But for the question who it is, at its start."""
    verbs = ("create", "update", "patch", "delete")
    asked = operator.metric("leadsman_api_requests_total", resource="selfsubjectreviews")
    return sum(operator.metric("leadsman_api_requests_total", verb=verb) for verb in verbs) - asked


def test_a_service_that_is_declared_serves(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1"))
    service = space.wait("AIService", "chat", serves("1"))
    revision = service["status"]["servingRevision"]
    assert service["status"]["readyReplicas"] == 2
    assert space.get("Service", "chat")["spec"]["selector"]["leadsman.dev/revision"] == revision
    assert space.get("AIRevision", revision)["status"]["verdict"] == "Serving"
    assert space.get("PodDisruptionBudget", "chat")["metadata"]["ownerReferences"][0]["name"] == "chat"


def test_what_was_decided_is_told_to_whoever_describes_the_service(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1"))
    space.wait("AIService", "chat", serves("1"))
    described = space.kubectl("describe", "aiservice", "chat").stdout
    assert "AttemptStarted" in described
    assert operator.metric("leadsman_decisions_total", type="promotion.decided") == 1
    decided = [line for line in operator.lines() if line["message"] == "decided"]
    assert {line["service"] for line in decided} == {"chat"}
    assert [line["sequence"] for line in decided] == list(range(1, len(decided) + 1))


def test_where_all_is_as_it_should_be_nothing_is_sent(operator: OperatorProcess, space: Space) -> None:
    """Also not after a start, when everything is looked at."""
    for name in ("chat", "other"):
        space.apply(ai_service(name, "1", rollout={"strategy": "AllAtOnce", "bakeSeconds": 0}))
    for name in ("chat", "other"):
        space.wait("AIService", name, lambda seen: reason_of(seen, "Ready") == "Promoted")
    operator.kill()
    operator.start()
    eventually(lambda: operator.metric("leadsman_reconciles_total", result="unchanged") >= 2)
    assert operator.metric("leadsman_reconciles_total") == operator.metric(
        "leadsman_reconciles_total", result="unchanged"
    )
    assert writes(operator) == 0


def test_a_deployment_that_somebody_changes_is_put_back(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1"))
    revision = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.kubectl("set", "image", f"deployment/{revision}", "main=somebody-elses")
    space.wait(
        "Deployment",
        revision,
        lambda seen: (
            seen["metadata"]["generation"] > 2
            and seen["spec"]["template"]["spec"]["containers"][0]["image"] == "simulated"
        ),
    )


@pytest.mark.parametrize("kind", ["AIRevision", "Service", "Deployment"])
def test_an_operator_that_is_killed_as_soon_as_it_has_made_something_carries_on(
    operator: OperatorProcess, space: Space, kind: str
) -> None:
    space.apply(ai_service("chat", "1"))
    eventually(lambda: space.list(kind))
    operator.kill()
    operator.start()
    revision = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    (record,) = space.list("AIRevision")
    sequences = [entry["sequence"] for entry in record["status"]["ledger"]["entries"]]
    assert record["metadata"]["name"] == revision
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(space.list("Deployment")) == 1


def test_what_was_deleted_while_no_operator_ran_is_made_again(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1"))
    revision = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    operator.kill()
    space.kubectl("delete", "service,deployment,poddisruptionbudget", "--all")
    operator.start()
    space.wait_condition("Deployment", revision, "Available")
    space.wait("Service", "chat", lambda seen: seen["spec"]["selector"]["leadsman.dev/revision"] == revision)


def test_pods_that_the_api_server_refuses_stall_the_service_and_say_why(
    operator: OperatorProcess, space: Space
) -> None:
    wrong = {"spec": {"containers": [{"name": "main", "image": "simulated", "imagePullPolice": "Always"}]}}
    space.apply(ai_service("chat", "1", template=wrong))
    seen = space.wait("AIService", "chat", lambda seen: status_of(seen, "PodTemplateValid") == "False")
    condition = next(one for one in seen["status"]["conditions"] if one["type"] == "PodTemplateValid")
    assert "imagePullPolice" in condition["message"]
    assert not space.list("Deployment")
    space.apply(ai_service("chat", "2"))
    space.wait("AIService", "chat", serves("2"))


def test_a_service_of_somebody_else_is_left_alone_until_it_goes(operator: OperatorProcess, space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat"}, "spec": {"ports": [{"port": 1}]}})
    space.apply(ai_service("chat", "1"))
    space.wait("AIService", "chat", lambda seen: reason_of(seen, "Stalled") == "ServiceNotOwned")
    assert space.get("Service", "chat")["spec"]["ports"][0]["port"] == 1


def test_told_to_end_it_ends_at_once_and_well(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", Script(outcome="NeverReady")))
    space.wait("AIService", "chat", lambda seen: "status" in seen and seen["status"].get("observedGeneration") == 1)
    assert operator.stop() == 0
    assert [line["message"] for line in operator.lines()][-1] == "ended"


def test_a_child_that_a_quota_refuses_is_told_of_and_made_once_there_is_room(
    operator: OperatorProcess, space: Space
) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}}
    space.apply(quota | {"spec": {"hard": {"count/services": "0"}}})
    space.wait("ResourceQuota", "none", lambda seen: "hard" in seen.get("status", {}))
    space.apply(ai_service("chat", "1"))
    told = space.wait("AIService", "chat", lambda seen: "exceeded quota" in str(seen.get("status")))
    assert status_of(told, "Ready") != "True"
    space.kubectl("delete", "resourcequota", "none")
    space.wait("AIService", "chat", serves("1"))
