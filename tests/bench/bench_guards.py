"""What the admission policies cost, beside the same request in a namespace where they do not hold."""

import json
from collections.abc import Iterator

import pytest

from bench.measure import medians, table
from harness.cluster import Cluster, Object, Space
from harness.guards import decision, guarded_space, guards
from harness.pods import job

ROUNDS = 50


@pytest.fixture
def guarded(definitions: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    with guards(definitions, tmp_path_factory.mktemp("guards")), guarded_space(definitions, "bench-guards") as space:
        yield space


def test_guards(guarded: Space, space: Space, capsys: pytest.CaptureFixture[str]) -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "plain"}, "data": {"key": "value"}}
    signed = decision("Approve", actor={"username": "somebody"})

    def create(where: Space, wanted: Object) -> object:
        found = where.cluster.client.resources.get(api_version=wanted["apiVersion"], kind=wanted["kind"])
        return found.create(body=json.loads(json.dumps(wanted)), namespace=where.name, dry_run="All")

    lines: list[str] = []
    for title, wanted in {"ConfigMap": config_map, "Job": job("plain"), "AIDecision": signed}.items():
        found = medians(
            {
                f"{title}, without policies": lambda wanted=wanted: create(space, wanted),
                f"{title}, with policies": lambda wanted=wanted: create(guarded, wanted),
            },
            rounds=ROUNDS,
        )
        lines.append(table(found))
    with capsys.disabled():
        print(f"\nadmission policies (dry run of a create, median of {ROUNDS})\n" + "\n".join(lines))
