import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from leadsman.sandbox.errors import BuildFailed
from leadsman.sandbox.images.archive import Files, ImageConfig, build_archive, build_image, pause_image

REFERENCE = "leadsman.dev/samples/model-server:v1"
CONFIG = ImageConfig(
    entrypoint=("python3", "-m", "model_server"),
    env={"MODEL_VERSION": "1", "LATENCY": "0"},
    ports=(8080,),
)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "package" / "__pycache__").mkdir(parents=True)
    (folder / "package" / "__pycache__" / "server.pyc").write_bytes(b"stale")
    (folder / "package" / "server.py").write_text("print('served')\n")
    script = folder / "start"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o700)
    return folder


def read_json(archive: Path, name: str) -> Any:
    with tarfile.open(archive) as tar:
        file = tar.extractfile(name)
        assert file
        return json.load(file)


def layer_members(archive: Path, number: int = 0) -> dict[str, tarfile.TarInfo]:
    name = read_json(archive, "manifest.json")[0]["Layers"][number]
    with tarfile.open(archive) as tar, tarfile.open(fileobj=tar.extractfile(name)) as layer:
        return {member.name: member for member in layer.getmembers()}


def plain_tar(path: Path, content: bytes = b"") -> Path:
    with tarfile.open(path, "w") as tar:
        (path.parent / "etc-hosts").write_bytes(content)
        tar.add(path.parent / "etc-hosts", "etc/hosts")
    return path


def test_the_manifest_names_a_config_and_layers_by_their_own_digests(app: Path, tmp_path: Path) -> None:
    image = build_image(
        REFERENCE, [plain_tar(tmp_path / "rootfs.tar"), Files({"/app": app})], CONFIG, tmp_path / "i.tar"
    )

    [entry] = read_json(image.archive, "manifest.json")
    assert entry["RepoTags"] == [REFERENCE]
    assert image.image_id == f"sha256:{entry['Config'].removesuffix('.json')}"
    diff_ids = read_json(image.archive, entry["Config"])["rootfs"]["diff_ids"]
    with tarfile.open(image.archive) as tar:
        for name, diff_id in [*zip(entry["Layers"], diff_ids, strict=True), (entry["Config"], image.image_id)]:
            file = tar.extractfile(name)
            assert file
            assert f"sha256:{hashlib.sha256(file.read()).hexdigest()}" == diff_id
    assert diff_ids[0].endswith(hashlib.sha256((tmp_path / "rootfs.tar").read_bytes()).hexdigest())


def test_the_config_says_what_a_container_runs_and_as_whom(app: Path, tmp_path: Path) -> None:
    image = build_image(REFERENCE, [Files({"/app": app})], CONFIG, tmp_path / "i.tar")

    document = read_json(image.archive, f"{image.image_id.removeprefix('sha256:')}.json")
    assert document["os"] == "linux"
    assert document["architecture"] in {"amd64", "arm64"}
    assert len(document["history"]) == len(document["rootfs"]["diff_ids"]) == 1
    running = document["config"]
    assert running["Entrypoint"] == ["python3", "-m", "model_server"]
    assert running["Env"][:2] == ["LATENCY=0", "MODEL_VERSION=1"]
    assert running["Env"][2].startswith("PATH=/")
    assert (running["User"], running["WorkingDir"]) == ("65532:65532", "/")
    assert running["ExposedPorts"] == {"8080/tcp": {}}


def test_files_lie_where_the_layer_says_owned_by_root_and_without_caches(app: Path, tmp_path: Path) -> None:
    image = build_image(REFERENCE, [Files({"/opt/app": app, "/etc/motd": app / "start"})], CONFIG, tmp_path / "i.tar")

    members = layer_members(image.archive)
    assert sorted(members) == [
        "etc",
        "etc/motd",
        "opt",
        "opt/app",
        "opt/app/package",
        "opt/app/package/server.py",
        "opt/app/start",
    ]
    assert {(member.uid, member.gid, member.mtime) for member in members.values()} == {(0, 0, 0)}
    assert members["opt/app/start"].mode == 0o755
    assert members["opt/app/package/server.py"].mode == 0o644


