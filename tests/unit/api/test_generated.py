"""What is committed is what the models say, byte for byte, and small enough for every way of applying it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from harness.manifests import ROOT
from leadsman.api.crd import build_crd
from leadsman.api.meta import Resource
from leadsman.api.v1alpha1 import KINDS
from leadsman.cli import app
from leadsman.cli.crds import file_name

LAST_APPLIED_LIMIT = 262_144
"""Of all annotations together: more, and client-side `kubectl apply` fails."""


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_committed_crds_are_the_models_own(tmp_path: Path) -> None:
    run("crds", "--output-dir", str(tmp_path))

    generated = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in (ROOT / "crds").iterdir()}
    assert generated == committed, "run `make generate` and commit"


def test_the_committed_reference_is_the_models_own() -> None:
    assert run("reference") == (ROOT / "docs/reference/api.md").read_text(), "run `make generate` and commit"


def test_printed_and_written_crds_are_the_same() -> None:
    printed: list[Any] = list(yaml.safe_load_all(run("crds")))

    assert printed == [yaml.safe_load((ROOT / "crds" / file_name(kind)).read_text()) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_crd_is_small_enough_for_client_side_apply(kind: type[Resource]) -> None:
    assert len(json.dumps(build_crd(kind))) < LAST_APPLIED_LIMIT


def test_the_reference_has_a_chapter_for_each_kind_and_its_example_exists() -> None:
    page = run("reference")

    for kind in KINDS:
        assert f"\n## {kind.__name__}\n" in page
        example = f"examples/api/{kind.__name__.lower()}.yaml"
        assert example in page
        assert (ROOT / example).is_file()


def test_the_reference_names_each_rule_where_it_holds() -> None:
    page = run("reference")

    assert "- `spec.monitors[].query`: knows the variables namespace" in page
    assert "- `metadata.name`: the name of an AIService is at most 46" in page
