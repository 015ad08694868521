"""The evaluations of the sample server: their questions, their contract, and the suites that run them."""

import collections
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from model_server.answers import answer
from model_server.knobs import Knobs
from model_server.knowledge import Knowledge

from harness.manifests import MODEL_SERVER, ROOT
from leadsman.api.v1alpha1 import EvalSuite
from leadsman.sandbox.images.recipes import read_recipe
from unit.examples.running import Serve

EVALUATIONS = ROOT / "examples" / "evaluations"
QUALITY, CONTRACT = EVALUATIONS / "quality", EVALUATIONS / "contract"
SAMPLES: list[dict[str, Any]] = [
    json.loads(line) for line in (QUALITY / "quality" / "dataset.jsonl").read_text().splitlines()
]
RAW: list[Any] = list(yaml.safe_load_all((EVALUATIONS / "suites.yaml").read_text()))
SUITES: Mapping[str, EvalSuite] = {raw["metadata"]["name"]: EvalSuite.from_dict(raw) for raw in RAW}


def contract_of(url: str, results: Path) -> tuple[int, dict[str, bool]]:
    """The exit code, and which tests passed."""
    environment = {**os.environ, "LEADSMAN_CANDIDATE_URL": url, "LEADSMAN_RESULTS": str(results)}
    environment |= {"PYTHONPATH": str(CONTRACT), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "contract"], cwd=results, env=environment, capture_output=True, text=True, check=False
    )
    report = results / "junit.xml"
    assert report.exists(), done.stdout + done.stderr
    return done.returncode, {case.get("name", ""): not len(case) for case in ET.parse(report).iter("testcase")}  # noqa: S314 - pytest's own


def test_the_data_set_is_what_its_program_writes(tmp_path: Path) -> None:
    written = (QUALITY / "quality" / "dataset.jsonl").read_text()
    program = "from quality.questions import lines; print(lines(), end='')"
    environment = {**os.environ, "PYTHONPATH": str(QUALITY), "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout == written


def test_each_question_has_an_id_of_its_own_and_no_topic_is_rare() -> None:
    topics = collections.Counter(sample["metadata"]["topic"] for sample in SAMPLES)

    assert len({sample["id"] for sample in SAMPLES}) == len({sample["input"] for sample in SAMPLES}) == 216
    assert set(topics.values()) == {24}


def test_the_fact_is_in_the_right_answer_and_in_no_wrong_one(knowledge: Knowledge) -> None:
    def holds_the_fact(sample: Mapping[str, str], number: int, quality: float) -> bool:
        said = answer(sample["input"], f"{sample['id']}-{number}", knowledge, Knobs(quality=quality))
        return sample["target"] in said.text

    missed = [sample["id"] for sample in SAMPLES if not holds_the_fact(sample, 0, 1.0)]
    by_chance = [sample["id"] for sample in SAMPLES if any(holds_the_fact(sample, n, 0.0) for n in range(12))]
    assert missed == []
    assert by_chance == []


def test_a_server_that_keeps_the_contract_passes_and_every_test_is_in_the_report(serve: Serve, tmp_path: Path) -> None:
    code, passed = contract_of(serve().url, tmp_path)

    assert code == 0
    assert len(passed) == SUITES["support-contract"].spec.min_samples
    assert all(passed.values())


def test_a_server_that_fails_breaks_the_contract_and_the_report_says_where(serve: Serve, tmp_path: Path) -> None:
    code, passed = contract_of(serve(error_rate=1.0).url, tmp_path)

    assert code == 1
    assert not passed["test_a_question_is_answered_with_200_and_json"]
    assert passed["test_a_path_that_is_not_there_is_not_found"]


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: raw["metadata"]["name"])
def test_a_suite_runs_an_image_that_is_made_here_in_a_pod_for_the_restricted_profile(raw: Any) -> None:
    pod = raw["spec"]["runner"]["job"]["template"]["spec"]
    [container] = pod["containers"]
    name, _, tag = container["image"].rpartition(":")
    recipe = {recipe.name: recipe for recipe in map(read_recipe, (QUALITY, CONTRACT))}[name]

    assert tag in recipe.tags
    assert recipe.packages == read_recipe(MODEL_SERVER).packages
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 65532
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))
def test_a_suite_asks_for_no_more_than_its_samples_can_prove(suite: EvalSuite) -> None:
    """Of n samples without a failure, alpha^(1/n) is the exact lower bound (Clopper and Pearson, 1934)."""
    for criterion in suite.spec.criteria:
        samples = criterion.slices.min_samples if criterion.slices else suite.spec.min_samples
        provable = (1 - float(criterion.confidence)) ** (1 / samples)
        wanted = 1 - float(criterion.non_inferior.margin) if criterion.non_inferior else float(criterion.min or 0)
        assert wanted <= provable, criterion.name


def test_the_quality_suite_counts_all_questions_and_slices_by_a_property_that_they_have() -> None:
    suite = SUITES["support-quality"]
    [sliced] = [criterion.slices for criterion in suite.spec.criteria if criterion.slices]

    assert suite.spec.min_samples == len(SAMPLES)
    assert all(sliced.by in sample["metadata"] for sample in SAMPLES)
