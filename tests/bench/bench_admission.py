"""What the API server's checks of an AIService cost, beside those of a ConfigMap."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.measure import medians, table
from harness.cluster import Cluster, Space

EXAMPLES = Path(__file__).parents[2] / "examples" / "api"
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "plain"}, "data": {"key": "value"}}


@pytest.fixture(scope="session")
def defined(cluster: Cluster) -> None:
    crds = str(Path(__file__).parents[2] / "crds")
    cluster.kubectl("apply", "--server-side", "-f", crds)
    cluster.kubectl("wait", "--for=condition=Established", "-f", crds)


def test_admission(defined: None, space: Space, capsys: pytest.CaptureFixture[str]) -> None:
    def create(wanted: dict[str, Any]) -> object:
        found = space.cluster.client.resources.get(api_version=wanted["apiVersion"], kind=wanted["kind"])
        return found.create(body=wanted, namespace=space.name, dry_run="All", field_validation="Strict")

    def example(name: str) -> dict[str, Any]:
        wanted = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())
        wanted["metadata"].pop("namespace", None)
        return wanted

    minimal, full = example("aiservice-minimal"), example("aiservice")
    found = medians(
        {
            "ConfigMap": lambda: create(CONFIG_MAP),
            "AIService, minimal": lambda: create(minimal),
            "AIService, every field": lambda: create(full),
        },
        rounds=50,
    )

    with capsys.disabled():
        print(f"\nadmission (dry run of a create, median of 50)\n{table(found)}")
