"""The invariants of the architecture, each over all that the API server served; but 8, of people's decisions."""

import json
from typing import Any

import pytest

from harness.audit import asked
from harness.cluster import Space
from harness.history import history
from harness.ledgers import ledger, told, told_of_each
from harness.manifests import EXAMPLES
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.promises import keeps_what_is_selected, never_takes_traffic, runs_at_most_two, serves_with
from harness.rollouts import AT_ONCE, HOLDS, canary, is_back, is_held_by, is_in, is_promoted, let_pods_be, says
from harness.services import ai_service, reason_of, serves
from harness.waiting import eventually

pytestmark = pytest.mark.integration

CRASHES = Script(outcome="Crash")
CONDITIONS: dict[str, dict[str, Any]] = {
    "gated": {"gates": [{"name": "quality", "suite": "support-qa", "before": "Traffic"}]},
    "approved": {"rollout": canary({"name": "some", "weight": 50, "approval": "Required"})},
    "budgeted": {"riskBudgetRef": {"name": "missing"}},
    "governed": {"risk": {"tier": "High"}},
}
"""What a revision has to pass before it takes traffic, by name of a service that asks for it."""
HELD_BY = {
    "gated": "SuiteMissing",
    "approved": "AwaitingApproval",
    "budgeted": "BudgetMissing",
    "governed": "PolicyDenied",
}


@pytest.fixture
def policy(space: Space) -> Any:
    found = EXAMPLES["governancepolicy"]
    match = {"tiers": ["High"], "selector": {"matchLabels": {"governed-by": space.name}}}
    name = f"policy-{space.name}"[:63].rstrip("-")
    space.apply({**found, "metadata": {"name": name}, "spec": {**found["spec"], "match": match}})
    yield
    space.kubectl("delete", "governancepolicy", name)


def test_1_a_revision_takes_no_traffic_before_what_it_has_to_pass_the_first_one_too(
    policy: None, operator: OperatorProcess, space: Space
) -> None:
    for name, spec in CONDITIONS.items():
        service = ai_service(name, "1", **spec)
        service["metadata"]["labels"] = {"governed-by": space.name}
        space.apply(service)
    for name, reason in HELD_BY.items():
        space.wait("AIService", name, says("Ready", reason))
    assert not any(moment.all("Pod") or moment.all("Service") for moment in history(space, "Pod", "Service"))


