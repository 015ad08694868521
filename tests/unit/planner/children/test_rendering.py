"""What the objects say that Leadsman makes."""

import pytest

from harness.children import OLD, RESTING, WIDE, narrow, revision_spec, service, settled, wanted
from leadsman.planner.children import deployment


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