def test_the_same_inputs_give_the_same_bytes_whatever_their_times_and_order(app: Path, tmp_path: Path) -> None:
    rootfs = plain_tar(tmp_path / "rootfs.tar")
    layer = {"/app": app, "/start": app / "start"}
    first = build_image(REFERENCE, [rootfs, Files(layer)], CONFIG, tmp_path / "first.tar")
    os.utime(app / "start", (1, 1))

    second = build_image(
        REFERENCE, [rootfs, Files(dict(reversed(layer.items())))], CONFIG, tmp_path / "elsewhere" / "second.tar"
    )

    assert first.image_id == second.image_id
    assert first.archive.read_bytes() == second.archive.read_bytes()


def test_another_content_gives_another_image(app: Path, tmp_path: Path) -> None:
    before = build_image(REFERENCE, [Files({"/app": app})], CONFIG, tmp_path / "i.tar")
    (app / "package" / "server.py").write_text("print('served better')\n")

    assert build_image(REFERENCE, [Files({"/app": app})], CONFIG, tmp_path / "i.tar").image_id != before.image_id


def test_two_versions_of_the_same_layers_cost_one_config_more(app: Path, tmp_path: Path) -> None:
    rootfs = plain_tar(tmp_path / "rootfs.tar", content=os.urandom(1 << 20))
    layers = (rootfs, Files({"/app": app}))
    one = build_image(REFERENCE, layers, CONFIG, tmp_path / "one.tar")

    configs = {f"example.test/server:v{n}": ImageConfig(entrypoint=("x",), env={"V": n}) for n in "12"}
    images = build_archive(layers, configs, tmp_path / "both.tar")

    assert [image.reference for image in images] == ["example.test/server:v1", "example.test/server:v2"]
    assert images[0].image_id != images[1].image_id
    assert images[1].archive.stat().st_size - one.archive.stat().st_size < 20_000
    assert len(read_json(tmp_path / "both.tar", "manifest.json")) == 2


def test_a_pause_image_holds_one_binary_and_does_not_run_as_root(tmp_path: Path) -> None:
    binary = tmp_path / "pause-linux"
    binary.write_bytes(b"\x7fELF")
    binary.chmod(0o755)

    image = pause_image(binary, "leadsman.dev/sandbox/pause:1", tmp_path / "pause.tar")

    assert list(layer_members(image.archive)) == ["pause"]
    config = read_json(image.archive, read_json(image.archive, "manifest.json")[0]["Config"])["config"]
    assert (config["Entrypoint"], config["User"]) == (["/pause"], "65535:65535")


@pytest.mark.parametrize("reference", ["no-tag", "Upper/case:v1", "moving:latest", "spaces in:v1", ":v1", "a/b:"])
def test_a_reference_that_a_kubelet_could_not_use_is_refused_with_a_next_step(reference: str, tmp_path: Path) -> None:
    with pytest.raises(BuildFailed) as refused:
        build_image(reference, [], CONFIG, tmp_path / "i.tar")

    assert reference in refused.value.what
    assert "name:tag" in refused.value.next_step


def test_a_compressed_layer_is_refused_because_its_digest_would_be_wrong(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "rootfs.tar.gz", "w:gz"):
        pass

    with pytest.raises(BuildFailed, match="not an uncompressed tar"):
        build_image(REFERENCE, [tmp_path / "rootfs.tar.gz"], CONFIG, tmp_path / "i.tar")


def test_who_reads_the_previous_archive_goes_on_reading_it(app: Path, tmp_path: Path) -> None:
    archive = build_image(REFERENCE, [Files({"/app": app})], CONFIG, tmp_path / "i.tar").archive
    before = archive.read_bytes()

    with archive.open("rb") as reader:
        build_image(REFERENCE, [Files({"/srv": app})], CONFIG, archive)
        assert reader.read() == before

    assert archive.read_bytes() != before


def test_a_build_that_fails_leaves_the_previous_archive_and_no_scraps(app: Path, tmp_path: Path) -> None:
    destination = tmp_path / "out" / "i.tar"
    before = build_image(REFERENCE, [Files({"/app": app})], CONFIG, destination).archive.read_bytes()

    with pytest.raises(BuildFailed) as failed:
        build_image(REFERENCE, [Files({"/app": app, "/gone": tmp_path / "gone"})], CONFIG, destination)

    assert str(tmp_path / "gone") in failed.value.next_step
    assert destination.read_bytes() == before
    assert list(destination.parent.iterdir()) == [destination]
