"""What is wrong with a pod, as real API servers tell it."""

from typing import Any

import pytest

from leadsman.controller.observe.pods import pod, revision_of
from leadsman.planner.world import Pod
from unit.controller.recordings import GOOD, SERVICE, recorded, said_of


def seen(raw: dict[str, Any]) -> Pod:
    found = pod(said_of(raw), raw)
    assert found
    service, record = found
    assert service == SERVICE
    return record


def simulated(trouble: str) -> Pod:
    return seen(recorded("pods")[trouble])


def on_a_kubelet(trouble: str) -> Pod:
    return seen(recorded("kubelet_pods")[trouble])


def test_a_pod_that_is_well_has_nothing_to_tell() -> None:
    found = simulated("ready")

    assert found == Pod(name=found.name, revision=GOOD, ready=True)
    assert found.name.startswith(f"{GOOD}-")


def test_a_container_that_was_killed_for_memory_says_which_at_what_limit_and_how_often() -> None:
    found = simulated("out-of-memory")

    assert found.oom_killed == "container main (limit 64Mi, 2 restarts)"
    assert found.last_exit == "container main exited with 137 (OOMKilled)"
    assert (found.ready, found.restarts, found.waiting) == (False, 2, "CrashLoopBackOff")


def test_a_real_kubelet_tells_of_an_oom_kill_in_the_same_way() -> None:
    found = on_a_kubelet("out-of-memory")

    assert found.oom_killed.startswith("container main (limit 32Mi, ")
    assert found.waiting == "CrashLoopBackOff"


def test_a_killed_container_without_a_limit_of_its_own_is_held_against_the_pods() -> None:
    raw = recorded("pods")["out-of-memory"]
    del raw["spec"]["containers"][0]["resources"]["limits"]
    assert seen(raw).oom_killed == "container main (no limit, 2 restarts)"

    raw["spec"]["resources"] = {"limits": {"memory": "1Gi"}}
    assert seen(raw).oom_killed == "container main (limit 1Gi, 2 restarts)"


def test_a_limit_that_was_changed_in_place_counts_as_it_is_in_force() -> None:
    raw = recorded("pods")["out-of-memory"]
    raw["status"]["containerStatuses"][0]["resources"] = {"limits": {"memory": "48Mi"}}

    assert seen(raw).oom_killed == "container main (limit 48Mi, 2 restarts)"


def test_a_crash_loop_says_how_the_container_ended() -> None:
    found = simulated("crash-loop")

    assert (found.waiting, found.last_exit) == ("CrashLoopBackOff", "container main exited with 1 (Error)")
    assert found.oom_killed == ""


def test_the_last_line_that_a_crashed_container_said_is_shown() -> None:
    found = on_a_kubelet("crash-loop")

    assert found.last_exit == "container main exited with 3 (Error): I crash"


def test_of_a_long_message_the_last_line_counts_and_no_control_characters() -> None:
    raw = recorded("pods")["crash-loop"]
    ended = raw["status"]["containerStatuses"][0]["lastState"]["terminated"]
    ended["message"] = "Traceback …\n  File …\nKeyError: '\x1b[31mtokenizer'\n\n"

    assert seen(raw).last_exit == "container main exited with 1 (Error): KeyError: ' [31mtokenizer'"


def test_of_several_exits_the_last_counts() -> None:
    raw = recorded("pods")["crash-loop"]
    later = {"exitCode": 2, "reason": "Error", "finishedAt": "2099-01-01T00:00:00Z"}
    raw["status"]["containerStatuses"].append({"name": "proxy", "restartCount": 7, "state": {"terminated": later}})
    raw["spec"]["containers"].append({"name": "proxy"})

    found = seen(raw)

    assert found.last_exit == "container proxy exited with 2 (Error)"
    assert found.restarts == 7


def with_another(raw: dict[str, Any], reason: str) -> dict[str, Any]:
    """A second container, before the first, that waits for this reason."""
    raw["status"]["containerStatuses"].insert(0, {"name": "proxy", "state": {"waiting": {"reason": reason}}})
    return raw


def test_of_two_troubles_the_crash_loop_counts_since_waiting_does_not_help() -> None:
    assert seen(with_another(recorded("pods")["crash-loop"], "ImagePullBackOff")).waiting == "CrashLoopBackOff"


