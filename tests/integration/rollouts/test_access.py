"""Who gets through to the pods, as the API server keeps it: local sandboxes enforce no NetworkPolicy."""

from typing import Any

import pytest

from harness.cluster import Object, Space
from harness.operator import OperatorProcess
from harness.rollouts import condition_of, is_current, is_held_by, is_promoted
from harness.services import ai_service
from harness.waiting import eventually

pytestmark = pytest.mark.integration

WEB = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "web"}}}
SCRAPERS = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
EVALUATIONS = {
    "podSelector": {
        "matchLabels": {"leadsman.dev/service": "evaluation.leadsman.dev"},
        "matchExpressions": [{"key": "leadsman.dev/run", "operator": "Exists"}],
    }
}


def chat(version: str, *, paused: bool = False, restricted: bool = True) -> Object:
    spec: dict[str, Any] = {"access": {"allowFrom": [{"namespace": "web"}]}} if restricted else {}
    return ai_service("chat", version, rollout={"strategy": "BlueGreen", "bakeSeconds": 0, "paused": paused}, **spec)


def test_a_candidate_in_the_dark_is_for_evaluations_until_it_takes_traffic(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(chat("1"))
    space.wait("AIService", "chat", is_promoted)
    space.apply(chat("2", paused=True))
    waiting = space.wait("AIService", "chat", is_held_by("Paused"))
    candidate = waiting["status"]["candidateRevision"]

    assert ingress(space, "chat-preview") == [EVALUATIONS, SCRAPERS]
    assert space.get("networkpolicy", "chat-preview")["spec"]["podSelector"] == {
        "matchLabels": {"leadsman.dev/service": "chat", "leadsman.dev/revision": candidate}
    }
    assert ingress(space, "chat") == [WEB, SCRAPERS]
    assert shut_out(space) == [candidate]
    restricted = condition_of(waiting, "AccessRestricted")
    assert (restricted["status"], restricted["reason"]) == ("True", "Restricted")
    assert "namespace web" in restricted["message"]

    space.apply(chat("2"))
    space.wait("AIService", "chat", lambda seen: is_promoted(seen) and seen["status"]["servingRevision"] == candidate)
    eventually(lambda: [one["metadata"]["name"] for one in space.list("networkpolicy")] == ["chat"])
    assert shut_out(space) == []


def test_what_somebody_opens_is_shut_again_and_without_access_status_says_so(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(chat("1"))
    space.wait("AIService", "chat", is_promoted)
    space.kubectl("patch", "networkpolicy", "chat", "--type=merge", "-p", '{"spec": {"ingress": [{}]}}')
    eventually(lambda: ingress(space, "chat") == [WEB, SCRAPERS])

    space.apply(chat("1", restricted=False))
    seen = space.wait("AIService", "chat", is_unrestricted)
    assert condition_of(seen, "Ready")["status"] == "True"
    eventually(lambda: space.list("networkpolicy") == [])


def test_a_network_policy_of_somebody_elses_holds_the_next_revision_until_it_is_handed_over(
    operator: OperatorProcess, space: Space
) -> None:
    theirs = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
    metadata = {"name": "chat"}
    made = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": theirs}
    space.apply(made, chat("1"))
    space.wait("AIService", "chat", is_held_by("NetworkPolicyNotOwned"))
    assert space.get("networkpolicy", "chat")["spec"]["ingress"] == [{}]

    space.kubectl("annotate", "networkpolicy", "chat", "leadsman.dev/adopt=true")
    space.wait("AIService", "chat", is_promoted, within_seconds=60)
    assert ingress(space, "chat") == [WEB, SCRAPERS]


def ingress(space: Space, name: str) -> list[Object]:
    return [
        peer for rule in space.get("networkpolicy", name)["spec"].get("ingress", []) for peer in rule.get("from", [])
    ]


def shut_out(space: Space) -> list[str]:
    """Revisions that the service's own policy does not select."""
    selector = space.get("networkpolicy", "chat")["spec"]["podSelector"]
    return [name for rule in selector.get("matchExpressions", []) for name in rule["values"]]


def is_unrestricted(seen: Object) -> bool:
    return is_current(seen) and condition_of(seen, "AccessRestricted")["reason"] == "Unrestricted"
