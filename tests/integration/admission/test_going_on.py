"""What has to work goes on working: rollouts, evaluations, garbage collection, and the end of a namespace."""

import json

import pytest

from harness.cluster import Cluster, Space
from harness.gates import GATE, SUITE, job_suite, submit, suite
from harness.guards import ADMINISTRATOR
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, is_held_by, is_promoted, says
from harness.services import ai_service
from harness.waiting import eventually
from integration.admission.people import CONTROLLER_MANAGER, PETRA, account, controller
from integration.admission.scene import JOB, REVISION, RUN, Scene, evaluation, pod, revision, set_up

pytestmark = pytest.mark.integration


def test_a_revision_passes_its_gate_and_is_promoted(operator: OperatorProcess, own_space: Space) -> None:
    own_space.apply(suite(), ai_service("chat", "1", gates=[GATE], rollout=AT_ONCE))
    seen = own_space.wait("AIService", "chat", is_held_by("AwaitingResults"))
    submit(own_space, "first", seen["status"]["candidateRevision"], right=480)
    own_space.wait("AIService", "chat", is_promoted)
    assert own_space.get("evalrun", "first")["spec"]["submittedBy"]["username"] == ADMINISTRATOR
    assert operator.metric("leadsman_api_requests_total", code="403") == 0


def test_an_evaluation_gets_its_job_and_its_pod_and_is_cancelled_with_its_candidate(
    operator: OperatorProcess, own_space: Space
) -> None:
    own_space.apply(job_suite(goes_on=True, timeoutSeconds=600), ai_service("chat", "1", gates=[GATE], rollout=AT_ONCE))
    seen = own_space.wait("AIService", "chat", says("Ready", "GatesRunning"))
    name = f"{seen['status']['candidateRevision']}-{SUITE}-1"
    run = own_space.wait("EvalRun", name, lambda seen: seen.get("status", {}).get("state") == "Running")
    (made,) = eventually(lambda: own_space.list("pods", selector="leadsman.dev/run"))
    assert made["metadata"]["labels"]["leadsman.dev/run"] == run["status"]["job"]
    own_space.apply(ai_service("chat", "2", gates=[GATE], rollout=AT_ONCE))
    own_space.wait("EvalRun", name, lambda seen: seen["status"]["state"] == "Errored")
    own_space.kubectl("wait", "--for=delete", f"job/{run['status']['job']}", "--timeout=60s")
    own_space.kubectl("wait", "--for=delete", f"pod/{made['metadata']['name']}", "--timeout=60s")


def test_whoever_may_purge_does_and_what_belongs_to_a_run_goes_with_it(own_space: Space) -> None:
    scene = set_up(own_space)
    own_space.kubectl(*PETRA, "delete", "airevision", REVISION)
    own_space.kubectl(*PETRA, "delete", "evalrun", RUN)
    for what in (f"job/{JOB}", f"pod/{scene.pod}", f"configmap/{RUN}-outcomes"):
        own_space.kubectl("wait", "--for=delete", what, "--timeout=60s")


def test_a_job_whose_time_is_over_goes_with_its_pod(own_space: Space) -> None:
    made = evaluation("", activeDeadlineSeconds=1, ttlSecondsAfterFinished=1)
    own_space.apply(made)
    (pod,) = eventually(lambda: own_space.list("pods", selector="leadsman.dev/run"))
    own_space.kubectl("wait", "--for=delete", f"job/{JOB}", f"pod/{pod['metadata']['name']}", "--timeout=60s")


def test_a_namespace_with_records_and_evaluations_ends(own_space: Space) -> None:
    set_up(own_space)
    own_space.kubectl("delete", "namespace", own_space.name, "--wait=false")
    own_space.kubectl("wait", "--for=delete", f"namespace/{own_space.name}", "--timeout=90s")
    own_space.kubectl("create", "namespace", own_space.name)  # for the fixture to take away


def test_controllers_without_accounts_of_their_own_may_do_the_same(scene: Scene) -> None:
    space = scene.space
    dry = ("--dry-run=server",)
    space.kubectl(*CONTROLLER_MANAGER, "create", *dry, "-f", "-", stdin=json.dumps(pod("made", JOB)))
    for what in (
        f"airevision/{REVISION}",
        f"evalrun/{RUN}",
        f"job/{JOB}",
        f"pod/{scene.pod}",
        f"configmap/{RUN}-outcomes",
    ):
        space.kubectl(*CONTROLLER_MANAGER, "delete", *dry, what)
    for name in ("namespace-controller", "generic-garbage-collector"):
        space.kubectl(*controller(name), "delete", *dry, f"airevision/{REVISION}")


def test_the_garbage_collector_leaves_objects_to_themselves_where_it_is_told_to(own_space: Space) -> None:
    scene = set_up(own_space)
    own_space.kubectl("delete", "job", JOB, "--cascade=orphan")
    own_space.wait("Pod", scene.pod, lambda seen: not seen["metadata"].get("ownerReferences"))


def test_what_changes_nothing_passes_so_that_stored_objects_can_be_migrated(scene: Scene) -> None:
    somebody = controller("storage-version-migrator-controller")
    for kind, name in (("airevision", REVISION), ("job", JOB), ("pod", scene.pod), ("configmap", f"{RUN}-outcomes")):
        found = scene.space.get(kind, name)
        scene.space.kubectl(*somebody, "replace", "-f", "-", stdin=json.dumps(found))


def test_networks_may_annotate_the_pod_of_an_evaluation(scene: Scene) -> None:
    network = account(scene.space, "network")
    scene.space.kubectl(
        *network, "--as-group=system:masters", "annotate", "pod", scene.pod, "cni.example.com/ip=10.0.0.1"
    )


def test_other_pods_jobs_and_config_maps_are_nobodys_business(own_space: Space) -> None:
    owner = ("--as=mallory",)
    own_space.kubectl(*owner, "create", "configmap", "mine-outcomes", "--from-literal=a=b")
    own_space.kubectl(*owner, "create", "job", "mine", "--image=simulated")
    own_space.kubectl(*owner, "create", "-f", "-", stdin=json.dumps(pod("mine", label="")))
    own_space.kubectl(*owner, "label", "pod", "mine", "app=chat")
    own_space.kubectl(*owner, "delete", "configmap/mine-outcomes", "job/mine", "pod/mine", "--wait=false")
    done = own_space.kubectl(*owner, "exec", "chat-9b2e41c07d-6d5f8b7c9-abcde", "--", "sh", check=False)
    assert "NotFound" in done.stderr  # asked for, and only then refused


def test_without_the_policies_label_a_namespace_is_as_ever(guarded: Cluster, space: Space) -> None:
    """Else the tests of other folders would notice these."""
    space.apply(revision())
    space.kubectl("--as=root", "--as-group=system:masters", "delete", "airevision", REVISION)
