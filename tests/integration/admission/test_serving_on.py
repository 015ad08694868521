"""What has to work goes on working: scaling, evictions, garbage collection, edits of what nobody minds."""

import json

import pytest

from harness.cluster import Space
from harness.guards import OPERATOR
from harness.operator import OperatorProcess
from harness.services import ai_service
from integration.admission.people import CONTROLLER_MANAGER, ERIN, FRANK, MALLORY, RITA, account, controller
from integration.admission.scene import Scene
from integration.admission.served import CERTIFIED, SERVICE, certified, declared, incident, pod, serve, service, slice_

pytestmark = pytest.mark.integration

OPERATING = (f"--as={OPERATOR}", "--as-group=system:masters")
MIGRATOR = controller("storage-version-migrator-controller")
DRY = ("--dry-run=server",)


def patch(space: Space, who: tuple[str, ...], name: str, spec: object, *words: str) -> None:
    """Of an AIService."""
    space.kubectl(*who, "patch", "aiservice", name, "--type=merge", *words, "-p", json.dumps({"spec": spec}))


def test_a_service_is_scaled_and_an_evicted_or_deleted_pod_is_replaced(
    operator: OperatorProcess, own_space: Space
) -> None:
    scene = serve(own_space)
    revision = scene.names["revision"]
    own_space.kubectl(*controller("horizontal-pod-autoscaler"), "scale", "aiservice/chat", "--replicas=3")
    own_space.wait("Deployment", revision, lambda seen: seen["status"].get("readyReplicas") == 3)
    own_space.kubectl(*MALLORY, "delete", "pod", scene.pod)
    own_space.wait("Deployment", revision, lambda seen: seen["status"].get("readyReplicas") == 3)
    evicted = own_space.list("pods", selector=f"{SERVICE}=chat")[0]["metadata"]["name"]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": evicted}}
    path = f"/api/v1/namespaces/{own_space.name}/pods/{evicted}/eviction"
    own_space.kubectl(*MALLORY, "create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))
    own_space.kubectl("wait", "--for=delete", f"pod/{evicted}", "--timeout=60s")
    own_space.wait("Deployment", revision, lambda seen: seen["status"].get("readyReplicas") == 3)


def test_a_service_that_is_deleted_takes_everything_with_it_but_its_records(
    operator: OperatorProcess, own_space: Space
) -> None:
    serve(own_space)
    own_space.kubectl(*MALLORY, "delete", "aiservice", "chat", "--cascade=foreground")
    own_space.kubectl("wait", "--for=delete", "aiservice/chat", "--timeout=60s")
    left = own_space.list("deployments,replicasets,services,networkpolicies,pdb,endpoints", selector=SERVICE)
    assert left == []
    assert own_space.list("airevisions", selector=SERVICE) != []


def test_what_a_service_leaves_behind_can_be_cleared_away(operator: OperatorProcess, own_space: Space) -> None:
    scene = serve(own_space)
    revision = scene.names["revision"]
    own_space.kubectl(*MALLORY, "delete", "aiservice", "chat", "--cascade=orphan")
    own_space.wait("Deployment", revision, lambda seen: not seen["metadata"].get("ownerReferences"))
    own_space.kubectl(*MALLORY, "delete", f"deployment/{revision}", "service/chat", "networkpolicy/chat", "pdb/chat")
    own_space.kubectl("wait", "--for=delete", f"pod/{scene.pod}", "--timeout=60s")


def test_a_namespace_with_a_service_ends(operator: OperatorProcess, own_space: Space) -> None:
    serve(own_space)
    own_space.kubectl("delete", "namespace", own_space.name, "--wait=false")
    own_space.kubectl("wait", "--for=delete", f"namespace/{own_space.name}", "--timeout=90s")
    own_space.kubectl("create", "namespace", own_space.name)  # for the fixture to take away


def test_others_may_annotate_and_label_what_is_not_a_pod(serving: Scene) -> None:
    for what in ("service/chat", "deployment/<revision>", "networkpolicy/chat", "pdb/chat", "configmap/<copy>"):
        named = what.replace("<revision>", serving.names["revision"]).replace("<copy>", serving.names["copy"])
        for how in ("annotate", "label"):
            serving.space.kubectl(*MALLORY, how, *DRY, named, "team=support")
    serving.space.kubectl(*MALLORY, "annotate", *DRY, "pod", serving.pod, "cni.example.com/ip=10.0.0.1")


def test_what_changes_nothing_passes_so_that_stored_objects_can_be_migrated(serving: Scene) -> None:
    kinds = {"deployment": "revision", "rs": "replicaset", "pod": "pod", "endpointslice": "slice", "configmap": "copy"}
    names = [(kind, serving.names[mark]) for kind, mark in kinds.items()]
    for kind, name in (*names, ("service", "chat"), ("endpoints", "chat"), ("networkpolicy", "chat"), ("pdb", "chat")):
        found = serving.space.get(kind, name)
        serving.space.kubectl(*MIGRATOR, "replace", *DRY, "-f", "-", stdin=json.dumps(found))


def test_controllers_without_accounts_of_their_own_may_do_the_same(serving: Scene) -> None:
    space, names = serving.space, serving.names
    owner = space.get("pod", serving.pod)["metadata"]["ownerReferences"]
    labels = space.get("pod", serving.pod)["metadata"]["labels"]
    made = json.dumps(pod("made", labels=labels, ownerReferences=owner))
    space.kubectl(*CONTROLLER_MANAGER, "create", *DRY, "-f", "-", stdin=made)
    for what in (f"deployment/{names['revision']}", f"rs/{names['replicaset']}", f"endpointslice/{names['slice']}"):
        space.kubectl(*CONTROLLER_MANAGER, "annotate", *DRY, what, "leadsman.dev/any=thing")
    for what in ("service/chat", "networkpolicy/chat", f"configmap/{names['copy']}", f"deployment/{names['revision']}"):
        for name in ("namespace-controller", "generic-garbage-collector"):
            space.kubectl(*controller(name), "delete", *DRY, what)


def test_workloads_of_others_are_nobodys_business(serving: Scene) -> None:
    space = serving.space
    space.kubectl(*MALLORY, "rollout", "restart", "deployment/stranger")
    space.kubectl(*MALLORY, "scale", "deployment/stranger", "--replicas=2")
    space.kubectl(*MALLORY, "set", "image", "deployment/stranger", "main=another")
    for made in (service("mine", {"app": "stranger"}), slice_("mine", name="mine")):
        space.kubectl(*MALLORY, "create", "-f", "-", stdin=json.dumps(made))
    space.kubectl(*MALLORY, "delete", "service/mine", "endpointslice/mine")


def test_who_changes_no_pods_needs_no_right_to_make_any(serving: Scene) -> None:
    patch(serving.space, ERIN, "chat", {"rollout": {"bakeSeconds": 60}, "replicas": 3}, *DRY)
    patch(serving.space, ERIN, "chat", {"risk": {"impactAssessment": {"uri": "https://example.com"}}}, *DRY)
    serving.space.kubectl(*ERIN, "scale", *DRY, "aiservice/chat", "--replicas=3")


def test_a_pipeline_that_attests_names_the_author_and_applies_the_same_again(own_space: Space) -> None:
    ci = account(own_space, "ci")
    made = json.dumps(declared(change={"author": "erin"}))
    for _ in range(2):
        own_space.kubectl(*ci, "apply", "--server-side", "-f", "-", stdin=made)
    own_space.kubectl(*FRANK, "label", "aiservice", "chat", "team=support")
    own_space.kubectl(*FRANK, "annotate", "aiservice", "chat", "leadsman.dev/request=Pause")
    patch(own_space, FRANK, "chat", {"model": {"version": "2"}, "change": {"author": "frank"}})
    patch(own_space, FRANK, "chat", {"model": {"version": "3"}, "change": None})


def test_who_may_use_a_service_account_lets_pods_have_it(serving: Scene) -> None:
    for named in ("bot", "default", ""):
        spec = {"template": {"spec": {"serviceAccountName": named}}, "change": {"author": "frank"}}
        patch(serving.space, FRANK, "chat", spec, *DRY)
    patch(serving.space, FRANK, "chat", {"template": {"spec": {"serviceAccount": "bot"}}, "change": None}, *DRY)


def test_a_risk_officer_lowers_a_tier_and_certifies_suites(serving: Scene) -> None:
    space = serving.space
    patch(space, RITA, "chat", {"risk": {"tier": "Limited"}}, *DRY)
    space.kubectl(
        *RITA, "label", *DRY, "evalsuite", "support-qa", *(f"{key}={value}" for key, value in CERTIFIED.items())
    )
    changed = json.dumps(certified(minSamples=9))
    space.kubectl(*RITA, "apply", "--server-side", *DRY, "-f", "-", stdin=changed)
    space.kubectl(*MALLORY, "label", *DRY, "evalsuite", "certified", "team=support")


def test_a_service_below_the_tier_of_its_namespace_may_be_edited_and_raised(own_space: Space) -> None:
    """It was there before the label."""
    own_space.apply(ai_service("chat", "1", risk={"tier": "Minimal"}))
    own_space.kubectl(*MALLORY, "label", "namespace", own_space.name, "leadsman.dev/min-tier=High")
    patch(own_space, FRANK, "chat", {"replicas": 3})
    patch(own_space, FRANK, "chat", {"risk": {"tier": "Limited"}})
    own_space.kubectl("label", "namespace", own_space.name, "leadsman.dev/min-tier=high", "--overwrite")
    made = json.dumps(ai_service("another", "1", risk={"tier": "High"}))
    done = own_space.kubectl(*FRANK, "create", "-f", "-", stdin=made, check=False)
    assert "leadsman.dev/min-tier=high (Minimal, Limited or High)" in done.stderr


def test_the_operator_asks_by_dry_run_whether_a_service_would_pass(serving: Scene) -> None:
    again = json.dumps(declared(change={"author": "erin"}) | {"metadata": {"name": "again"}})
    serving.space.kubectl(*OPERATING, "create", *DRY, "-f", "-", stdin=again)
    patch(serving.space, OPERATING, "chat", {"replicas": 3}, *DRY)


def test_an_incident_gets_worse(serving: Scene) -> None:
    worse = incident()
    worse["spec"]["severity"] = "Sev1"
    serving.space.kubectl(
        *RITA, "apply", "--server-side", "--force-conflicts", *DRY, "-f", "-", stdin=json.dumps(worse)
    )
