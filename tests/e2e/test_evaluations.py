"""Evaluations that really run: inspect-ai and pytest ask the candidate in the dark, and their results decide."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.assistant import BAD, GOOD, NAME, PATIENCE_SECONDS, Start, Story, is_promoted
from harness.cluster import Cluster, Object, Space, status_of
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.rollouts import Predicate, condition_of, says
from harness.users import users
from leadsman.sandbox.images.recipes import build_recipe, read_recipe
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.place import Place

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]  # the first one installs what goes into the images

EVALUATIONS = ROOT / "examples" / "evaluations"
IMAGE = ROOT / "manifests" / "image"
GATES = [{"name": "contract", "suite": "support-contract"}, {"name": "quality", "suite": "support-quality"}]
WITHIN_SECONDS = 180
"""Two evaluations, one of them in Python of some weight, on a machine that does much else."""


@dataclass(frozen=True)
class Images:
    collector: str


@pytest.fixture(scope="session")
def images(prepared: None, real_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Images:
    """The node knows Leadsman's own image, and those of the two evaluations."""
    folder = tmp_path_factory.mktemp("evaluations")
    for number, recipe in enumerate((IMAGE, EVALUATIONS / "contract", EVALUATIONS / "quality")):
        archive = folder / f"{number}.tar"
        build_recipe(recipe, archive)
        real.load_image(Place.of(real_cluster.name), archive)
        archive.unlink()
    own = read_recipe(IMAGE)
    return Images(collector=f"{own.name}:{next(iter(own.tags))}")


@pytest.fixture
def gated(images: Images, real_space: Space, tmp_path: Path, start_operator: Start) -> Story:
    start_operator(
        OperatorProcess(
            cluster=real_space.cluster,
            log=tmp_path / "operator.log",
            namespaces=(real_space.name,),
            settings={"evaluations": {"collectorImage": images.collector}},
        )
    )
    rollout = {"strategy": "AllAtOnce", "progressDeadlineSeconds": PATIENCE_SECONDS, "bakeSeconds": 0}
    return Story(real_space, rollout, {"gates": GATES, "monitors": []})


def run_of(story: Story, revision: str, suite: str) -> Object:
    return story.space.get("evalrun", f"{revision}-{suite}-1")["status"]


def criterion(run: Object, name: str) -> Object:
    return next(one for one in run["criteria"] if one["name"] == name)


def test_a_good_revision_earns_its_traffic_and_a_worse_one_never_gets_a_request(gated: Story) -> None:
    gated.space.apply((EVALUATIONS / "suites.yaml").read_text())
    gated.prepare()
    gated.apply("v1", replicas=1)
    seen = gated.wait(is_first, within_seconds=WITHIN_SECONDS)
    first = seen["status"]["servingRevision"]
    quality = run_of(gated, first, "support-quality")
    assert (quality["verdict"], quality["tool"]["name"]) == ("Passed", "inspect-ai")
    assert criterion(quality, "no-worse")["verdict"] == "NotApplicable"  # nothing served yet
    assert run_of(gated, first, "support-contract")["verdict"] == "Passed"

    with users(gated.space, NAME) as here:
        gated.apply(BAD, replicas=1)
        seen = gated.wait(says("Stalled", "GateFailed"), within_seconds=WITHIN_SECONDS)

    bad = seen["status"]["candidateRevision"]
    assert here.said["codes"] == {"200": here.said["count"]}
    assert here.versions == {"1"}
    quality = run_of(gated, bad, "support-quality")
    assert quality["verdict"] == "Failed"
    assert criterion(quality, "no-worse")["verdict"] == "Failed"
    assert criterion(quality, "no-worse")["baseline"]
    assert status_of(seen, "Available") == "True"
    assert "quality" in condition_of(seen, "GatesPassed")["message"]
    assert [one for one in gated.events("GateFailed") if bad in one]
    gated.space.wait("Deployment", bad, lambda one: one["spec"]["replicas"] == 0)

    gated.apply(GOOD, replicas=1)
    seen = gated.wait(is_promoted, within_seconds=WITHIN_SECONDS)
    quality = run_of(gated, seen["status"]["servingRevision"], "support-quality")
    assert criterion(quality, "no-worse")["verdict"] == "Passed"


def is_first(seen: Object) -> bool:
    return says("Ready", "Promoted")(seen)


def tells(words: str) -> Predicate:
    """In what Ready says."""

    def held(seen: Object) -> bool:
        conditions = seen.get("status", {}).get("conditions", [])
        return any(one["type"] == "Ready" and words in one["message"] for one in conditions)

    return held


@pytest.mark.parametrize(
    ("command", "limit", "why"),
    [
        pytest.param("exit 3", "64Mi", "exited with 3", id="nothing-written"),
        pytest.param("echo '{\"metrics\": [' > /results/half.json", "64Mi", "half.json", id="half-a-file"),
        pytest.param("x=a; while true; do x=$x$x; done", "16Mi", "out of memory", id="out-of-memory"),
    ],
)
def test_an_evaluation_that_leaves_nothing_to_judge_ends_with_the_reason_and_opens_nothing(
    gated: Story, command: str, limit: str, why: str
) -> None:
    gated.space.apply(broken(command=["/bin/sh", "-c", command], limit=limit))
    story = replace(gated, spec={"gates": [{"name": "broken", "suite": "broken"}], "monitors": []})
    story.prepare()
    story.apply("v1", replicas=1)
    seen = story.wait(tells("errored"), within_seconds=WITHIN_SECONDS)
    run = run_of(story, seen["status"]["candidateRevision"], "broken")
    assert run["state"] == "Errored"
    assert why in run["message"]
    assert "servingRevision" not in seen["status"]


def test_an_image_that_cannot_be_pulled_is_said_quickly(gated: Story) -> None:
    gated.space.apply(broken(image="leadsman.dev/samples/evaluation-none:v1"))
    story = replace(gated, spec={"gates": [{"name": "broken", "suite": "broken"}], "monitors": []})
    story.prepare()
    story.apply("v1", replicas=1)
    seen = story.wait(tells("did not start"), within_seconds=120)
    assert "evaluation-none" in condition_of(seen, "Ready")["message"]


def broken(*, command: list[str] | None = None, image: str = "", limit: str = "64Mi") -> Object:
    """A suite that Leadsman runs once, in the contract's image unless another is named."""
    container: Object = {
        "name": "evaluate",
        "image": image or "leadsman.dev/samples/evaluation-contract:v1",
        "imagePullPolicy": "IfNotPresent",
        "resources": {"limits": {"memory": limit}},
    }
    if command is not None:
        container["command"] = command
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "EvalSuite",
        "metadata": {"name": "broken"},
        "spec": {
            "runner": {"job": {"template": {"spec": {"containers": [container]}}, "backoffLimit": 0}},
            "results": {"format": "Leadsman", "path": "/results"},
            "criteria": [{"name": "any", "metric": "any", "direction": "HigherIsBetter", "min": "0.5"}],
        },
    }
