"""Can this machine run a real node, and if not: why, and what helps."""

from pathlib import Path
from typing import Any

import pytest

from leadsman.sandbox.local.nodes import preflight
from leadsman.sandbox.local.nodes.preflight import Facts, unsupported_because


def machine(**differences: Any) -> Facts:
    able: dict[str, Any] = {
        "system": "Linux",
        "kernel": "6.1.0-18-amd64",
        "user": 0,
        "missing": frozenset[str](),
        "nft": "nftables v1.0.6 (Lester Gooch #5)",
        "trial": "",
    }
    return Facts(**{**able, **differences})


def test_a_debian_machine_with_its_packages_will_do() -> None:
    assert unsupported_because(machine()) is None


@pytest.mark.parametrize(
    ("differences", "what", "next_step"),
    [
        ({"system": "Darwin"}, "this is Darwin", "--nodes simulated"),
        ({"user": 1000}, "need root", "sudo"),
        ({"kernel": "5.10.0-28-amd64"}, "this is 5.10.0-28-amd64", "--nodes simulated"),
        ({"missing": frozenset({"runc", "containerd"})}, "containerd, runc", "apt-get install containerd runc"),
        ({"nft": "nftables v0.9.8 (E.D.S.)"}, "this is nftables v0.9.8", "later nftables"),
        ({"trial": "veth interfaces cannot be made"}, "veth interfaces cannot be made", "--privileged"),
    ],
)
def test_an_obstacle_is_named_with_what_helps(differences: dict[str, Any], what: str, next_step: str) -> None:
    obstacle = unsupported_because(machine(**differences))

    assert obstacle is not None
    assert what in obstacle.what
    assert next_step in obstacle.next_step


@pytest.mark.parametrize("kernel", ["5.13.0", "5.13", "6.18.44-custom", "10.0.1"])
def test_kernels_are_compared_as_numbers(kernel: str) -> None:
    assert unsupported_because(machine(kernel=kernel)) is None


def test_the_first_obstacle_comes_first() -> None:
    obstacle = unsupported_because(machine(user=1000, missing=frozenset({"runc"})))

    assert obstacle is not None
    assert "need root" in obstacle.what


def test_missing_programs_are_named_by_their_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "search_path", lambda: str(tmp_path))
    monkeypatch.setattr(preflight, "CNI_FOLDERS", (tmp_path,))

    assert preflight.missing_packages() == {
        *("containerd", "runc", "nftables", "iproute2", "util-linux", "mount", "containernetworking-plugins")
    }


def test_a_cni_folder_counts_with_all_plugins_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partial, whole = tmp_path / "partial", tmp_path / "whole"
    for folder, plugins in ((partial, ["bridge"]), (whole, ["bridge", "host-local", "loopback"])):
        folder.mkdir()
        for plugin in plugins:
            (folder / plugin).touch()
    monkeypatch.setattr(preflight, "CNI_FOLDERS", (partial, whole))

    assert preflight.cni_folder() == whole


def test_programs_are_found_where_sudo_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/home/me/bin")

    assert preflight.search_path().startswith("/home/me/bin:")
    assert "/usr/sbin" in preflight.search_path().split(":")
