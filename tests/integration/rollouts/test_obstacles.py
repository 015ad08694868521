"""What stands in the way of a service is said in its status, harms nothing that serves, and is gone some day."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from harness.cluster import Object, Space, status_of
from harness.history import history
from harness.ledgers import told
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.promises import serves_with
from harness.rollouts import AT_ONCE, canary, condition_of, is_promoted, says
from harness.services import ai_service, serves
from leadsman.planner.children import copy_name

pytestmark = pytest.mark.integration

WRONG = {"spec": {"containers": [{"name": "main", "image": "simulated", "imagePullPolice": "Always"}]}}
LOOSE = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}


def serve(space: Space, **spec: Any) -> str:
    """The first revision of `chat`, and its name."""
    space.apply(ai_service("chat", "1", None, **{"rollout": AT_ONCE, **spec}))
    return space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]


def forget(space: Space, revision: str) -> None:
    """As if the service had never been there."""
    space.kubectl("delete", "--ignore-not-found", "aiservice/chat", f"airevision/{revision}", f"deployment/{revision}")


def test_a_template_that_the_api_server_refuses_harms_nobody_and_a_correct_one_goes_on(
    operator: OperatorProcess, space: Space
) -> None:
    good = serve(space)
    space.apply(ai_service("chat", "2", template=WRONG))
    seen = space.wait("AIService", "chat", says("Stalled", "PodTemplateRefused"))
    assert "imagePullPolice" in condition_of(seen, "PodTemplateValid")["message"]
    assert status_of(seen, "Available") == "True"
    assert [one["metadata"]["name"] for one in space.list("airevision")] == [good]
    space.apply(ai_service("chat", "2"))
    space.wait("AIService", "chat", serves("2"))
    serves_with(history(space), "chat", 2)


def test_a_config_map_that_is_missing_or_has_no_label_is_waited_for(operator: OperatorProcess, space: Space) -> None:
    good = serve(space)
    space.apply(ai_service("chat", "2", rollout=AT_ONCE, inputs=[{"configMap": "prompts"}]))
    space.wait("AIService", "chat", says("InputsResolved", "InputMissing"))
    space.kubectl("create", "configmap", "prompts", "--from-literal=system=Be kind.")
    operator.kill()
    operator.start()
    seen = space.wait("AIService", "chat", says("InputsResolved", "InputNotLabelled"))
    assert seen["status"]["servingRevision"] == good
    (blocker,) = seen["status"]["blockers"]
    space.kubectl(*blocker["unblock"].split()[1:])
    new = space.wait("AIService", "chat", is_promoted)["status"]["servingRevision"]
    assert space.get("configmap", copy_name("prompts", new))["data"] == {"system": "Be kind."}


def test_a_service_of_somebody_else_is_taken_over_once_it_is_handed_over(
    operator: OperatorProcess, space: Space
) -> None:
    theirs = {"selector": {"app": "legacy"}, "ports": [{"name": "old", "port": 8080}]}
    space.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat"}, "spec": theirs})
    address = space.get("service", "chat")["spec"]["clusterIP"]
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    seen = space.wait("AIService", "chat", says("Stalled", "ServiceNotOwned"))
    assert space.get("service", "chat")["spec"]["selector"] == {"app": "legacy"}
    (blocker,) = seen["status"]["blockers"]
    space.kubectl(*blocker["unblock"].partition(", or")[0].split()[1:])
    space.wait("AIService", "chat", is_promoted, within_seconds=60)
    ours = space.get("service", "chat")["spec"]
    assert ours["clusterIP"] == address
    assert [port["port"] for port in ours["ports"]] == [80]


def test_a_name_of_46_characters_is_not_too_long_and_one_of_47_is(operator: OperatorProcess, space: Space) -> None:
    name = "a" * 46
    for version in ("1", "2"):
        space.apply(ai_service(name, version, rollout=canary()))
        space.wait("AIService", name, serves(version))
    last = history(space)[-1]
    assert last.addresses(name, f"{last.selected(name)}-") == 2
    refused = space.kubectl("apply", "-f", "-", stdin=json.dumps(ai_service(name + "a", "1")), check=False)
    assert "at most 46" in refused.stderr


def test_a_record_of_that_name_and_another_digest_is_never_taken_for_ours(
    operator: OperatorProcess, space: Space
) -> None:
    name = serve(space)
    forged = space.get("airevision", name)
    forget(space, name)
    metadata = {"name": name, "labels": {"leadsman.dev/service": "chat"}}
    forged = {**forged, "metadata": metadata, "spec": {**forged["spec"], "digest": "sha256:" + "0" * 64}}
    space.apply({key: value for key, value in forged.items() if key != "status"})
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", says("Stalled", "RevisionNameCollision"))
    assert not space.list("deployment")
    space.apply(ai_service("chat", "2", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)


def test_a_deployment_of_that_name_that_is_somebody_elses_is_left_alone_and_its_pods_count_for_nothing(
    operator: OperatorProcess, space: Space
) -> None:
    """The service has no ports: whatever is ready takes traffic."""
    name = serve(space)
    forget(space, name)
    labels = {"app": "legacy"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "theirs"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    space.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec})
    space.wait_condition("Deployment", name, "Available")
    generation = space.get("deployment", name)["metadata"]["generation"]
    service = ai_service("chat", "1", rollout=AT_ONCE)
    del service["spec"]["service"]
    space.apply(service)
    seen = space.wait("AIService", "chat", says("Stalled", "DeploymentNotOwned"))
    assert status_of(seen, "Available") == "False"
    assert told(space, "chat") == ["revision.created", "attempt.started", "promotion.decided promotion"]
    assert space.get("deployment", name)["metadata"]["generation"] == generation


def test_pods_that_a_quota_refuses_are_said_to_be_and_come_once_they_may(
    operator: OperatorProcess, space: Space
) -> None:
    serve(space)
    space.kubectl("create", "quota", "small", "--hard=pods=2")
    space.wait("ResourceQuota", "small", lambda seen: seen.get("status", {}).get("used") == {"pods": "2"})
    space.apply(ai_service("chat", "2", rollout=AT_ONCE))
    seen = space.wait("AIService", "chat", says("PodTemplateValid", "PodsRejected"))
    assert "exceeded quota: small" in condition_of(seen, "PodTemplateValid")["message"]
    assert status_of(seen, "Available") == "True"
    space.kubectl("delete", "quota", "small")
    space.wait("AIService", "chat", is_promoted)
    serves_with(history(space), "chat", 2)


def test_pods_that_pod_security_refuses_are_said_to_be(operator: OperatorProcess, space: Space) -> None:
    good = serve(space)
    space.kubectl("label", "namespace", space.name, "pod-security.kubernetes.io/enforce=restricted")
    space.apply(ai_service("chat", "2"))
    seen = space.wait("AIService", "chat", says("PodTemplateValid", "PodsRejected"))
    assert "violates PodSecurity" in condition_of(seen, "PodTemplateValid")["message"]
    assert seen["status"]["servingRevision"] == good
    assert status_of(seen, "Available") == "True"


@pytest.fixture
def anything_goes(space: Space) -> Iterator[Any]:
    """Call it to store what the schema forbids: it is loosened meanwhile, and strict again afterwards."""
    name, path = "aiservices.leadsman.dev", ROOT / "crds"

    def tighten() -> None:
        space.cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(path))

    def store(patch: list[Object]) -> None:
        (loose,) = yaml.safe_load(space.cluster.kubectl("get", "crd", name, "-o", "yaml").stdout)["spec"]["versions"]
        patched = [{**loose, "schema": LOOSE, "selectableFields": []}]
        space.cluster.kubectl("patch", "crd", name, "--type=merge", "-p", json.dumps({"spec": {"versions": patched}}))
        space.kubectl("patch", "aiservice", "chat", "--type=json", "-p", json.dumps(patch))
        tighten()

    yield store
    tighten()


def test_a_spec_that_nobody_can_read_changes_nothing_and_a_readable_one_goes_on(
    anything_goes: Any, operator: OperatorProcess, space: Space
) -> None:
    """Stored before the rules were there, or past them."""
    good = serve(space)
    anything_goes([{"op": "replace", "path": "/spec/owner", "value": "dana"}, {"op": "remove", "path": "/spec/model"}])
    space.wait("AIService", "chat", says("Stalled", "SpecUnreadable"))
    assert history(space, "Deployment", "Service")[-1].asked(good) == 2
    space.kubectl("replace", "-f", "-", stdin=json.dumps(ai_service("chat", "2", rollout=AT_ONCE)))
    space.wait("AIService", "chat", is_promoted)
    serves_with(history(space, "Service", "EndpointSlice"), "chat", 2)
