"""Container images without a container engine: tar archives that containerd (and kind) import.

The format is `docker save`'s (moby image spec v1.2): manifest.json, a config for each image, and layers named by their
digest, so that images that share a layer carry it once. The same inputs give the same bytes, and so the same image id.
"""

import errno
import hashlib
import io
import json
import platform
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from leadsman.sandbox.binaries.catalogue import MACHINES
from leadsman.sandbox.errors import BuildFailed, SandboxError

Json = Mapping[str, object]

NOBODY: Final = "65532:65532"
CREATED: Final = "1970-01-01T00:00:00Z"
REFERENCE: Final = re.compile(r"[a-z0-9]+([._:/-][a-z0-9]+|__[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
UNWANTED: Final = frozenset({"__pycache__", ".DS_Store"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """What a container of this image runs by default; each field is one of the image specification's."""

    entrypoint: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = NOBODY
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Files:
    """A layer made of files and folders: where each goes in the image, and where it comes from."""

    sources: Mapping[str, Path]
    unwanted: frozenset[str] = UNWANTED
    """Names that are left out wherever they lie in a folder."""


Layer = Path | Files
"""A Path is an uncompressed tar, such as a root file system, and is taken as it is."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image in an archive; `image_id` is the digest of its config, what `docker images` and the CRI show."""

    reference: str
    image_id: str
    archive: Path


def build_image(reference: str, layers: Sequence[Layer], config: ImageConfig, destination: Path) -> Image:
    return build_archive(layers, {reference: config}, destination)[0]


def build_archive(layers: Sequence[Layer], configs: Mapping[str, ImageConfig], destination: Path) -> list[Image]:
    """Several images of the same layers, by their references: each layer is read, stored and imported once."""
    for reference in configs:
        _check_reference(reference)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        return _write_archive(layers, configs, destination)
    except OSError as error:
        raise _build_failed(destination, error) from error


def pause_image(pause_binary: Path, reference: str, destination: Path) -> Image:
    """The image of the container that holds a pod's namespaces: one static binary, nothing else."""
    config = ImageConfig(entrypoint=("/pause",), user="65535:65535")
    return build_image(reference, [Files({"/pause": pause_binary})], config, destination)


def _check_reference(reference: str) -> None:
    if not REFERENCE.fullmatch(reference) or reference.endswith(":latest"):
        raise BuildFailed(
            f"{reference!r} is no usable image reference",
            next_step="write it as name:tag, in lower case, with a tag other than latest "
            "(a kubelet tries to pull latest), for example leadsman.dev/samples/model-server:v1",
        )


def _build_failed(destination: Path, error: OSError) -> SandboxError:
    next_step = f"check that {error.filename or destination} exists and may be read or written"
    if error.errno == errno.ENOSPC:
        next_step = f"the disk is full: free some space in {destination.parent}, then run the command again"
    return BuildFailed(f"the image archive {destination} could not be written: {error}", next_step=next_step)


def _write_archive(layers: Sequence[Layer], configs: Mapping[str, ImageConfig], destination: Path) -> list[Image]:
    """Written beside the destination and moved there, so that a half-written archive never carries its name."""
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}.", dir=destination.parent) as folder:
        scratch = Path(folder)
        tars = [_tar(layer, scratch / f"layer-{number}.tar") for number, layer in enumerate(layers)]
        digests = [_sha256(path) for path in tars]
        documents = {reference: _json(_config(config, digests)) for reference, config in configs.items()}
        ids = {reference: hashlib.sha256(document).hexdigest() for reference, document in documents.items()}
        unfinished = scratch / "archive.tar"
        with tarfile.open(unfinished, "w", format=tarfile.PAX_FORMAT) as archive:
            for digest, path in sorted(dict(zip(digests, tars, strict=True)).items()):
                _add_file(archive, f"{digest}.tar", path)
            for digest, document in sorted(dict(zip(ids.values(), documents.values(), strict=True)).items()):
                _add_bytes(archive, f"{digest}.json", document)
            manifest = [_manifest_entry(reference, digest, digests) for reference, digest in ids.items()]
            _add_bytes(archive, "manifest.json", _json(manifest))
        unfinished.replace(destination)
    return [Image(reference, f"sha256:{digest}", destination) for reference, digest in ids.items()]


def _tar(layer: Layer, path: Path) -> Path:
    """The layer's tar, made at `path` where the layer is a list of files."""
    return _checked(layer) if isinstance(layer, Path) else _tar_of(layer, path)


def _checked(layer: Path) -> Path:
    """A layer's digest is that of its uncompressed tar: a compressed one would import and then fail to unpack."""
    with layer.open("rb") as file:
        if file.read(512)[257:262] == b"ustar":
            return layer
    raise BuildFailed(f"{layer} is not an uncompressed tar", next_step="unpack it first, for example with gunzip")


def _tar_of(layer: Files, path: Path) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, source in sorted(_members(layer).items()):
            _add_file(tar, name, source)
    return path


def _members(layer: Files) -> dict[str, Path | None]:
    """Every entry of a layer by its name in the tar, parents included; None is a folder."""
    found: dict[str, Path | None] = {}
    for target, source in layer.sources.items():
        at = PurePosixPath(target.strip("/"))
        for name, path in _walk(at, source, layer.unwanted):
            found.update({str(parent): None for parent in name.parents if parent.name})
            found[str(name)] = path
    return found


def _walk(at: PurePosixPath, source: Path, unwanted: frozenset[str]) -> Iterator[tuple[PurePosixPath, Path | None]]:
    if not source.is_dir():
        yield at, source
        return
    yield at, None
    for child in sorted(source.iterdir()):
        if child.name not in unwanted:
            yield from _walk(at / child.name, child, unwanted)


def _add_file(tar: tarfile.TarFile, name: str, source: Path | None) -> None:
    """Owner, time and permissions are fixed: they differ between checkouts, and would change the digest."""
    entry = tarfile.TarInfo(name)
    if source is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(entry)
        return
    status = source.stat()
    entry.size, entry.mode = status.st_size, 0o755 if status.st_mode & 0o100 else 0o644
    with source.open("rb") as content:
        tar.addfile(entry, content)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _config(config: ImageConfig, diff_ids: Sequence[str]) -> Json:
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **config.env}
    nothing: Json = {}
    return {
        "architecture": MACHINES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": CREATED,
        "config": {
            "Entrypoint": config.entrypoint,
            "Env": [f"{name}={value}" for name, value in sorted(env.items())],
            "User": config.user,
            "WorkingDir": "/",
            "ExposedPorts": {f"{port}/tcp": nothing for port in config.ports},
            "Labels": nothing,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in diff_ids]},
        "history": [{"created": CREATED, "created_by": "leadsman sandbox image build"} for _ in diff_ids],
    }


def _manifest_entry(reference: str, config_digest: str, layer_digests: Sequence[str]) -> Json:
    return {
        "Config": f"{config_digest}.json",
        "RepoTags": [reference],
        "Layers": [f"{digest}.tar" for digest in layer_digests],
    }


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
