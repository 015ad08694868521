"""Is an object still as it was made? What a digest of it takes in, and what not."""

from typing import Any

import pytest

from leadsman.planner.children.content import UNREADABLE, content
from leadsman.planner.world import ChildKind

Json = dict[str, Any]
PORT: Json = {"name": "http", "port": 80}


def of_service(**spec: Any) -> str:
    return content(ChildKind.SERVICE, {"spec": {"ports": [PORT], **spec}})


def test_what_the_api_server_fills_in_or_allocates_makes_no_other_service() -> None:
    filled_in = {
        "type": "ClusterIP",
        "ports": [{**PORT, "protocol": "TCP", "targetPort": 80, "nodePort": 30080}],
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
        "clusterIP": "10.0.0.1",
        "clusterIPs": ["10.0.0.1"],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "ofALaterVersion": "default",
    }

    assert of_service(**filled_in) == of_service()


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "NodePort"},
        {"type": "ExternalName", "externalName": "elsewhere.example.com"},
        {"selector": {"app": "x"}},
        {"ports": [{**PORT, "targetPort": "admin"}]},
        {"ports": [{**PORT, "protocol": "UDP"}]},
        {"sessionAffinity": "ClientIP"},
        {"internalTrafficPolicy": "Local"},
    ],
)
def test_whom_traffic_reaches_makes_another_service(spec: Json) -> None:
    assert of_service(**spec) != of_service()


def test_stickiness_for_the_usual_time_is_the_same_whether_or_not_it_is_said() -> None:
    def sticky(seconds: int) -> str:
        config = {"clientIP": {"timeoutSeconds": seconds}}
        return of_service(sessionAffinity="ClientIP", sessionAffinityConfig=config)

    assert sticky(10800) == of_service(sessionAffinity="ClientIP") != sticky(60)


def test_the_number_of_pods_makes_no_other_deployment_and_everything_else_does() -> None:
    def of_deployment(**spec: Any) -> str:
        return content(ChildKind.DEPLOYMENT, {"metadata": {"generation": len(spec)}, "spec": spec, "status": spec})

    assert of_deployment(replicas=1) == of_deployment(replicas=2) == of_deployment()
    assert of_deployment(minReadySeconds=1) != of_deployment()


def test_a_copy_counts_only_while_nobody_can_change_it() -> None:
    def of_copy(**fields: Any) -> str:
        return content(ChildKind.CONFIG_MAP, {"data": {"a": "b"}, **fields})

    assert of_copy(immutable=True, metadata={"name": "x"}) == of_copy(immutable=True)
    assert of_copy(immutable=True) != of_copy(immutable=False) == of_copy()
    assert of_copy(immutable=True, binaryData={"c": "ZA=="}) != of_copy(immutable=True)


def test_what_no_digest_can_be_made_of_never_counts_as_intact() -> None:
    template = {"spec": {"terminationGracePeriodSeconds": 2**60}}

    assert content(ChildKind.DEPLOYMENT, {"spec": {"template": template}}) == UNREADABLE
