"""Reports in a cluster that has the API of OpenReports, whose schema is that of its types in Go (report_types.go)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from harness.cluster import Cluster, Object, Space
from harness.operator import OperatorProcess
from harness.rollouts import AT_ONCE, is_held_by
from harness.services import ai_service, serves
from harness.waiting import eventually

pytestmark = pytest.mark.integration

COUNT: Final = {"type": "integer"}
TEXT: Final = {"type": "string"}
REFERENCE: Final = {
    "type": "object",
    "properties": dict.fromkeys(("apiVersion", "kind", "name", "namespace", "uid", "fieldPath"), TEXT),
}
RESULT: Final = {
    "type": "object",
    "required": ["policy"],
    "properties": {
        **dict.fromkeys(("source", "policy", "rule", "category", "message"), TEXT),
        "severity": {**TEXT, "enum": ["critical", "high", "low", "medium", "info"]},
        "result": {**TEXT, "enum": ["pass", "fail", "warn", "error", "skip"]},
        "scored": {"type": "boolean"},
        "timestamp": {
            "type": "object",
            "required": ["seconds", "nanos"],
            "properties": {"seconds": {**COUNT, "format": "int64"}, "nanos": {**COUNT, "format": "int32"}},
        },
        "properties": {"type": "object", "additionalProperties": TEXT},
    },
}
SCHEMA: Final[Object] = {
    "type": "object",
    "properties": {
        "source": TEXT,
        "scope": REFERENCE,
        "configuration": {
            "type": "object",
            "required": ["limits"],
            "properties": {"limits": {"type": "object", "properties": {"maxResults": COUNT}}},
        },
        "summary": {
            "type": "object",
            "properties": dict.fromkeys(("pass", "fail", "warn", "error", "skip"), COUNT),
        },
        "results": {"type": "array", "items": RESULT},
    },
}
DEFINITION: Final[Object] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "reports.openreports.io"},
    "spec": {
        "group": "openreports.io",
        "names": {"kind": "Report", "listKind": "ReportList", "plural": "reports", "shortNames": ["reps"]},
        "scope": "Namespaced",
        "versions": [{"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}],
    },
}


@pytest.fixture
def openreports(definitions: Cluster) -> Iterator[None]:
    definitions.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(DEFINITION))
    definitions.kubectl("wait", "--for=condition=Established", "crd/reports.openreports.io", "--timeout=30s")
    yield
    definitions.kubectl("delete", "crd", "reports.openreports.io", "--timeout=60s")


@pytest.fixture
def reporting(openreports: None, definitions: Cluster, space: Space, tmp_path: Path) -> Iterator[OperatorProcess]:
    settings = {"reportSeconds": 1, "sweepSeconds": 10}
    operator = OperatorProcess(
        cluster=definitions, log=tmp_path / "operator.log", namespaces=(space.name,), settings=settings
    )
    operator.start()
    yield operator
    operator.close()
    print(operator.log.read_text())  # noqa: T201


def results(space: Space) -> dict[str, str]:
    found = space.kubectl("get", "reports.openreports.io", "leadsman-chat", "-o", "json", check=False)
    made: Any = json.loads(found.stdout or "{}")
    return {one["rule"]: one["result"] for one in made.get("results", ())}


def test_a_service_has_a_report_that_is_written_when_it_says_something_else_and_goes_with_it(
    reporting: OperatorProcess, space: Space
) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", serves("1"))
    eventually(lambda: results(space).get("Ready") == "pass")
    assert results(space)["AccessRestricted"] == "warn"
    written = space.get("reports.openreports.io", "leadsman-chat")
    assert written["scope"]["name"] == "chat"

    counted = reporting.metric("leadsman_api_requests_total", verb="list", resource="reports")
    eventually(lambda: reporting.metric("leadsman_api_requests_total", verb="list", resource="reports") > counted + 2)
    assert (
        space.get("reports.openreports.io", "leadsman-chat")["metadata"]["resourceVersion"]
        == (written["metadata"]["resourceVersion"])
    ), "nothing new, nothing written"

    space.apply(ai_service("chat", "2", rollout=AT_ONCE, riskBudgetRef={"name": "later"}))
    space.wait("AIService", "chat", is_held_by("BudgetMissing"))
    eventually(lambda: results(space).get("WithinRiskBudget") in {"fail", "error"})
    space.kubectl("delete", "aiservice", "chat")
    space.kubectl("wait", "--for=delete", "reports.openreports.io/leadsman-chat", "--timeout=60s")


def test_where_nobody_serves_the_api_nothing_is_said(operator: OperatorProcess, space: Space) -> None:
    space.apply(ai_service("chat", "1", rollout=AT_ONCE))
    space.wait("AIService", "chat", serves("1"))
    said = [line for line in operator.lines() if "Report" in line["message"]]
    assert said == []
