"""The cluster that the other tests stand on does what they ask of it."""

import pytest

from harness.cluster import Object, Space, status_of
from harness.pods import Outcome, Script, deployment, job

pytestmark = pytest.mark.integration


def waiting_reason(pod: Object) -> str | None:
    statuses = pod.get("status", {}).get("containerStatuses") or [{}]
    return statuses[0].get("state", {}).get("waiting", {}).get("reason")


def test_a_deployment_gets_ready(space: Space) -> None:
    space.apply(deployment("web", replicas=3))

    space.wait("Deployment", "web", lambda seen: seen["status"].get("readyReplicas") == 3)


def test_a_slow_deployment_gets_ready_later_and_is_not_before(space: Space) -> None:
    space.apply(deployment("slow", Script(ready_after="2s")))

    space.wait("Deployment", "slow", lambda seen: seen["status"].get("unavailableReplicas") == 1)
    space.wait("Deployment", "slow", lambda seen: seen["status"].get("readyReplicas") == 1)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("Crash", "CrashLoopBackOff"), ("OOMKilled", "CrashLoopBackOff"), ("ImagePull", "ImagePullBackOff")],
)
def test_a_broken_pod_says_what_is_wrong_as_a_kubelet_would(space: Space, outcome: Outcome, reason: str) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("broken", Script(outcome=outcome))})

    seen = space.wait("Pod", "broken", lambda pod: waiting_reason(pod) == reason)
    assert status_of(seen, "Ready") == "False"


def test_an_oom_kill_shows_as_such(space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("hungry", Script(outcome="OOMKilled"))})

    seen = space.wait("Pod", "hungry", lambda pod: waiting_reason(pod) is not None)
    last = seen["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert (last["reason"], last["exitCode"]) == ("OOMKilled", 137)


def test_restarts_of_a_crashing_pod_rise(space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("crash", Script(outcome="Crash"))})

    space.wait("Pod", "crash", lambda pod: restarts(pod) >= 2)


def test_a_pod_that_is_never_ready_runs_all_the_same(space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("lame", Script(outcome="NeverReady"))})

    seen = space.wait("Pod", "lame", lambda pod: pod["status"].get("phase") == "Running")
    assert status_of(seen, "Ready") == "False"


def test_an_evicted_pod_fails_and_says_so(space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("evicted", Script(outcome="Evicted"))})

    space.wait("Pod", "evicted", lambda pod: pod["status"].get("reason") == "Evicted")


def test_a_ready_pod_can_be_broken_and_mended_by_its_label(space: Space) -> None:
    space.apply({"apiVersion": "v1", "kind": "Pod", **named("fickle", Script())})
    space.wait_condition("Pod", "fickle", "Ready")

    space.kubectl("label", "--overwrite", "pod", "fickle", "sandbox.leadsman.dev/outcome=Crash")
    space.wait("Pod", "fickle", lambda pod: status_of(pod, "Ready") == "False")
    space.kubectl("label", "--overwrite", "pod", "fickle", "sandbox.leadsman.dev/outcome=Ready")

    space.wait_condition("Pod", "fickle", "Ready")


def test_jobs_succeed_or_fail_as_told(space: Space) -> None:
    space.apply(job("good"), job("bad", Script(outcome="Fail")))

    space.wait_condition("Job", "good", "Complete")
    space.wait_condition("Job", "bad", "Failed")


def test_prometheus_counts_what_pods_are_told_to_answer(space: Space) -> None:
    space.apply(deployment("web", Script(good_per_second=90, bad_per_second=10), replicas=2))

    rate = f'sum by (code) (rate(http_requests_total{{namespace="{space.name}"}}[10s]))'
    found = space.cluster.prometheus.wait_series(f"{rate} > 1")

    shares = {entry["metric"]["code"]: float(entry["value"][1]) for entry in found}
    assert shares["500"] / sum(shares.values()) == pytest.approx(0.1, rel=0.05)


def test_prometheus_counts_what_users_of_a_pod_are_told_to_say(space: Space) -> None:
    space.apply(deployment("web", Script(thumbs_up_per_second=70, thumbs_down_per_second=30)))

    rate = f'sum by (verdict) (rate(assistant_feedback_total{{namespace="{space.name}"}}[10s]))'
    found = space.cluster.prometheus.wait_series(f"{rate} > 1")

    shares = {entry["metric"]["verdict"]: float(entry["value"][1]) for entry in found}
    assert shares["down"] / sum(shares.values()) == pytest.approx(0.3, rel=0.05)
    assert not space.cluster.prometheus.query(f'http_requests_total{{namespace="{space.name}"}}')


def test_a_pod_that_counts_nothing_has_no_series(space: Space) -> None:
    space.apply(deployment("silent"), deployment("loud", Script(good_per_second=1)))
    space.wait("Deployment", "silent", lambda seen: seen["status"].get("readyReplicas") == 1)

    found = space.cluster.prometheus.wait_series(f'http_requests_total{{namespace="{space.name}"}}')

    assert {entry["metric"]["pod"].split("-")[0] for entry in found} == {"loud"}


def named(name: str, script: Script) -> Object:
    template = script.template()
    return {**template, "metadata": {**template["metadata"], "name": name}}


def restarts(pod: Object) -> int:
    statuses = pod.get("status", {}).get("containerStatuses") or [{}]
    return statuses[0].get("restartCount", 0)
