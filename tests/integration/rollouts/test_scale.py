"""How many pods: none, one, as many as somebody or an autoscaler says; and what a service at rest costs."""

import json
from collections.abc import Iterator

import pytest

from harness.audit import Asked, asked
from harness.cluster import Object, Space
from harness.history import history
from harness.operator import OperatorProcess
from harness.promises import serves_with
from harness.rollouts import AT_ONCE, canary, is_held_by, is_promoted
from harness.services import ai_service, serves

pytestmark = pytest.mark.integration


def scale(space: Space) -> Object:
    """As an autoscaler sees it."""
    path = f"/apis/leadsman.dev/v1alpha1/namespaces/{space.name}/aiservices/chat/scale"
    return json.loads(space.cluster.kubectl("get", "--raw", path).stdout)


def test_at_no_replicas_the_first_revision_serves_and_a_later_one_waits_for_some(
    operator: OperatorProcess, space: Space
) -> None:
    space.apply(ai_service("chat", "1", replicas=0, rollout=canary()))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", replicas=0, rollout=canary()))
    space.wait("AIService", "chat", is_held_by("NoReplicas"))
    space.kubectl("scale", "aiservice", "chat", "--replicas=1")
    space.wait("AIService", "chat", serves("2"))
    assert not space.list("poddisruptionbudget")
    serves_with(history(space), "chat", 1)


def test_who_scales_the_service_scales_the_pods_in_traffic_in_mid_rollout_too(
    operator: OperatorProcess, space: Space
) -> None:
    holds = canary({"name": "half", "weight": 50, "holdSeconds": 3600})
    space.apply(ai_service("chat", "1", rollout=holds))
    space.wait("AIService", "chat", serves("1"))
    space.apply(ai_service("chat", "2", rollout=holds))
    for replicas in ("6", "4"):
        space.kubectl("scale", "aiservice", "chat", f"--replicas={replicas}")

        def is_scaled(seen: Object, wanted: int = int(replicas)) -> bool:
            status = seen["status"]
            is_half = status.get("traffic", {}).get("candidatePercent") == 50
            return status.get("replicas") == status.get("readyReplicas") == wanted and is_half

        space.wait("AIService", "chat", is_scaled)
        seen = scale(space)
        assert seen["status"]["replicas"] == int(replicas)
        assert len(space.list("pods", selector=seen["status"]["selector"])) == int(replicas)
    serves_with(history(space), "chat", 2)


def test_an_autoscaler_finds_what_it_needs(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)
    target = {"apiVersion": "leadsman.dev/v1alpha1", "kind": "AIService", "name": "chat"}
    load = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
    }
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 5, "metrics": [load]}
    space.apply(
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "chat"}, "spec": spec}
    )
    seen = space.wait("AIService", "chat", lambda seen: seen["status"].get("readyReplicas") == 3, within_seconds=60)
    assert seen["spec"]["replicas"] == 3
    assert len(space.list("pods", selector=seen["status"]["selector"])) == 3


@pytest.fixture
def elsewhere(space: Space) -> Iterator[Space]:
    """A namespace besides the test's."""
    other = Space(space.cluster, f"{space.name}-2")
    space.kubectl("create", "namespace", other.name)
    yield other
    space.kubectl("delete", "namespace", other.name, "--wait=false")


def test_a_service_at_rest_costs_no_request(operator: OperatorProcess, space: Space, elsewhere: Space) -> None:
    """For as long as another one takes for two versions."""
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)
    before: list[Asked] = []
    for version in ("1", "2", "3"):
        elsewhere.apply(ai_service("chat", version, rollout=canary()))
        elsewhere.wait("AIService", "chat", serves(version))
        before = before or asked(space)
    assert asked(space) == before
