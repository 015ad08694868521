"""`leadsman plan -f`: exit codes for CI, data for programs, mistakes with their place."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from leadsman.cli import app
from leadsman.cli.errors import CommandFailed
from unit.planner.stories import spec


def service(**changes: Any) -> dict[str, Any]:
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "AIService",
        "metadata": {"name": "bot"},
        "spec": spec(**changes),
    }


def run(tmp_path: Path, *documents: Any, options: tuple[str, ...] = ()) -> tuple[int, str]:
    file = tmp_path / "service.yaml"
    file.write_text(yaml.safe_dump_all(documents))
    done = CliRunner().invoke(app, ["plan", "-f", str(file), *options])
    return done.exit_code, done.output


def test_a_service_that_would_roll_out(tmp_path: Path) -> None:
    code, text = run(tmp_path, service())

    assert code == 0
    assert "canary" in text
    assert "1 beside 3" in text


def test_a_service_that_would_hold(tmp_path: Path) -> None:
    code, text = run(tmp_path, service(replicas=0))

    assert code == 2
    assert "spec.replicas" in text


def test_a_service_that_cannot_be_applied_names_the_field(tmp_path: Path) -> None:
    code, text = run(tmp_path, service(replicas="four"))

    assert code == 1
    assert "spec.replicas: Input should be a valid integer" in text


def test_a_config_map_beside_it_makes_the_digest_known(tmp_path: Path) -> None:
    prompts = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "prompts"}, "data": {"system": "Be kind."}}
    wanted = service(inputs=[{"configMap": "prompts"}])

    _, without = run(tmp_path, wanted, options=("-o", "json"))
    _, with_it = run(tmp_path, {"kind": "List", "items": [prompts, wanted]}, options=("-o", "json"))

    assert "digest" not in json.loads(without)[0]["forecast"]
    assert json.loads(with_it)[0]["forecast"]["digest"].startswith("sha256:")


@pytest.mark.parametrize("text", ["kind: ConfigMap", "- 1", "{", "kind: [\x00"])
def test_files_without_a_service_say_what_to_give(tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(text)

    done = CliRunner().invoke(app, ["plan", "-f", str(file)])

    assert done.exit_code == 1
    assert isinstance(done.exception, CommandFailed)
    assert done.exception.next_step
