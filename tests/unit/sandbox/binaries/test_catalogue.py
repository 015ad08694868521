import dataclasses
import re

import pytest

from leadsman.sandbox.binaries.catalogue import (
    ALL,
    API_SERVER,
    KIND,
    MODULES,
    PAUSE,
    PROMETHEUS,
    REAL,
    SIMULATED,
    Binary,
    fingerprint,
    needed_go,
)
from leadsman.sandbox.binaries.toolchain import Version

PINNED = tuple(binary for binary in ALL if binary is not PAUSE)


def names(binaries: tuple[Binary, ...]) -> set[str]:
    return {binary.name for binary in binaries}


@pytest.mark.parametrize("binary", PINNED, ids=lambda binary: binary.name)
def test_what_is_built_is_a_tool_of_its_module(binary: Binary) -> None:
    module = (binary.modules / "go.mod").read_text()

    assert re.search(rf"^(tool )?\s*{re.escape(binary.package)}$", module, re.MULTILINE)


@pytest.mark.parametrize("binary", PINNED, ids=lambda binary: binary.name)
def test_the_version_said_is_the_version_pinned(binary: Binary) -> None:
    module = (binary.modules / "go.mod").read_text()
    pinned = next(
        line.split()
        for line in module.splitlines()
        if "//" in line and f"{binary.package}/".startswith(line.split()[0] + "/")
    )

    # Prometheus 3.16.0 is v0.316.0 among Go modules.
    assert pinned[1] in {binary.version, binary.version.replace("v3.", "v0.3")}


@pytest.mark.parametrize("binary", PINNED, ids=lambda binary: binary.name)
def test_all_that_is_downloaded_is_pinned_by_checksum(binary: Binary) -> None:
    assert " h1:" in (binary.modules / "go.sum").read_text()


def test_every_folder_of_modules_is_that_of_a_binary() -> None:
    assert {folder.name for folder in MODULES.iterdir()} == {binary.group for binary in ALL}


def test_names_are_unique() -> None:
    assert len(names(ALL)) == len(ALL)


def test_simulated_nodes_need_kwok_and_real_ones_what_runs_pods() -> None:
    control_plane = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "prometheus"}

    assert names(SIMULATED) == control_plane | {"kwok"}
    assert names(REAL) == control_plane | {"kubelet", "kube-proxy", "pause"}
    assert names(KIND) == {"kind", "kubectl", "prometheus"}


def test_the_go_that_is_needed_is_the_newest_that_a_module_asks_for() -> None:
    assert needed_go([PAUSE]) == Version(1, 26, 0)
    assert needed_go(ALL) == needed_go([PROMETHEUS]) == Version(1, 26, 7)


def test_the_fingerprint_changes_with_what_is_built_and_not_with_how_long_it_takes() -> None:
    longer = dataclasses.replace(API_SERVER, seconds=1000)
    tagged = dataclasses.replace(API_SERVER, tags=("providerless",))

    assert fingerprint(longer) == fingerprint(API_SERVER)
    assert fingerprint(tagged) != fingerprint(API_SERVER)


def test_the_fingerprint_changes_with_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    here = fingerprint(PAUSE)
    monkeypatch.setattr("platform.machine", lambda: "riscv64")

    assert fingerprint(PAUSE) != here


def test_binaries_of_one_group_share_a_fingerprint_so_that_they_share_a_folder() -> None:
    assert len({fingerprint(binary) for binary in ALL if binary.group == "kubernetes"}) == 1
    assert len({fingerprint(binary) for binary in ALL}) == len({binary.group for binary in ALL})


def test_a_binary_whose_packages_are_compiled_is_expected_to_need_its_linking_only() -> None:
    assert API_SERVER.expected_seconds(0) < 15
    assert API_SERVER.expected_seconds(API_SERVER.packages) == pytest.approx(API_SERVER.seconds)
