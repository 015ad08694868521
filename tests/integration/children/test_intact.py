"""What Leadsman makes of a service's objects is what is there afterwards, and nothing is written twice."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.children import NEW, OLD, RESTING, WIDE, narrow, revision_spec, service, wanted
from harness.cluster import Object, Space
from harness.live import Live, Serve
from harness.pods import deployment
from harness.waiting import eventually
from leadsman.clients.kinds import DEPLOYMENT
from leadsman.clients.kubernetes import Kubernetes
from leadsman.planner.children import deployment as deployment_of
from leadsman.planner.children.ownership import service_owner
from leadsman.planner.revisions.digests import revision_name

pytestmark = pytest.mark.integration


def pods(**spec: Any) -> Object:
    """Of one container with these fields."""
    return {"spec": {"containers": [{"name": "main", "image": "simulated", **spec}]}}


async def ready(live: Live, replicas: int = 4) -> Object:
    return live.space.wait("Deployment", OLD, lambda seen: seen.get("status", {}).get("readyReplicas") == replicas)


@pytest.mark.asyncio
async def test_objects_are_intact_once_the_controllers_have_worked_on_them(serve: Serve) -> None:
    live = serve()

    await live.settle(RESTING)
    await ready(live)

    assert live.planned(RESTING) == ()


ODD: dict[str, Object] = {
    "probes": pods(readinessProbe={"httpGet": {"port": 8080}}, livenessProbe={"exec": {"command": ["true"]}}),
    "numbers as resources": pods(resources={"requests": {"cpu": 1, "memory": 1048576}, "limits": {"cpu": 2}}),
    "fractions as resources": pods(resources={"requests": {"cpu": "0.5", "memory": "0.5Gi"}}),
    "thousandths as resources": pods(resources={"requests": {"cpu": "500m", "memory": "1024Mi"}}),
    "accelerators": pods(resources={"limits": {"nvidia.com/gpu": 2}}),
    "empty values": pods(env=[{"name": "EMPTY", "value": ""}, {"name": "ABSENT"}], args=[], command=None),
    "volumes": {
        "spec": {
            **pods(volumeMounts=[{"name": "scratch", "mountPath": "/scratch"}])["spec"],
            "volumes": [
                {"name": "scratch", "emptyDir": {}},
                {"name": "settings", "configMap": {"name": "settings", "optional": True, "defaultMode": 292}},
                {"name": "key", "secret": {"secretName": "key", "optional": True}},
                {"name": "who", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}},
            ],
        }
    },
    "patience": {"spec": {**pods()["spec"], "terminationGracePeriodSeconds": 0}},
    "tolerance": {"spec": {**pods()["spec"], "tolerations": [{"operator": "Exists"}], "dnsPolicy": "Default"}},
    "nulls": {"metadata": {"labels": None, "annotations": None}, "spec": {**pods()["spec"], "nodeSelector": None}},
    "ports": pods(ports=[{"containerPort": 8080}, {"name": "metrics", "containerPort": 9090, "protocol": "TCP"}]),
    "security": {
        "spec": {
            **pods(securityContext={"capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True})["spec"],
            "securityContext": {},
            "serviceAccount": "default",
        }
    },
    "a restarting init container": {
        "spec": {**pods()["spec"], "initContainers": [{"name": "s", "image": "simulated", "restartPolicy": "Always"}]}
    },
}  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("template", ODD)
async def test_pods_in_whatever_notation_are_intact_and_writing_them_again_changes_nothing(
    serve: Serve, kubernetes: Kubernetes, template: str
) -> None:
    live = serve(template=ODD[template], inputs=[], replicas=0)
    to_be = wanted(old=0, apex=narrow(OLD))

    await live.settle(to_be)
    made = live.space.wait("Deployment", OLD, lambda seen: seen.get("status", {}).get("observedGeneration") == 1)

    assert live.planned(to_be) == ()
    assert (await kubernetes.replace(DEPLOYMENT, made)).object["metadata"]["resourceVersion"] == (
        made["metadata"]["resourceVersion"]
    )


ZONE_FOR_ALL = """
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: NAMESPACE}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
  failurePolicy: Fail
  reinvocationPolicy: Never
  mutations:
    - patchType: ApplyConfiguration
      applyConfiguration:
        expression: 'Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{
          labels: {"zone": "a"}}}}}'
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: NAMESPACE}
spec: {policyName: NAMESPACE}
"""


@pytest.fixture
def zone_for_all(space: Space) -> Iterator[None]:
    """Admission gives the pods of every Deployment a label."""
    manifest, probe = ZONE_FOR_ALL.replace("NAMESPACE", space.name), json.dumps(deployment("probe"))
    space.cluster.kubectl("apply", "-f", "-", stdin=manifest)
    eventually(
        lambda: "zone" in space.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=probe).stdout
    )
    yield
    space.cluster.kubectl("delete", "-f", "-", stdin=manifest)


@pytest.mark.asyncio
async def test_what_admission_adds_to_the_pods_of_every_deployment_is_no_drift(
    serve: Serve, zone_for_all: None
) -> None:
    live = serve()

    await live.settle(RESTING)
    made = await ready(live)

    assert made["spec"]["template"]["metadata"]["labels"]["zone"] == "a"
    assert live.planned(RESTING) == ()


@pytest.mark.asyncio
async def test_a_rollout_of_two_revisions_is_intact_at_every_step(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)

    dark = await live.settle(wanted(old=4, new=1, apex=narrow(OLD), preview=narrow(NEW)))
    both = await live.settle(wanted(old=3, new=1, apex=WIDE, preview=narrow(NEW)))
    done = await live.settle(wanted(old=0, new=4, apex=narrow(NEW)))

    assert [line for line in dark if "ConfigMap" not in line] == [
        "create Service assistant-preview",
        f"create Deployment {NEW} x1",
    ]
    assert both == ["change Service assistant", f"scale {OLD} x3"]
    assert done == [
        "change Service assistant",
        f"scale {NEW} x4",
        f"scale {OLD} x0",
        "delete Service assistant-preview",
    ]


@pytest.mark.asyncio
async def test_the_apex_keeps_its_address_when_it_selects_another_revision(serve: Serve) -> None:
    live = serve()
    await live.settle(RESTING)
    before = live.space.get("Service", "assistant")["spec"]

    await live.settle(wanted(old=4, new=4, apex=narrow(NEW)))

    after = live.space.get("Service", "assistant")["spec"]
    assert after == {**before, "selector": narrow(NEW)}


@pytest.mark.asyncio
async def test_one_pod_of_both_revisions_may_be_evicted(serve: Serve) -> None:
    """The disruption controller adds up the scales of all Deployments whose pods the budget selects."""
    live = serve()
    await live.settle(wanted(old=3, new=2, apex=WIDE))

    seen = live.space.wait(
        "PodDisruptionBudget", "assistant", lambda budget: budget.get("status", {}).get("currentHealthy") == 5
    )

    assert (seen["status"]["expectedPods"], seen["status"]["disruptionsAllowed"]) == (5, 1)


@pytest.mark.asyncio
async def test_nobody_may_call_where_the_list_is_empty(serve: Serve) -> None:
    live = serve(access={"allowFrom": []})
    await live.settle(RESTING)

    policy = live.space.get("NetworkPolicy", "assistant")["spec"]

    assert policy["policyTypes"] == ["Ingress"]
    assert "ingress" not in policy
    assert live.planned(RESTING) == ()


@pytest.mark.asyncio
async def test_pods_of_the_longest_name_can_be_told_by_their_revision(
    serve: Serve, space: Space, kubernetes: Kubernetes
) -> None:
    name = "s" * 46
    of, revision = service(space.name, name, inputs=[]), revision_name(name, "sha256:" + "0" * 64)
    made = deployment_of(of, revision, revision_spec(of, revision), replicas=1)
    owners = serve(inputs=[])  # of some service: without an owner that exists it would be collected
    metadata = {**made["metadata"], "ownerReferences": [service_owner(owners.of).reference()]}

    await kubernetes.create(DEPLOYMENT, {**made, "metadata": metadata})
    space.wait("Deployment", revision, lambda seen: seen.get("status", {}).get("readyReplicas") == 1)

    (pod,) = space.list("pods", selector=f"leadsman.dev/revision={revision}")
    assert pod["metadata"]["name"].startswith(f"{revision}-")
