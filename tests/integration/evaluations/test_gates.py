"""A revision earns its traffic by passing evaluations: no result, no traffic; and each refusal says why."""

import copy
from typing import Any

import pytest

from harness.cluster import Space, status_of
from harness.gates import GATE, SUITE, job_suite, looked_at, submit, suite
from harness.history import history
from harness.ledgers import told
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, canary, condition_of, is_held_by, is_in, is_promoted, says
from harness.services import ai_service, serves

pytestmark = pytest.mark.integration


def begin(space: Space, version: str = "1", **spec: Any) -> str:
    """Applies a version with a gate. The name of its revision, once it waits for results."""
    space.apply(ai_service("chat", version, None, **{"gates": [GATE], "rollout": AT_ONCE, **spec}))
    seen = space.wait("AIService", "chat", is_held_by("AwaitingResults"))
    return seen["status"]["candidateRevision"]


def serve(space: Space, **spec: Any) -> str:
    """The first revision, through its gate."""
    space.apply(suite())
    first = begin(space, **spec)
    submit(space, "first", first, right=480)
    space.wait("AIService", "chat", is_promoted)
    return first


def ready_addresses(space: Space, service: str) -> set[str]:
    """Of the pods that a Service sends traffic to."""
    slices = space.list("endpointslices", selector=f"kubernetes.io/service-name={service}")
    return {
        endpoint["targetRef"]["name"]
        for one in slices
        for endpoint in one.get("endpoints") or []
        if endpoint["conditions"].get("ready")
    }