def test_1_nor_does_a_later_revision(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", serves("1"))
    for name in ("gated", "approved"):
        space.apply(ai_service("chat", "2", None, **{"rollout": AT_ONCE, **CONDITIONS[name]}))
        space.wait("AIService", "chat", says("Ready", HELD_BY[name]))
    candidate = space.get("aiservice", "chat")["status"]["candidateRevision"]
    moments = history(space)
    never_takes_traffic(moments, "chat", candidate)
    assert not any(moment.pods(candidate) for moment in moments)


@pytest.mark.parametrize(
    "rollout",
    [canary(), canary(surge=0), {"strategy": "BlueGreen"}, {"strategy": "AllAtOnce", "previous": "Cold"}],
    ids=["Canary", "Canary without surge", "BlueGreen", "AllAtOnce with a cold previous revision"],
)
def test_2_and_9_at_every_moment_users_reach_all_the_pods_that_they_need_on_the_way_back_too(
    operator: OperatorProcess, space: Space, rollout: dict[str, Any]
) -> None:
    """Promoted, back in the bake, and on to the next one."""
    for version in ("1", "2", "1", "3"):
        space.apply(ai_service("chat", version, replicas=4, rollout={**rollout, "bakeSeconds": 600}))
        space.wait("AIService", "chat", serves(version))
    moments = history(space)
    least = 4 if rollout.get("surge", 1) else 3
    serves_with(moments, "chat", least)
    keeps_what_is_selected(moments, "chat", least)
    runs_at_most_two(moments, "chat")


def test_3_a_quarantined_digest_never_takes_traffic_again_over_syncs_restarts_and_recreation(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(ai_service("chat", "1", rollout=HOLDS))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    bad = space.wait("AIService", "chat", is_in("some"))["status"]["candidateRevision"]
    let_pods_be(space, bad, "Crash")
    space.wait("AIService", "chat", is_back)
    until_then = len(history(space))
    space.apply(ai_service("chat", "2", replicas=3, rollout=AT_ONCE))
    space.wait("AIService", "chat", is_back)
    operator.kill()
    operator.start()
    space.apply(ai_service("chat", "1"))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2"))
    space.wait("AIService", "chat", is_back)
    space.kubectl("delete", "aiservice", "chat")
    space.apply(ai_service("chat", "2"))
    seen = space.wait("AIService", "chat", lambda seen: is_back(seen) and seen["status"].get("readyReplicas") == 2)
    assert [one["revision"] for one in seen["status"]["quarantine"]] == [bad]
    never_takes_traffic((since := history(space)[until_then:]), "chat", bad)
    assert not any(moment.asked(bad) for moment in since)


def test_4_nothing_blocks_the_way_back(policy: None, operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=HOLDS))
    good = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    bad = space.wait("AIService", "chat", is_in("some"))["status"]["candidateRevision"]
    held = {key: value for spec in CONDITIONS.values() for key, value in spec.items()}
    held["rollout"] = {**HOLDS, "stages": [{**HOLDS["stages"][0], "approval": "Required"}], "paused": True}
    service = ai_service("chat", "2", **held)
    service["metadata"]["labels"] = {"governed-by": space.name}
    space.apply(service)
    space.wait("AIService", "chat", says("Stalled", "PolicyDenied"))
    let_pods_be(space, bad, "Crash")
    space.wait("AIService", "chat", is_back)
    assert history(space)[-1].selected("chat") == good


def test_5_nothing_is_ever_written_into_what_belongs_to_users(operator: OperatorProcess, space: Space) -> None:
    space.kubectl("create", "configmap", "prompts", "--from-literal=system=Be kind.")
    space.kubectl("label", "configmap", "prompts", "leadsman.dev/input=true")
    space.apply(ai_service("chat", "1", inputs=[{"configMap": "prompts"}], rollout=HOLDS))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", CRASHES, inputs=[{"configMap": "prompts"}], rollout=HOLDS))
    space.wait("AIService", "chat", is_back)
    moments = history(space)
    assert {one["metadata"]["generation"] for moment in moments for one in moment.all("AIService")} == {1, 2}
    for kind, name in (("aiservice", "chat"), ("configmap", "prompts")):
        metadata = json.loads(space.kubectl("get", kind, name, "-o", "json", "--show-managed-fields").stdout)[
            "metadata"
        ]
        assert not metadata.keys() & {"annotations", "finalizers", "ownerReferences"}
        others = [one for one in metadata["managedFields"] if not one["manager"].startswith("kubectl")]
        assert {one.get("subresource") for one in others} <= {"status"}
    writes = {one.resource for one in asked(space) if one.is_write}
    assert "aiservices/status" in writes
    assert "aiservices" not in writes
    assert not [one for one in asked(space) if one.is_write and one.name == "prompts"]


ERRORS = 'http_requests_total{code="500"}'
EVIDENCE: dict[str, tuple[dict[str, Any], str]] = {
    "silent": ({"ratio": {"bad": ERRORS, "total": "nothing_total"}, "max": "0.02"}, "NoEvidence"),
    "nan": ({"query": 'absent(nothing{pod=~"{{ podRegex }}"}) * NaN', "max": "1"}, "NoEvidence"),
    "errored": ({"query": 'sum(nothing{pod=~"{{ podRegex }}"}', "max": "1"}, "MonitorInvalid"),
    "unknown": ({"query": 'sum(up{pod=~"{{ podRegex }}"})', "max": "1", "provider": "nowhere"}, "MonitorInvalid"),
}
"""What a monitor may come to say that is no evidence: the monitor, and the reason that is given."""


def test_6_what_is_missing_errored_or_not_a_number_is_never_a_pass(operator: OperatorProcess, space: Space) -> None:
    """As long as it takes another service to be promoted on what is measured."""
    monitors = {name: monitor for name, (monitor, _) in EVIDENCE.items()}
    monitors["measured"] = {"ratio": {"bad": ERRORS, "total": "http_requests_total"}, "max": "0.02"}
    for name in monitors:
        space.apply(ai_service(name, "1", rollout=canary()))
    for name in monitors:
        space.wait("AIService", name, serves("1"))
    for name, monitor in monitors.items():
        signal = {"name": "signal", "class": "Health", "intervalSeconds": 5, **monitor}
        space.apply(ai_service(name, "2", Script(good_per_second=10), rollout=canary(), monitors=[signal]))
    space.wait("AIService", "measured", serves("2"), within_seconds=60)
    for name, (_, reason) in EVIDENCE.items():
        seen = space.wait("AIService", name, is_held_by(reason))
        assert reason_of(seen, "SignalsHealthy") == reason
        assert told(space, name)[-1] == "traffic.verified some"


def test_7_each_change_of_state_is_in_the_ledger_once(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=canary()))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", rollout={**canary(), "bakeSeconds": 1}))
    space.wait("AIService", "chat", is_promoted)
    space.apply(ai_service("chat", "3", rollout=HOLDS))
    space.wait("AIService", "chat", is_in("some"))
    space.apply(ai_service("chat", "4", CRASHES, rollout=HOLDS))
    seen = space.wait("AIService", "chat", is_back)
    first = ["revision.created", "attempt.started", "promotion.decided promotion", "promotion.verified"]
    start = ["revision.created", "attempt.started", "stage.entered some"]
    # Of each revision: when the fourth is recorded, pods of the third may still be on their way out.
    assert told_of_each(space, "chat") == [
        [*first],
        [
            *(*start, "traffic.verified some", "stage.entered half", "traffic.verified half"),
            *("promotion.decided promotion", "promotion.verified", "bake.ended"),
        ],
        [*start, "traffic.verified some", "attempt.aborted", "rollback.verified"],
        [*start, "rollback.decided", "rollback.verified"],
    ]
    assert seen["status"]["ledger"]["hash"] == ledger(space, "chat")[-1].hash


