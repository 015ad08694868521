import marshal
import os
import sys
import tomllib
from pathlib import Path

import pytest

from harness.manifests import ROOT
from harness.programs import program
from leadsman.sandbox.errors import BuildFailed, Unsupported
from leadsman.sandbox.images import wheels
from leadsman.sandbox.images.recipes import read_recipe

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
ASKED_FOR_NOTHING = "# nothing is asked for, and so nothing is fetched\n"

# A stand-in for pip: what it was asked is kept, and something is where it was to install.
FAKE = """
echo "$@" >> "$COUNT"
for argument; do case "$argument" in
  --target=*) mkdir -p "${argument#*=}/bin" "${argument#*=}/client-1.dist-info"
    echo "ANSWER = 42" > "${argument#*=}/client.py"
    touch "${argument#*=}/bin/start" "${argument#*=}/client-1.dist-info/RECORD";;
esac; done
"""


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(ASKED_FOR_NOTHING)
    return file


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "bin" / "python", FAKE)))
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    return tmp_path / "count"


def test_packages_that_pip_refuses_are_an_error_and_nothing_is_cached(
    requirements: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    requirements.write_text("prometheus-client==0.26.0\n")

    with pytest.raises(BuildFailed, match="pip could not install") as refused:
        wheels.python_packages(requirements, None, tmp_path / "cache")

    assert "with its hash" in refused.value.next_step
    assert not list(tmp_path.glob("cache/*/packages"))


def test_packages_are_installed_once_by_the_real_pip(requirements: Path, tmp_path: Path) -> None:
    first = wheels.python_packages(requirements, None, tmp_path / "cache")
    (first / "mark").touch()

    assert (wheels.python_packages(requirements, None, tmp_path / "cache") / "mark").exists()


def test_compiled_wheels_are_asked_for_by_the_images_python_and_kept_apart(
    asked: Path, requirements: Path, tmp_path: Path
) -> None:
    pure = wheels.python_packages(requirements, None, tmp_path / "cache")
    compiled = wheels.python_packages(requirements, "3.13", tmp_path / "cache")

    assert pure != compiled
    for_any, for_one = asked.read_text().splitlines()
    assert "--platform=any" in for_any
    assert f"--platform=manylinux_2_17_{os.uname().machine}" in for_one
    assert "--python-version=3.13 --abi=cp313" in for_one
    assert all("--only-binary=:all: --require-hashes" in line for line in (for_any, for_one))


def test_nothing_of_the_machine_that_built_them_is_left(asked: Path, requirements: Path, tmp_path: Path) -> None:
    packages = wheels.python_packages(requirements, None, tmp_path / "cache")

    assert sorted(path.name for path in packages.rglob("*")) == ["client-1.dist-info", "client.py"]


def test_bytecode_names_the_file_in_the_image_and_is_not_checked_against_its_time(
    asked: Path, requirements: Path, tmp_path: Path
) -> None:
    [bytecode] = wheels.python_packages(requirements, HERE, tmp_path / "cache").rglob("*.pyc")

    head, body = bytecode.read_bytes()[:16], bytecode.read_bytes()[16:]
    assert int.from_bytes(head[4:8], "little") == 0b01
    assert marshal.loads(body).co_filename == "/opt/python/client.py"  # noqa: S302 - made just now


def test_no_bytecode_is_made_for_another_python(asked: Path, requirements: Path, tmp_path: Path) -> None:
    assert not list(wheels.python_packages(requirements, "3.99", tmp_path / "cache").rglob("*.pyc"))


def test_a_release_whose_python_is_not_known_is_refused_with_those_that_are() -> None:
    assert wheels.python_of("bookworm") == "3.11"

    with pytest.raises(Unsupported, match="forky") as refused:
        wheels.python_of("forky")
    assert "bookworm" in refused.value.next_step


def test_leadsmans_own_image_is_the_projects_version_and_what_it_needs_to_run() -> None:
    recipe = read_recipe(ROOT / "manifests" / "image")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = (ROOT / "manifests" / "image" / (recipe.requirements or "")).read_text()

    assert list(recipe.tags) == [project["version"]]
    assert recipe.user == "65532:65532"
    assert "\nkopf==" in pinned
    assert "\npytest==" not in pinned
    assert all((ROOT / "manifests" / "image" / source).exists() for source in recipe.files)