def test_a_first_revision_waits_in_the_dark_and_gets_its_traffic_when_its_results_are_good(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(suite())
    first = begin(space)
    space.wait("Deployment", first, lambda seen: seen["status"].get("readyReplicas") == 1)  # of two: enough to ask it
    preview = space.wait("Service", "chat-preview", lambda _: True)
    assert preview["spec"]["selector"]["leadsman.dev/revision"] == first
    assert not space.kubectl("get", "service", "chat", "--ignore-not-found").stdout  # nothing sends users there
    submit(space, "first", first, right=480)
    seen = space.wait("AIService", "chat", is_promoted)
    assert seen["status"]["summary"]["gates"] == "1/1"
    assert condition_of(seen, "GatesPassed")["status"] == "True"
    record = space.get("airevision", first)
    (gate,) = record["status"]["gates"]
    assert (gate["state"], gate["run"]) == ("Passed", "first")
    assert "0.96" in gate["message"]
    assert told(space, "chat").count("gate.passed") == 1
    space.kubectl("wait", "--for=delete", "service/chat-preview", "--timeout=30s")


def test_a_revision_that_fails_its_gate_never_gets_a_request_and_keeps_no_pods(
    operator: OperatorProcess, space: Space
) -> None:
    first = serve(space)
    second = begin(space, "2")
    space.wait("Deployment", second, lambda seen: seen["status"].get("readyReplicas") == 1)
    served = ready_addresses(space, "chat")
    assert served
    assert not any(name.startswith(second) for name in served)
    submit(space, "second", second, right=300)
    seen = space.wait("AIService", "chat", says("Stalled", "GateFailed"))
    assert seen["status"]["servingRevision"] == first
    assert status_of(seen, "Available") == "True"
    assert condition_of(seen, "GatesPassed")["reason"] == "GateFailed"
    assert "0.6" in condition_of(seen, "Ready")["message"]
    space.wait("Deployment", second, lambda seen: seen["spec"]["replicas"] == 0)
    assert not any(name.startswith(second) for name in ready_addresses(space, "chat"))
    # And another digest goes on.
    third = begin(space, "3")
    submit(space, "third", third, right=490)
    space.wait("AIService", "chat", serves("3"))


def test_an_unlucky_small_sample_is_inconclusive_and_says_how_many_more(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(suite())
    first = begin(space)
    submit(space, "small", first, right=36, of=40)
    run = space.wait("EvalRun", "small", lambda seen: "verdict" in seen.get("status", {}))
    assert run["status"]["verdict"] == "Inconclusive"
    (criterion,) = run["status"]["criteria"]
    assert criterion["missingSamples"] > 0
    seen = space.wait("AIService", "chat", says("GatesPassed", "Inconclusive"))
    assert f"{criterion['missingSamples']} more" in seen["status"]["blockers"][0]["message"]
    submit(space, "larger", first, right=450)
    space.wait("AIService", "chat", is_promoted)


def test_results_of_another_revision_an_edited_suite_or_a_wrong_runner_open_nothing(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(suite())
    first = begin(space)
    digest = "sha256:" + "0" * 64
    submit(space, "another", first, right=500, revision={"name": first, "digest": digest})
    known = looked_at(space)["status"]["digest"]
    space.apply(suite(at_least="0.9"))
    space.wait("EvalSuite", SUITE, lambda seen: seen["status"].get("digest") not in {None, known})
    submit(space, "older", first, right=500, suite={"name": SUITE, "digest": known})
    run = space.wait("EvalRun", "older", lambda seen: seen.get("status", {}).get("state") == "Errored")
    assert condition_of(run, "Complete")["reason"] == "CriteriaChanged"
    seen = space.wait("AIService", "chat", is_held_by("AwaitingResults"))
    assert "servingRevision" not in seen["status"]
    submit(space, "right", first, right=490)
    space.wait("AIService", "chat", is_promoted)


def test_a_threshold_that_was_lowered_after_the_evaluation_began_opens_nothing(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(suite(at_least="0.99"))
    first = begin(space)
    looked_at(space)
    evaluated = copy.deepcopy(space.get("evalsuite", SUITE))  # CI begins now, by the criteria as they are
    space.apply(suite(at_least="0.5"))
    space.wait("EvalSuite", SUITE, lambda seen: seen["status"].get("digest") != evaluated["status"]["digest"])
    submit(space, "lowered", first, right=300)
    late = space.get("evalrun", "lowered")
    late["metadata"] = {"name": "backdated"}
    late["spec"]["results"] |= {"startedAt": "2026-11-23T08:00:00Z", "finishedAt": "2026-11-23T08:10:00Z"}
    late.pop("status", None)
    space.apply(late)
    run = space.wait("EvalRun", "backdated", lambda seen: "verdict" in seen.get("status", {}))
    assert run["status"]["verdict"] == "Inconclusive"
    assert "criteria were changed" in run["status"]["message"]


def test_a_gate_before_a_stage_is_answered_while_the_stage_before_it_runs(
    operator: OperatorProcess, space: Space
) -> None:
    first = serve(space)
    space.apply(suite("safety"))
    gates = [GATE, {"name": "safety", "suite": "safety", "before": "half"}]
    second = begin(space, "2", gates=gates, rollout=canary(), replicas=4)
    submit(space, "second", second, right=480)
    seen = space.wait("AIService", "chat", is_in("some"))
    assert [one["name"] for one in seen["status"]["blockers"] if one["type"] == "Gate"] == ["safety"]
    assert space.get("service", "chat-preview")["spec"]["selector"]["leadsman.dev/revision"] == second
    submit(space, "safe", second, right=490, by="safety")
    space.wait("AIService", "chat", serves("2"))
    assert first != second
    history(space)


def test_an_operator_that_was_dead_finds_the_results_and_goes_on(operator: OperatorProcess, space: Space) -> None:
    space.apply(suite())
    first = begin(space)
    looked_at(space)
    operator.kill()
    submit(space, "first", first, right=480)
    operator.start()
    space.wait("AIService", "chat", is_promoted)


def test_a_job_is_made_for_a_suite_that_leadsman_runs_and_goes_with_its_candidate(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(job_suite(goes_on=True, timeoutSeconds=600))
    space.apply(ai_service("chat", "1", None, gates=[GATE], rollout=AT_ONCE))
    seen = space.wait("AIService", "chat", says("Ready", "GatesRunning"))
    first = seen["status"]["candidateRevision"]
    run = space.wait("EvalRun", f"{first}-{SUITE}-1", lambda seen: seen.get("status", {}).get("state") == "Running")
    job = space.get("job", run["status"]["job"])
    pod = job["spec"]["template"]["spec"]
    assert [one["name"] for one in pod["initContainers"]] == ["leadsman-collector"]
    environment = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
    address = space.get("service", "chat-preview")["spec"]["clusterIP"]
    assert environment["LEADSMAN_CANDIDATE_URL"] == f"http://{address}:80"
    assert pod["automountServiceAccountToken"] is False
    assert "chat" not in job["spec"]["template"]["metadata"]["labels"].values()  # no Service of ours selects it
    space.apply(ai_service("chat", "2", None, gates=[GATE], rollout=AT_ONCE))
    run = space.wait("EvalRun", f"{first}-{SUITE}-1", lambda seen: seen["status"]["state"] == "Errored")
    assert condition_of(run, "Complete")["reason"] == "Cancelled"
    space.kubectl("wait", "--for=delete", f"job/{job['metadata']['name']}", "--timeout=30s")


@pytest.mark.usefixtures("without_collector")
def test_without_a_suite_or_a_collector_it_holds_and_says_so(space: Space) -> None:
    space.apply(ai_service("chat", "1", None, gates=[GATE], rollout=AT_ONCE))
    space.wait("AIService", "chat", says("Stalled", "SuiteMissing"))
    space.apply(job_suite())
    run = space.wait("AIService", "chat", lambda seen: "collectorImage" in condition_of(seen, "Ready")["message"])
    assert "servingRevision" not in run["status"]
