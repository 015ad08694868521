"""`leadsman simulate` over changes that were really rolled out, and measured by a real Prometheus."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from harness.cluster import Object, Space
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, HOLDS, canary
from harness.services import ai_service, serves
from harness.user import User

pytestmark = pytest.mark.integration

GOOD, BAD = Script(good_per_second=50), Script(good_per_second=25, bad_per_second=25)
ERRORS: Final = {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"}


def monitor(most: str) -> dict[str, Any]:
    about = {"name": "errors", "class": "Health", "intervalSeconds": 5, "windowSeconds": 20, "ratio": ERRORS}
    return {**about, "max": most, "minSamples": 10}


def simulated(space: Space, folder: Path, declared: Object, *options: str, code: int) -> str:
    file = folder / "service.yaml"
    file.write_text(yaml.safe_dump(declared))
    words = ("simulate", "-f", str(file), "--prometheus", space.cluster.prometheus.url, "--since", "1h")
    return User(space, str(space.cluster.kubeconfig)).run(*words, *options, code=code).stdout


def wait_measured(space: Space, revision: str) -> None:
    """For more than a minute: so finely is it known when pods came."""
    pods = f'{{namespace="{space.name}",pod=~"{revision}-.*"}}'
    space.cluster.prometheus.wait_series(
        f"count_over_time(count(http_requests_total{pods})[90s:10s]) > 7", within_seconds=150
    )


def test_a_declaration_says_of_past_changes_what_the_operator_would_have_done(
    operator: OperatorProcess, space: Space, tmp_path: Path
) -> None:
    """Users met the second version with half of its answers bad: nobody had declared a monitor."""
    space.apply(ai_service("chat", "1", GOOD, rollout=AT_ONCE))
    first = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    wait_measured(space, first)
    space.apply(ai_service("chat", "2", BAD, rollout=AT_ONCE))
    second = space.wait("AIService", "chat", serves("2"))["status"]["servingRevision"]
    wait_measured(space, second)

    strict = ai_service("chat", "3", GOOD, rollout=HOLDS, monitors=[monitor("0.02")])
    said = simulated(space, tmp_path, strict, "--svg", str(tmp_path / "chart.svg"), code=2)
    assert f"✖ {second}" in said
    assert "would have been rolled back" in said
    assert "> 0.02" in said
    assert "errors, limit 0.02" in said
    assert f"1 change after {first}" in said
    assert "<svg" in (tmp_path / "chart.svg").read_text()

    hold = canary({"name": "some", "weight": 50, "holdSeconds": 40})
    lenient = ai_service("chat", "3", GOOD, rollout=hold, monitors=[monitor("0.9")])
    (change,) = json.loads(simulated(space, tmp_path, lenient, "-o", "json", code=0))["changes"]
    assert change["outcome"] in {"Promoted", "Baking"}
    assert change["generation"].startswith(second)
    values = [one["value"] for one in change["readings"] if one.get("value") is not None]
    assert values[-1] == pytest.approx(0.5, abs=0.02)
