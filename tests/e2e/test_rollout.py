"""A governed service on real pods: real requests, a real Prometheus, an operator that decides on what is measured."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.assistant import BAD, GOOD, NAME, PATIENCE_SECONDS, Start, Story, is_back, is_promoted
from harness.cluster import Cluster, Space
from harness.operator import OperatorProcess
from harness.prometheus import Prometheus
from harness.services import reason_of
from harness.users import users
from harness.waiting import eventually
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import PROMETHEUS
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.parts import prometheus as monitoring
from leadsman.sandbox.parts.addresses import LOOPBACK, free_ports
from leadsman.sandbox.place import Place

pytestmark = pytest.mark.e2e

STAGES = [
    {"name": "canary", "weight": 25, "holdSeconds": 5, "minRequests": 30},
    {"name": "half", "weight": 50, "holdSeconds": 5, "minRequests": 30},
]


@pytest.fixture
def story(prepared: None, real_space: Space, tmp_path: Path, start_operator: Start) -> Story:
    start_operator(
        OperatorProcess(cluster=real_space.cluster, log=tmp_path / "operator.log", namespaces=(real_space.name,))
    )
    rollout = {"strategy": "Canary", "stages": STAGES, "progressDeadlineSeconds": PATIENCE_SECONDS, "bakeSeconds": 5}
    return Story(real_space, rollout)


def test_a_good_revision_is_promoted_stage_by_stage_and_no_user_sees_an_error(story: Story) -> None:
    first = story.serve(replicas=4)

    with users(story.space, NAME) as here:
        story.apply(GOOD, replicas=4)
        service = story.wait(lambda seen: is_back(seen) or is_promoted(seen), within_seconds=120)

    assert is_promoted(service)
    assert here.said["codes"] == {"200": here.said["count"]}
    assert here.versions == {"1", "2"}
    second = service["status"]["servingRevision"]
    (attempt,) = story.record(second)["attempts"]
    achieved = [(stage["name"], stage["achievedPercent"]) for stage in attempt["stages"][:3]]
    assert achieved == [("canary", 25), ("half", 50), ("promotion", 100)]
    assert attempt["outcome"] == "Promoted"
    assert story.record(first)["verdict"] == "Superseded"
    assert [message for message in story.events("Promoted") if second in message]


def test_a_bad_revision_that_fails_no_request_goes_back_on_what_its_users_say(story: Story) -> None:
    first = story.serve(replicas=4)

    with users(story.space, NAME) as here:
        story.apply(BAD, replicas=4)
        service = story.wait(is_back, within_seconds=90)

    assert here.said["codes"] == {"200": here.said["count"]}
    assert here.said["versions"]["3"]["wrong"] > 0
    status, bad = service["status"], service["status"]["desiredRevision"]
    assert status["servingRevision"] == first
    (held,) = status["quarantine"]
    assert held["reason"] == "SignalFailed"
    assert held["message"].startswith("thumbs-down 0.")
    assert [message for message in story.events("RolledBack") if held["message"] in message]
    (decided,) = [one for one in story.record(bad)["ledger"]["entries"] if one["type"] == "rollback.decided"]
    facts = decided["facts"]
    assert (facts["monitor"], facts["to"]) == ("thumbs-down", first)
    assert float(facts["value"]) > 1.25 * float(facts["serving"])
    assert int(facts["n"]) > 0
    (attempt,) = story.record(bad)["attempts"]
    assert {one["monitor"]: one["state"] for one in attempt["readings"]} == {
        "errors": "Passed",
        "thumbs-down": "Failed",
    }


@pytest.mark.parametrize(
    ("image", "knobs", "reason", "cause"),
    [
        pytest.param(GOOD, {"KNOB_CRASH_AFTER_SECONDS": "1"}, "WorkloadFailed", "crash", id="crashes"),
        pytest.param(GOOD, {"KNOB_MEMORY_MB_PER_SECOND": "400"}, "WorkloadFailed", "out of memory", id="memory"),
        pytest.param("v9", {}, "ProgressDeadlineExceeded", "image cannot be pulled", id="no-image"),
    ],
)
def test_what_is_wrong_with_its_pods_is_the_reason_for_which_it_goes_back(
    story: Story, image: str, knobs: dict[str, str], reason: str, cause: str
) -> None:
    first = story.serve(replicas=1)
    story.rollout["progressDeadlineSeconds"] = 10

    story.apply(image, replicas=1, **knobs)
    service = story.wait(is_back, within_seconds=60)

    assert service["status"]["servingRevision"] == first
    (held,) = service["status"]["quarantine"]
    assert held["reason"] == reason
    assert cause in held["message"]
    assert cause in story.record(service["status"]["desiredRevision"])["message"]


@dataclass(frozen=True)
class Mortal:
    """A Prometheus beside the sandbox's own, which would come back."""

    process: "subprocess.Popen[bytes]"
    prometheus: Prometheus


@pytest.fixture
def mortal(real_cluster: Cluster, tmp_path: Path) -> Iterator[Mortal]:
    own = Place(tmp_path / "prometheus")
    own.make()
    address = f"{LOOPBACK}:{free_ports(api_port=None)['prometheus']}"
    binary = ensure([PROMETHEUS], cache=default_cache(), report=lambda _: None)["prometheus"]
    command = monitoring.prometheus(own, binary, address, monitoring.real_pods(real_cluster.kubeconfig))
    with (own.logs / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command.argv, stdout=log, stderr=log)
    mortal = Mortal(process, Prometheus(f"http://{address}"))
    try:
        eventually(lambda: _answers(mortal.prometheus))
        yield mortal
    finally:
        process.kill()
        process.wait()


def _answers(prometheus: Prometheus) -> bool:
    with suppress(OSError):
        return bool(prometheus.query("vector(1)"))
    return False


def test_without_prometheus_nothing_rises_and_a_crash_loop_still_goes_back(
    prepared: None, real_space: Space, tmp_path: Path, mortal: Mortal, start_operator: Start
) -> None:
    cluster = replace(real_space.cluster, prometheus=mortal.prometheus)
    start_operator(OperatorProcess(cluster=cluster, log=tmp_path / "operator.log", namespaces=(real_space.name,)))
    stages = [{"name": "canary", "weight": 50, "holdSeconds": 10}]
    story = Story(real_space, {"strategy": "Canary", "stages": stages, "progressDeadlineSeconds": PATIENCE_SECONDS})
    first = story.serve()

    with users(story.space, NAME):
        story.apply(GOOD)
        story.wait(lambda seen: "holdUntil" in seen["status"].get("stage", {}))
        mortal.process.kill()
        held = story.wait(lambda seen: reason_of(seen, "Ready") == "AwaitingEvidence")

        assert held["status"]["stage"]["name"] == "canary"
        assert {one["reason"] for one in held["status"]["blockers"]} == {"NoEvidence"}

        story.apply(GOOD, KNOB_CRASH_AFTER_SECONDS="1")
        back = story.wait(is_back)

    assert back["status"]["servingRevision"] == first
    assert back["status"]["quarantine"][0]["reason"] == "WorkloadFailed"