def test_10_what_lost_stays_with_its_inputs_and_its_ledger_when_the_service_is_deleted_and_made_again(
    operator: OperatorProcess, space: Space
) -> None:
    inputs: dict[str, Any] = {"inputs": [{"configMap": "prompts"}], "rollout": HOLDS}
    space.kubectl("create", "configmap", "prompts", "--from-literal=system=Be kind.")
    space.kubectl("label", "configmap", "prompts", "leadsman.dev/input=true")
    space.apply(ai_service("chat", "1", **inputs))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", CRASHES, **inputs))
    bad = space.wait("AIService", "chat", is_back)["status"]["desiredRevision"]
    assert space.get("deployment", bad)["spec"]["replicas"] == 0
    before = ledger(space, "chat")
    space.kubectl("delete", "aiservice", "chat")
    eventually(lambda: not space.list("deployment"))
    assert ledger(space, "chat") == before
    copies = {one["metadata"]["name"]: one["data"] for one in space.list("configmap", selector="leadsman.dev/service")}
    assert len(copies) == 2
    assert set(map(str, copies.values())) == {"{'system': 'Be kind.'}"}
    space.apply(ai_service("chat", "3", **inputs))
    space.wait("AIService", "chat", is_in("some"))
    assert ledger(space, "chat")[: len(before)] == before
    assert space.get("airevision", bad)["status"]["verdict"] == "RolledBack"
