import os
import tarfile
from pathlib import Path

import pytest

from harness.processes import is_alive
from harness.programs import program
from leadsman.sandbox.errors import BuildFailed, Unsupported
from leadsman.sandbox.images import rootfs

PACKAGES = ["python3-minimal"]

# A stand-in for the one program: it writes where mmdebstrap would, so that caching and errors can be seen in no time.
FAKE = """
echo run >> "$COUNT"
[ -z "$FAIL" ] || { echo "E: $FAIL"; exit 1; }
for argument; do case "$argument" in *rootfs.tar) tar -cf "$argument" --files-from /dev/null;; esac; done
"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mmdebstrap = program(tmp_path / "bin" / "mmdebstrap", FAKE)
    monkeypatch.setenv("PATH", f"{mmdebstrap.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    (tmp_path / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    (tmp_path / "sources.list").write_text("deb http://example.test/debian bookworm main\n")
    monkeypatch.setattr(rootfs, "OS_RELEASE", tmp_path / "os-release")
    monkeypatch.setattr(rootfs, "APT", tmp_path)
    return tmp_path / "count"


def test_a_root_file_system_is_made_once_and_then_taken_from_the_cache(runs: Path, tmp_path: Path) -> None:
    first = rootfs.debian_rootfs(PACKAGES, tmp_path / "cache")
    second = rootfs.debian_rootfs(PACKAGES, tmp_path / "cache")

    assert first == second
    assert tarfile.is_tarfile(first)
    assert runs.read_text() == "run\n"


def test_other_packages_are_another_root_file_system_but_their_order_is_not(runs: Path, tmp_path: Path) -> None:
    both = rootfs.debian_rootfs(["a", "b"], tmp_path / "cache")

    assert rootfs.debian_rootfs(["b", "a"], tmp_path / "cache") == both
    assert rootfs.debian_rootfs(["a"], tmp_path / "cache") != both


@pytest.mark.parametrize(
    ("message", "next_step"),
    [
        ("write: No space left on device", "the disk is full"),
        ("Temporary failure resolving 'example.test'", "check the network"),
        ("Unable to locate package python3-minimal", "check the names: python3-minimal"),
        ("unshare: Operation not permitted", "as root"),
        ("something new", "mmdebstrap.log"),
    ],
)
def test_a_failure_says_what_to_do_next_and_is_not_cached(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: str, next_step: str
) -> None:
    monkeypatch.setenv("FAIL", message)
    with pytest.raises(BuildFailed) as failed:
        rootfs.debian_rootfs(PACKAGES, tmp_path / "cache")

    assert message in failed.value.what
    assert next_step in failed.value.next_step
    monkeypatch.delenv("FAIL")
    assert rootfs.debian_rootfs(PACKAGES, tmp_path / "cache").exists()


def test_a_build_that_takes_too_long_is_ended(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "mmdebstrap", "echo $$ > $COUNT; exec sleep 600")
    monkeypatch.setattr(rootfs, "BUILD_WITHIN_SECONDS", 0.2)

    with pytest.raises(BuildFailed, match="ended after 0 s"):
        rootfs.debian_rootfs(PACKAGES, tmp_path / "cache")

    assert not is_alive(int(runs.read_text()))


def test_a_machine_without_mmdebstrap_is_told_how_to_get_it(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Unsupported) as unsupported:
        rootfs.debian_rootfs(PACKAGES, tmp_path / "cache")

    assert unsupported.value.next_step == "apt-get install mmdebstrap"


def test_only_debian_and_its_children_have_a_suite(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME="noble"\n')
    assert rootfs.suite(release) == "noble"

    release.write_text("ID=fedora\n")
    with pytest.raises(Unsupported):
        rootfs.suite(release)


def test_sources_are_the_distributions_own_and_not_empty(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("# moved to sources.list.d\n")
    (tmp_path / "sources.list.d" / "vendor.sources").write_text("Types: deb\n")
    with pytest.raises(Unsupported, match="package sources are not in"):
        rootfs._sources(tmp_path)

    (tmp_path / "sources.list.d" / "debian.sources").write_text("Types: deb\n")
    assert rootfs._sources(tmp_path) == [str(tmp_path / "sources.list.d" / "debian.sources")]
