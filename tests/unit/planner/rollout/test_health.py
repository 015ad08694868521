"""What is said of pods that are not well, and which of it is a failure at once."""

from datetime import UTC, datetime

import pytest

from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.api.v1alpha1.aiservice_status import AIServiceStatus
from leadsman.planner.rollout import health
from leadsman.planner.world import ChildKind, Pod, Service, Workload, World

REVISION = "chat-0123456789"
SPEC = {
    "owner": {"team": "support", "accountable": "dana@example.com"},
    "purpose": {"intendedUse": "Drafts replies."},
    "risk": {"tier": "Minimal"},
    "model": {"name": "chat", "version": "1"},
    "template": {"spec": {"containers": [{"name": "app", "image": "chat:1"}]}},
    "service": {"ports": [{"name": "http", "port": 80}]},
}
SERVICE = Service(
    namespace="support",
    name="chat",
    uid="1",
    generation=1,
    resource_version="1",
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
    raw=SPEC,
    spec=AIServiceSpec.from_dict(SPEC),
    status=AIServiceStatus(),
)


def world(*pods: Pod, refusal: str = "") -> World:
    workload = Workload(
        kind=ChildKind.DEPLOYMENT,
        name=REVISION,
        uid="2",
        resource_version="1",
        owner_uid="1",
        labels={},
        annotations={},
        content="sha256:0",
        replicas=2,
        pods=len(pods),
        ready=0,
        observed=True,
        refusal=refusal,
    )
    return World(service=SERVICE, workloads={REVISION: workload}, pods=pods)


def pod(
    name: str = "chat-0123456789-x-1", *, ready: bool = False, restarts: int = 0, revision: str = REVISION, **more: str
) -> Pod:
    return Pod(name=name, revision=revision, ready=ready, restarts=restarts, **more)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            pod(waiting="CrashLoopBackOff", last_exit="container app exited with 1 (Error): no such model"),
            "crash loop: container app exited with 1 (Error): no such model",
        ),
        (pod(waiting="CrashLoopBackOff"), "crash loop"),
        (
            pod(ready=True, oom_killed="container app, limit 2Gi, once"),
            "out of memory: container app, limit 2Gi, once",
        ),
        (
            pod(ready=True, restarts=3, last_exit="container app exited with 139"),
            "restarted 3 times: container app exited with 139",
        ),
    ],
)
def test_what_no_waiting_helps_is_a_failure_at_once(seen: Pod, said: str) -> None:
    assert health.failure(world(seen), REVISION) == f"pod chat-0123456789-x-1: {said}"
    assert health.causes(world(seen), REVISION) == (f"pod chat-0123456789-x-1: {said}",)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            pod(waiting="ImagePullBackOff", waiting_message="chat:2: not found"),
            "image cannot be pulled (ImagePullBackOff): chat:2: not found",
        ),
        (pod(evicted="The node was low on resource: memory."), "evicted: The node was low on resource: memory."),
        (pod(unschedulable="0/3 nodes: 3 Insufficient gpu"), "no node takes it: 0/3 nodes: 3 Insufficient gpu"),
        (
            pod(waiting="CreateContainerConfigError", waiting_message='secret "token" not found'),
            'CreateContainerConfigError: secret "token" not found',
        ),
        (pod(waiting="ContainerCreating"), "still starting (ContainerCreating)"),
        (pod(), "not ready"),
        (pod(restarts=2, last_exit="container app exited with 1"), "not ready: container app exited with 1"),
    ],
)
def test_what_may_heal_is_a_cause_and_no_failure_yet(seen: Pod, said: str) -> None:
    assert health.failure(world(seen), REVISION) is None
    assert health.causes(world(seen), REVISION) == (f"pod chat-0123456789-x-1: {said}",)


def test_pods_that_are_well_are_not_mentioned() -> None:
    assert health.causes(world(pod(ready=True), pod("other", ready=True, restarts=2)), REVISION) == ()


def test_pods_of_another_revision_say_nothing_about_this_one() -> None:
    others = pod(revision="chat-9999999999", waiting="CrashLoopBackOff")
    assert health.failure(world(others), REVISION) is None
    assert health.causes(world(others), REVISION) == ()


def test_pods_with_the_same_trouble_are_counted_and_the_worst_comes_first() -> None:
    crashed = [pod(name, waiting="CrashLoopBackOff", last_exit="container app exited with 1") for name in "de"]
    seen = world(pod("a"), pod("b"), pod("c"), *crashed)
    assert health.causes(seen, REVISION) == (
        "2 pods: crash loop: container app exited with 1",
        "3 pods: not ready",
    )


def test_pods_that_a_quota_refuses_are_a_cause() -> None:
    refused = world(refusal='pods "chat" is forbidden: exceeded quota: gpus')
    assert health.causes(refused, REVISION) == ('pods are refused: pods "chat" is forbidden: exceeded quota: gpus',)
    assert health.failure(refused, REVISION) is None
