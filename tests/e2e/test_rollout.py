"""A governed service on real pods: real requests, a real Prometheus, an operator that decides on what is measured."""

import copy
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster import Cluster, Object, Space
from harness.manifests import MODEL_SERVER, ROOT
from harness.operator import OperatorProcess
from harness.prometheus import Prometheus
from harness.services import reason_of, serves
from harness.users import users
from harness.waiting import eventually
from leadsman.sandbox.binaries.cache import default_cache
from leadsman.sandbox.binaries.catalogue import PROMETHEUS
from leadsman.sandbox.binaries.ensure import ensure
from leadsman.sandbox.images.recipes import build_recipe
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.parts import prometheus as monitoring
from leadsman.sandbox.parts.addresses import LOOPBACK, free_ports
from leadsman.sandbox.place import Place

pytestmark = pytest.mark.e2e

NAME = "support-assistant"
DEMO: Object = yaml.safe_load((ROOT / "examples" / "rollout" / "service.yaml").read_text())
GOOD, BAD = "v2", "v3"
PATIENCE_SECONDS = 60
"""For a pod to get ready on a machine that does much else."""
STAGES = [
    {"name": "canary", "weight": 25, "holdSeconds": 5, "minRequests": 30},
    {"name": "half", "weight": 50, "holdSeconds": 5, "minRequests": 30},
]


@pytest.fixture(scope="session")
def prepared(real_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Leadsman's kinds are there, and the node knows the server in its three versions."""
    real_cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    real_cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")
    archive = tmp_path_factory.mktemp("images") / "model-server.tar"
    build_recipe(MODEL_SERVER, archive, ["v1", GOOD, BAD])
    real.load_image(Place.of(real_cluster.name), archive)


@dataclass(frozen=True)
class Story:
    """A service in a namespace of its own, and the operator that looks after it."""

    space: Space
    rollout: dict[str, Any]

    def apply(self, version: str, *, replicas: int = 2, **knobs: str) -> None:
        """The demo's service as of that image. A knob is what its users do not know of."""
        made = copy.deepcopy(DEMO)
        spec = made["spec"]
        spec |= {"replicas": replicas, "rollout": self.rollout}
        spec["model"]["version"] = version
        (container,) = spec["template"]["spec"]["containers"]
        container["image"] = f"leadsman.dev/samples/model-server:{version}"
        container["env"] += [{"name": name, "value": value} for name, value in knobs.items()]
        self.space.apply(made)

    def serve(self, *, replicas: int = 2) -> str:
        """The first revision, and its name."""
        prompts = f"--from-file={MODEL_SERVER / 'model_server' / 'prompts.json'}"
        self.space.kubectl("create", "configmap", "support-prompts", prompts)
        self.space.kubectl("label", "configmap", "support-prompts", "leadsman.dev/input=true")
        self.apply("v1", replicas=replicas)
        return self.wait(serves("v1"))["status"]["servingRevision"]

    def wait(self, until: Callable[[Object], bool], *, within_seconds: float = 60) -> Object:
        return self.space.wait("AIService", NAME, until, within_seconds=within_seconds)

    def record(self, revision: str) -> Object:
        return self.space.get("airevision", revision)["status"]

    def events(self, reason: str) -> list[str]:
        found = self.space.kubectl("get", "events", "-o", "yaml", f"--field-selector=reason={reason}").stdout
        return [event["message"] for event in yaml.safe_load(found)["items"]]


def is_promoted(seen: Object) -> bool:
    return serves(GOOD)(seen) and reason_of(seen, "Ready") == "Promoted"


def is_back(seen: Object) -> bool:
    """Everyone is served by the revision before, and the other one is quarantined."""
    return reason_of(seen, "Stalled") == "RevisionQuarantined"


Start = Callable[[OperatorProcess], None]


@pytest.fixture
def start_operator() -> Iterator[Start]:
    """What it said is in the report of a test that fails."""
    started: list[OperatorProcess] = []

    def start(operator: OperatorProcess) -> None:
        started.append(operator)
        operator.start()

    yield start
    for operator in started:
        operator.close()
        print(operator.log.read_text())  # noqa: T201


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