def test_trouble_comes_before_what_every_pod_goes_through() -> None:
    assert seen(with_another(recorded("pods")["image-pull"], "ContainerCreating")).waiting == "ImagePullBackOff"


def test_an_init_container_that_crashes_is_named_as_such_and_comes_before_what_waits_for_it() -> None:
    found = on_a_kubelet("init-crash")

    assert found.waiting == "CrashLoopBackOff"
    assert found.last_exit.startswith("init container load exited with 3 (Error)")
    assert found.restarts >= 1


def test_an_init_container_that_has_done_its_work_is_no_exit() -> None:
    raw = recorded("kubelet_pods")["init-crash"]
    (init,) = raw["status"]["initContainerStatuses"]
    init |= {"restartCount": 0, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}, "lastState": {}}

    assert seen(raw).last_exit == ""


def test_a_sidecar_that_crashes_is_seen_though_the_server_is_well() -> None:
    found = on_a_kubelet("sidecar-crash")

    assert found.waiting == "CrashLoopBackOff"
    assert found.last_exit.startswith("sidecar proxy exited with 3 (Error)")
    assert not found.ready


def test_a_sidecar_that_ends_well_has_ended_all_the_same() -> None:
    raw = recorded("kubelet_pods")["sidecar-crash"]
    (sidecar,) = raw["status"]["initContainerStatuses"]
    sidecar |= {"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}, "lastState": {}}

    assert seen(raw).last_exit == "sidecar proxy exited with 0 (Completed)"


@pytest.mark.parametrize(
    ("trouble", "waiting", "message"),
    [
        ("image-missing", "ImagePullBackOff", "leadsman.dev/tests/missing:1"),
        ("config-missing", "CreateContainerConfigError", 'configmap "nope" not found'),
        ("volume-missing", "ContainerCreating", ""),
    ],
)
def test_a_container_that_cannot_start_says_why(trouble: str, waiting: str, message: str) -> None:
    found = on_a_kubelet(trouble)

    assert found.waiting == waiting
    assert message in found.waiting_message
    assert not found.ready


def test_an_evicted_pod_says_why() -> None:
    found = simulated("evicted")

    assert found.evicted == "The node was low on resource: memory."
    assert not found.ready


def test_an_evicted_pod_is_not_ready_whatever_its_conditions_still_say() -> None:
    raw = recorded("pods")["evicted"]
    raw["status"]["conditions"] = [{"type": "Ready", "status": "True"}]

    assert not seen(raw).ready


def test_a_pod_that_its_node_refused_or_lost_says_so_in_the_same_place() -> None:
    raw = recorded("pods")["evicted"]
    raw["status"] |= {"reason": "UnexpectedAdmissionError", "message": "no GPU left"}

    assert seen(raw).evicted == "UnexpectedAdmissionError: no GPU left"


def test_a_pod_that_no_node_takes_says_why() -> None:
    found = simulated("unschedulable")

    assert found.unschedulable.startswith("0/3 nodes are available: 3 Insufficient cpu.")


def test_a_pod_that_is_never_ready_has_no_other_trouble() -> None:
    found = simulated("never-ready")

    assert found == Pod(name=found.name, revision="support-assistant-6666666666", ready=False)


def test_a_pod_on_its_way_out_is_no_longer_there() -> None:
    raw = recorded("pods")["ready"]
    raw["metadata"]["deletionTimestamp"] = "2026-11-23T20:00:00Z"

    assert pod(said_of(raw), raw) is None


def test_a_pod_without_the_label_of_a_service_is_none_of_ours() -> None:
    raw = recorded("pods")["ready"]
    del raw["metadata"]["labels"]["leadsman.dev/service"]

    assert pod(said_of(raw), raw) is None


def test_a_pod_that_lost_its_revisions_label_still_has_its_name() -> None:
    raw = recorded("pods")["ready"]
    del raw["metadata"]["labels"]["leadsman.dev/revision"]

    assert seen(raw).revision == GOOD


def test_the_longest_name_of_a_service_is_still_told_from_its_pods_names() -> None:
    revision = "a" * 46 + "-0123456789"

    assert revision_of(f"{revision}-5c9f7b8d9-x2x4z") == revision
