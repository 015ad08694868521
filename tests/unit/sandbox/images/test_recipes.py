import json
import tarfile
from pathlib import Path

import pytest

from leadsman.sandbox.errors import BuildFailed
from leadsman.sandbox.images import recipes

RECIPE = """
name: example.test/server
files: {server.py: /opt/app/server.py}
entrypoint: [python3, /opt/app/server.py]
env: {LISTEN: "0.0.0.0", VERSION: none}
ports: [8080]
tags:
  v1: {}
  v2: {env: {VERSION: "2"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "image.yaml").write_text(RECIPE)
    (tmp_path / "server.py").write_text("print('served')\n")
    return tmp_path


def environments(archive: Path) -> dict[str, list[str]]:
    with tarfile.open(archive) as tar:

        def read(name: str) -> str:
            file = tar.extractfile(name)
            assert file
            return file.read().decode()

        manifest = json.loads(read("manifest.json"))
        return {
            image["RepoTags"][0]: [
                variable for variable in json.loads(read(image["Config"]))["config"]["Env"] if "PATH" not in variable
            ]
            for image in manifest
        }


def test_each_tag_is_an_image_with_its_own_variables_on_top(folder: Path) -> None:
    images = recipes.build_recipe(folder, folder / "server.tar")

    assert [image.reference for image in images] == ["example.test/server:v1", "example.test/server:v2"]
    assert environments(folder / "server.tar") == {
        "example.test/server:v1": ["LISTEN=0.0.0.0", "VERSION=none"],
        "example.test/server:v2": ["LISTEN=0.0.0.0", "VERSION=2"],
    }


def test_one_tag_may_be_built_alone(folder: Path) -> None:
    recipes.build_recipe(folder, folder / "server.tar", ["v2"])

    assert list(environments(folder / "server.tar")) == ["example.test/server:v2"]


def test_a_tag_that_is_not_in_the_file_is_refused_with_those_that_are(folder: Path) -> None:
    with pytest.raises(BuildFailed, match="has no tag v3") as refused:
        recipes.build_recipe(folder, folder / "server.tar", ["v3"])

    assert "v1, v2" in refused.value.next_step


def test_debian_packages_and_python_packages_lie_below_the_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "image.yaml").open("a") as file:
        file.write("packages: [python3-minimal]\nrequirements: requirements.txt\n")
    with tarfile.open(folder / "rootfs.tar", "w") as tar:
        tar.add(folder / "server.py", "etc/debian_version")
    (folder / "packages").mkdir()
    (folder / "packages" / "client.py").touch()
    monkeypatch.setattr(recipes, "debian_rootfs", {("python3-minimal",): folder / "rootfs.tar"}.__getitem__)
    monkeypatch.setattr(recipes, "python_packages", {folder / "requirements.txt": folder / "packages"}.__getitem__)

    recipes.build_recipe(folder, folder / "server.tar", ["v1"])

    with tarfile.open(folder / "server.tar") as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest
        names: list[list[str]] = []
        for layer in json.load(manifest)[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as tar:
                names.append(tar.getnames())
    assert [name[-1] for name in names] == ["etc/debian_version", "opt/python/client.py", "opt/app/server.py"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [", "is not YAML"),
        ("", "file: Input should be"),
        (RECIPE.replace("entrypoint", "entry"), "entrypoint: Field required\nentry: Extra inputs"),
        (RECIPE.replace('"2"', "2"), "tags.v2.env.VERSION: Input should be a valid string"),
        (RECIPE.replace("[8080]", "[web]"), "ports.0: "),
        (RECIPE.split("tags:", maxsplit=1)[0], "tags: Field required"),
    ],
)
def test_a_recipe_that_is_not_right_names_the_fields(folder: Path, text: str, says: str) -> None:
    (folder / "image.yaml").write_text(text)

    with pytest.raises(BuildFailed) as refused:
        recipes.build_recipe(folder, folder / "server.tar")

    assert says in refused.value.what


def test_a_folder_without_a_recipe_is_told_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed) as refused:
        recipes.build_recipe(tmp_path, tmp_path / "x.tar")

    assert "image.yaml" in refused.value.next_step


def test_python_packages_that_pip_refuses_are_an_error_and_nothing_is_cached(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    requirements = folder / "requirements.txt"
    requirements.write_text("prometheus-client==0.26.0\n")

    with pytest.raises(BuildFailed, match="pip could not install") as refused:
        recipes.python_packages(requirements, folder / "cache")

    assert "with its hash" in refused.value.next_step
    assert not list(folder.glob("cache/*/packages"))


def test_python_packages_are_installed_once(folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text("# nothing is asked for, and so nothing is fetched\n")
    first = recipes.python_packages(requirements, folder / "cache")
    (first / "mark").touch()

    assert (recipes.python_packages(requirements, folder / "cache") / "mark").exists()
