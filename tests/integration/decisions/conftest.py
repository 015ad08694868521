"""A cluster on which the admission policies hold everywhere, as in production: so decisions count."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster import Cluster, Space
from harness.guards import ADMINISTRATOR, overlay
from harness.manifests import ROOT
from harness.operator import OperatorProcess
from harness.waiting import eventually
from integration.admission.people import dismiss, introduce
from leadsman.controller import clock
from leadsman.controller.protection.expected import expected
from leadsman.planner.decisions.standing import SETTLES


@pytest.fixture(scope="package")
def protected(protected_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """For so long that decisions count."""
    folder = overlay(tmp_path_factory.mktemp("guards"), ADMINISTRATOR, everywhere=True)
    protected_cluster.kubectl("apply", "--server-side", "-k", str(ROOT / "manifests" / "rbac"))
    protected_cluster.kubectl("apply", "--server-side", "-k", str(folder))
    until_decisions_count(protected_cluster)
    return protected_cluster


def until_decisions_count(cluster: Cluster) -> None:
    """By the age of the admission policies. A moment longer, as ages are known to the second."""
    names = [f"{kind}/{name}" for kind, name in expected()]
    items = json.loads(cluster.kubectl("get", *names, "-o", "json", "--show-managed-fields").stdout)["items"]
    written = max(one["time"] for item in items for one in item["metadata"]["managedFields"])
    counts_at = dt.datetime.fromisoformat(written) + SETTLES + dt.timedelta(seconds=1)
    eventually(lambda: clock.now() > counts_at)


@pytest.fixture
def own(protected: Cluster, protected_space: Space) -> Iterator[Space]:
    """With people in it."""
    introduce(protected_space)
    yield protected_space
    dismiss(protected_space)


@pytest.fixture
def operator(own: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    operator = OperatorProcess(cluster=own.cluster, log=tmp_path / "operator.log", namespaces=(own.name,))
    try:
        operator.start()
        yield operator
    finally:
        operator.close()
        print(operator.log.read_text())  # noqa: T201
