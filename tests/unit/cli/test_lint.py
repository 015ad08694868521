"""`leadsman lint -f`: what CI says of a pull request, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from harness.evaluations import AT_LEAST, NO_WORSE, suite
from harness.manifests import ROOT
from leadsman.cli import app
from leadsman.cli.errors import CommandFailed
from unit.planner.stories import CANARY, spec

GOLDEN = ROOT / "tests/golden/evals"
QA = {**AT_LEAST, "metric": "support_qa/acc,none", "min": "0.1"}


def declared(kind: str, name: str, of: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "leadsman.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": of}


def asked(*criteria: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return declared("EvalSuite", "qa", suite(*criteria, **changes).to_dict())


def lint(tmp_path: Path, *documents: Any, options: tuple[str, ...] = ()) -> Result:
    file = tmp_path / "all.yaml"
    file.write_text(yaml.safe_dump_all(documents))
    return CliRunner().invoke(app, ["lint", "-f", str(file), *options])


def remarks(done: Result, kind: str) -> dict[str, str]:
    """Severities by what they are about."""
    (found,) = (one for one in json.loads(done.stdout) if one["kind"] == kind)
    return {one["about"]: one["severity"] for one in found["remarks"]}


def test_nothing_wrong_is_0_and_says_so(tmp_path: Path) -> None:
    done = lint(tmp_path, asked(AT_LEAST, minSamples=100))

    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 object: nothing to remark")


def test_warnings_are_0_and_1_where_it_is_strict(tmp_path: Path) -> None:
    assert lint(tmp_path, asked(AT_LEAST)).exit_code == 0
    assert lint(tmp_path, asked(AT_LEAST), options=("--strict",)).exit_code == 1


def test_a_metric_that_the_tool_does_not_write_is_an_error_with_the_names_it_does(tmp_path: Path) -> None:
    wrong = {**QA, "metric": "support_qa/acc"}
    sample = ("--results", f"LMEval:{GOLDEN / 'lm_eval/full'}")

    good = lint(tmp_path, asked(QA, minSamples=2), options=sample)
    bad = lint(tmp_path, asked(wrong, minSamples=2), options=sample)

    assert good.exit_code == 0
    assert bad.exit_code == 1
    assert "✖ spec.criteria[accuracy].metric: the results have no metric support_qa/acc: they have support_qa/acc," in (
        bad.stdout
    )


def test_results_are_for_suites_of_their_format(tmp_path: Path) -> None:
    other = asked({**QA, "metric": "pass"}, minSamples=100, results={"format": "JUnit"})

    assert lint(tmp_path, other, options=("--results", f"LMEval:{GOLDEN / 'lm_eval/full'}")).exit_code == 0


def test_a_service_is_looked_at_beside_its_suites(tmp_path: Path) -> None:
    gates = [
        {"name": "quality", "suite": "qa"},
        {"name": "again", "suite": "qa"},
        {"name": "late", "suite": "jailbreak", "before": "hafl"},
    ]
    service = declared("AIService", "bot", spec(gates=gates, rollout=CANARY))

    done = lint(tmp_path, service, asked(AT_LEAST, minSamples=100), options=("-o", "json"))

    found = remarks(done, "AIService")
    assert done.exit_code == 1
    assert found["spec.gates[late].before"] == "Error"
    assert found["spec.gates[late].suite"] == "Warning"
    assert found["spec.gates[again].suite"] == "Warning"
    assert "spec.gates[quality].suite" not in found


def test_a_suite_of_another_namespace_is_not_the_service_s(tmp_path: Path) -> None:
    service = declared("AIService", "bot", spec(gates=[{"name": "quality", "suite": "qa"}]))
    elsewhere = asked(AT_LEAST)
    elsewhere["metadata"]["namespace"] = "other"

    done = lint(tmp_path, service, elsewhere, options=("-o", "json"))

    assert remarks(done, "AIService")["spec.gates[quality].suite"] == "Warning"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (declared("EvalSuite", "qa", {"runner": {}}), "spec.criteria: Field required"),
        (declared("EvalSuit", "qa", {}), "kind: there is no leadsman.dev/v1alpha1 EvalSuit"),
        (declared("RiskBudget", "b", {"channels": []}), "spec.owner: Field required"),
    ],
)
def test_every_kind_of_ours_is_held_against_its_schema(tmp_path: Path, document: Any, said: str) -> None:
    done = lint(tmp_path, document)

    assert done.exit_code == 1
    assert f"✖ {said}" in done.stdout


def test_files_of_others_are_no_reason_to_say_that_all_is_well(tmp_path: Path) -> None:
    done = lint(tmp_path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}})

    assert isinstance(done.exception, CommandFailed)
    assert done.exit_code == 1


@pytest.mark.parametrize("given", ["LMEval", "Excel:out", f"JUnit:{GOLDEN / 'lm_eval/full'}", "LMEval:/nowhere"])
def test_results_that_cannot_be_read_are_an_error(tmp_path: Path, given: str) -> None:
    assert lint(tmp_path, asked(AT_LEAST, NO_WORSE, minSamples=500), options=("--results", given)).exit_code == 1


def test_the_examples_have_no_errors() -> None:
    files = [word for path in sorted((ROOT / "examples").rglob("*.yaml")) for word in ("-f", str(path))]

    done = CliRunner().invoke(app, ["lint", *files])

    assert done.exit_code == 0, done.stdout


def test_a_service_is_judged_by_the_policies_beside_it_and_by_those_that_are_named(tmp_path: Path) -> None:
    pinned = {"name": "pinned", "expression": "has(object.spec.model.digest)", "message": "Write spec.model.digest."}
    prod = {"namespaceSelector": {"matchLabels": {"env": "prod"}}}
    house = declared("GovernancePolicy", "house", {"rules": [pinned], "match": prod})
    service = declared("AIService", "bot", spec())
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/house.yaml").write_text(yaml.safe_dump(house))
    by = ("--policy", str(tmp_path / "policies"), "-o", "json")

    unknown = lint(tmp_path, service, house, options=("-o", "json"))
    judged = lint(tmp_path, service, options=(*by, "--namespace-labels", "env=prod"))
    elsewhere = lint(tmp_path, service, options=(*by, "--namespace-labels", "env=test"))

    assert remarks(unknown, "AIService")["policy house"] == "Warning"
    assert (judged.exit_code, remarks(judged, "AIService")["policy house/pinned"]) == (1, "Error")
    assert elsewhere.exit_code == 0
    assert not any(about.startswith("policy") for about in remarks(elsewhere, "AIService"))


def test_a_folder_without_policies_judges_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = lint(tmp_path, declared("AIService", "bot", spec()), options=("--policy", str(tmp_path / "empty")))

    assert isinstance(done.exception, CommandFailed)
