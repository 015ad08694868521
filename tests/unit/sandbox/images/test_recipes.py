import json
import sys
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


def layers(archive: Path) -> list[list[str]]:
    with tarfile.open(archive) as image:
        manifest = image.extractfile("manifest.json")
        assert manifest
        names: list[list[str]] = []
        for layer in json.load(manifest)[0]["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as tar:
                names.append(tar.getnames())
        return names


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

    def python_packages(requirements: Path, python: str | None) -> Path:
        assert (requirements, python) == (folder / "requirements.txt", None)
        return folder / "packages"

    monkeypatch.setattr(recipes, "python_packages", python_packages)

    recipes.build_recipe(folder, folder / "server.tar", ["v1"])

    assert [name[-1] for name in layers(folder / "server.tar")] == [
        "etc/debian_version",
        "opt/python/client.py",
        "opt/app/server.py",
    ]


def test_with_compiled_wheels_the_files_have_bytecode_and_the_sources_stay_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "app" / "__pycache__").mkdir(parents=True)
    (folder / "app" / "start.py").write_text("print('served')\n")
    (folder / "app" / "__pycache__" / "stale.cpython-39.pyc").touch()
    recipe = RECIPE.replace("{server.py: /opt/app/server.py}", "{app: /opt/app}")
    (folder / "image.yaml").write_text(f"{recipe}\nwheels: Linux\n")
    monkeypatch.setattr(recipes, "suite", lambda: "here")
    monkeypatch.setattr(recipes, "python_of", {"here": f"{sys.version_info.major}.{sys.version_info.minor}"}.get)

    recipes.build_recipe(folder, folder / "server.tar", ["v1"])

    [names] = layers(folder / "server.tar")
    assert [name for name in names if name.endswith((".py", ".pyc"))] == [
        f"opt/app/__pycache__/start.{sys.implementation.cache_tag}.pyc",
        "opt/app/start.py",
    ]
    assert len(list((folder / "app").rglob("*.pyc"))) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [", "is not YAML"),
        ("", "file: Input should be"),
        (RECIPE.replace("entrypoint", "entry"), "entrypoint: Field required\nentry: Extra inputs"),
        (RECIPE.replace('"2"', "2"), "tags.v2.env.VERSION: Input should be a valid string"),
        (RECIPE.replace("[8080]", "[web]"), "ports.0: "),
        (f"{RECIPE}\nwheels: Any", "wheels: Input should be 'Pure' or 'Linux'"),
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
