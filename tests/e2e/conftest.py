"""What tests on real nodes share: images that the node knows, and operators that end with their test."""

from collections.abc import Iterator

import pytest

from harness.assistant import BAD, GOOD, Start
from harness.cluster import Cluster
from harness.manifests import MODEL_SERVER, ROOT
from harness.operator import OperatorProcess
from leadsman.sandbox.images.recipes import build_recipe
from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.place import Place


@pytest.fixture(scope="session")
def prepared(real_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Leadsman's kinds are there, and the node knows the server in its three versions."""
    real_cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    real_cluster.kubectl("wait", "--for=condition=Established", "-f", str(ROOT / "crds"), "--timeout=60s")
    archive = tmp_path_factory.mktemp("images") / "model-server.tar"
    build_recipe(MODEL_SERVER, archive, ["v1", GOOD, BAD])
    real.load_image(Place.of(real_cluster.name), archive)


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
