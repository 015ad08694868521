"""The alerts of manifests/monitoring in a real Prometheus that scrapes a real operator."""

import json
import re
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from harness.cluster import Space
from harness.operator import OperatorProcess
from harness.waiting import eventually
from leadsman.sandbox.binaries.cache import default_cache, path_of
from leadsman.sandbox.binaries.catalogue import SIMULATED

pytestmark = pytest.mark.integration

ROOT: Final = Path(__file__).parents[3]
RULES: Final[dict[str, Any]] = yaml.safe_load((ROOT / "manifests/monitoring/alerts.yaml").read_text())["spec"]
PROMETHEUS: Final = path_of(next(one for one in SIMULATED if one.name == "prometheus"), default_cache())
ALERTS: Final = [rule for group in RULES["groups"] for rule in group["rules"]]


class Watchdog:
    """A Prometheus with the alerts, which looks at the operator every second."""

    def __init__(self, folder: Path, operator: OperatorProcess) -> None:
        (folder / "rules.yaml").write_text(json.dumps(RULES))
        port = next(line["port"] for line in operator.lines() if line["message"] == "serving")
        jobs = [{"job_name": "leadsman", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]
        every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        whole = {"global": every, "rule_files": [str(folder / "rules.yaml")], "scrape_configs": jobs}
        (folder / "prometheus.yaml").write_text(json.dumps(whole))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        words = [f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'data'}"]
        with (folder / "prometheus.log").open("w") as log:
            self.process = subprocess.Popen(
                [PROMETHEUS, *words, f"--web.listen-address={self.address}"], stdout=log, stderr=log
            )

    def get(self, path: str) -> Any:
        """None: it does not answer yet."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}", timeout=5) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def firing(self) -> set[str]:
        found = (self.get("alerts") or {}).get("alerts", ())
        return {one["labels"]["alertname"] for one in found if one["state"] == "firing"}

    def rules(self) -> list[Any]:
        return [rule for group in (self.get("rules") or {}).get("groups", ()) for rule in group["rules"]]


@pytest.fixture
def watchdog(tmp_path: Path, operator: OperatorProcess) -> Iterator[Watchdog]:
    made = Watchdog(tmp_path, operator)
    yield made
    made.process.kill()
    made.process.wait()


def incident(severity: str, category: str, aware_at: str) -> dict[str, Any]:
    summary = "A customer saw what another one had asked."
    about = {"service": "chat", "severity": severity, "category": category, "awareAt": aware_at, "summary": summary}
    name = f"{severity}-{category}".lower()
    return {"apiVersion": "leadsman.dev/v1alpha1", "kind": "AIIncident", "metadata": {"name": name}, "spec": about}


def test_alerts_are_evaluated_and_an_incident_that_freezes_or_is_to_be_reported_fires_them(
    operator: OperatorProcess, space: Space, watchdog: Watchdog
) -> None:
    eventually(lambda: all(one["health"] == "ok" for one in watchdog.rules() or [{"health": ""}]), within_seconds=60)
    assert {one["name"] for one in watchdog.rules()} == {one["alert"] for one in ALERTS}

    space.apply(incident("Sev1", "Death", "2026-01-15T09:00:00Z"))
    wanted = {"LeadsmanIncidentFreezes", "LeadsmanIncidentReportOverdue"}
    eventually(lambda: wanted <= watchdog.firing(), within_seconds=60)
    told = space.wait("AIIncident", "sev1-death", lambda seen: "ReportOverdue" in str(seen.get("status")))
    assert told["status"]["clocks"][0]["name"] == "eu-ai-act-death"

    report = {"clock": "eu-ai-act-death", "madeAt": "2026-01-20T09:00:00Z", "reference": "MSA-2026-0815"}
    made = incident("Sev1", "Death", "2026-01-15T09:00:00Z")
    space.apply(made | {"spec": {**made["spec"], "reports": [report]}})
    space.wait("AIIncident", "sev1-death", lambda seen: "metAt" in seen["status"]["clocks"][0])
    eventually(lambda: "LeadsmanIncidentReportOverdue" not in watchdog.firing(), within_seconds=60)
    without = json.dumps([{"op": "remove", "path": "/spec/reports"}])
    refused = space.kubectl("patch", "aiincident", "sev1-death", "--type=json", "-p", without, check=False)
    assert "a report that was made stays as it was written" in refused.stderr


def test_alerts_ask_for_metrics_that_there_are_and_each_has_its_page(operator: OperatorProcess) -> None:
    offered = set(re.findall(r"^# TYPE (\S+)", operator.get("/metrics"), re.MULTILINE))
    asked = {name for one in ALERTS for name in re.findall(r"leadsman_\w+", one["expr"])}
    assert asked <= offered
    headings = re.findall(r"^## (\w+)", (ROOT / "docs/alerts.md").read_text(), re.MULTILINE)
    assert headings == [one["alert"] for one in ALERTS]
    for one in ALERTS:
        assert one["annotations"]["runbook"] == f"docs/alerts.md#{one['alert'].lower()}"
