"""What the objects say that Leadsman makes."""

from typing import Any

import pytest

from harness.children import OLD, RESTING, WIDE, narrow, revision_spec, service, settled, wanted
from leadsman.planner.children import deployment

Json = dict[str, Any]


def test_the_deployment_that_is_tried_is_the_one_that_is_made() -> None:
    tried = deployment(service(), OLD, revision_spec(service(), OLD), replicas=0)
    made = settled(service(), wanted(old=0)).objects[f"Deployment/{OLD}"]

    assert made["spec"] == tried["spec"]
    assert made["spec"]["selector"] == {"matchLabels": narrow(OLD)}


@pytest.mark.parametrize(("surge", "expected"), [(0, (0, 1)), (1, (1, 0)), (3, (3, 0))])
def test_a_restart_takes_no_more_room_than_there_is(surge: int, expected: tuple[int, int]) -> None:
    of = service(rollout={"surge": surge, "strategy": "AllAtOnce"})

    rolling = deployment(of, OLD, revision_spec(of, OLD), replicas=4)["spec"]["strategy"]["rollingUpdate"]

    assert (rolling["maxSurge"], rolling["maxUnavailable"]) == expected


def test_pods_that_never_get_ready_do_not_keep_a_node_from_being_drained() -> None:
    budget = settled(service(), RESTING).objects["PodDisruptionBudget/assistant"]["spec"]

    assert budget == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": WIDE},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }


def test_an_empty_list_of_callers_lets_nobody_in_and_none_at_all_everybody() -> None:
    def ingress(**changes: Any) -> list[Json] | None:
        stored = settled(service(**changes), RESTING)
        policy = stored.objects.get("NetworkPolicy/assistant")
        return policy["spec"]["ingress"] if policy else None

    assert ingress(access={"allowFrom": []}) == []
    assert ingress(access=None) is None
    assert ingress(access={"allowFrom": [{"namespace": "b"}, {"namespace": "a"}]}) == [
        {"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}} for name in ("a", "b")]}
    ]
