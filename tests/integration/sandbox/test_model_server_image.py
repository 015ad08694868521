"""The sample image as mmdebstrap and pip make it, run without a container engine: in a folder, by chroot."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness.manifests import MODEL_SERVER
from leadsman.sandbox.images.recipes import build_recipe

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        message = "making and entering a root file system needs root and mmdebstrap"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    destination = tmp_path_factory.mktemp("image") / "model-server.tar"
    build_recipe(MODEL_SERVER, destination)
    return destination


@pytest.fixture(scope="module")
def root(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    with tarfile.open(archive) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest
        for name in json.load(manifest)[0]["Layers"]:
            layer = tar.extractfile(name)
            assert layer
            with subprocess.Popen(("tar", "-x", "-C", str(folder)), stdin=subprocess.PIPE) as extract:
                assert extract.stdin
                shutil.copyfileobj(layer, extract.stdin)
            assert extract.returncode == 0
    return folder


def run_as_in_a_pod(root: Path, module: str) -> subprocess.CompletedProcess[str]:
    variables = {"PYTHONPATH": "/opt/app:/opt/python", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/sbin:/usr/bin"}
    command = ("chroot", "--userspec=65532:65532", str(root), "python3", "-m", module, "--help")
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("module", "says"), [("model_server", "KNOB_QUALITY"), ("load_generator", "--max-requests")])
def test_both_programs_run_in_the_image_as_nobody(root: Path, module: str, says: str) -> None:
    ran = run_as_in_a_pod(root, module)

    assert ran.returncode == 0, ran.stderr
    assert says in ran.stdout


def test_the_image_carries_nothing_of_the_machine_that_made_it(root: Path) -> None:
    etc = root / "etc"

    assert not (etc / "hostname").exists()
    assert not (etc / "resolv.conf").exists()
    assert not list((etc / "apt").rglob("*sources*/*"))
    assert not (etc / "apt" / "sources.list").exists()
    assert not [path for path in (root / "var" / "log").rglob("*") if path.is_file()]


def test_three_tags_share_their_layers_and_a_second_build_is_the_same(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.tar"
    images = build_recipe(MODEL_SERVER, again)

    assert [image.reference.rpartition(":")[2] for image in images] == ["v1", "v2", "v3"]
    assert again.stat().st_size == archive.stat().st_size < 200_000_000
    with again.open("rb") as ours, archive.open("rb") as theirs:
        assert all(block == theirs.read(1 << 20) for block in iter(lambda: ours.read(1 << 20), b""))
