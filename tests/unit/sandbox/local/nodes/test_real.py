"""The commands of a real node's parts, and the configuration they are given."""

import json
from pathlib import Path

import pytest

from leadsman.sandbox.local.nodes import real
from leadsman.sandbox.local.nodes.link import Link
from leadsman.sandbox.local.nodes.namespaces import Ground
from leadsman.sandbox.parts.addresses import Addresses
from leadsman.sandbox.parts.blueprint import Blueprint
from leadsman.sandbox.parts.certificates import Authority
from leadsman.sandbox.place import Place
from unit.sandbox.local.nodes.conftest import Mount

LINK = Link(0)
GROUND = Ground(init=101, link=LINK)


@pytest.fixture
def plan(tmp_path: Path) -> Blueprint:
    place = Place(tmp_path / "alpha")
    place.make()
    return Blueprint(
        place=place,
        binaries={name: Path("/bin") / name for name in ("kubelet", "kube-proxy", "pause")},
        addresses=Addresses(api_host=str(LINK.host), ports={"api-server": 6443}, services=LINK.services),
        authority=Authority(place.certificates),
        notice=lambda _part, _state: None,
    )


def test_the_kubelet_runs_inside_and_finds_its_configuration(plan: Blueprint) -> None:
    command = real.kubelet(plan, GROUND)

    assert command.argv[:2] == ("nsenter", "--target=101")
    config = next(word.removeprefix("--config=") for word in command.argv if word.startswith("--config="))
    settings = json.loads(Path(config).read_text())
    assert Path(settings["tlsCertFile"]).exists()
    assert Path(settings["resolvConf"]).exists()
    assert "--node-ip=198.18.15.2" in command.argv
    assert "--node-labels=leadsman.dev/nodes=real" in command.argv


def test_kube_proxy_speaks_to_the_api_server_at_the_machines_end_of_the_link(plan: Blueprint) -> None:
    command = real.kube_proxy(plan, GROUND)

    config = next(word.removeprefix("--kubeconfig=") for word in command.argv if word.startswith("--kubeconfig="))
    assert "https://198.18.15.1:6443" in Path(config).read_text()
    assert "--proxy-mode=nftables" in command.argv


@pytest.fixture
def hierarchy(mount: Mount, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only one, on a machine where the node in slot 1 lives."""
    monkeypatch.setattr(real, "is_linked", Link(1).__eq__)
    return mount("cgroup")[0]


def test_sweeping_spares_the_cgroups_of_a_node_that_lives(hierarchy: Path) -> None:
    for group in ("leadsman0", "leadsman1", "of-someone-else"):
        (hierarchy / group).mkdir()

    real.sweep()

    assert sorted(group.name for group in hierarchy.iterdir()) == ["leadsman1", "of-someone-else"]


def test_sweeping_passes_over_what_it_may_not_remove(hierarchy: Path) -> None:
    for group in ("leadsman0", "leadsman2"):
        (hierarchy / group).mkdir()
    (hierarchy / "leadsman0/a file, as no cgroup allows one").touch()

    real.sweep()

    assert [group.name for group in hierarchy.iterdir()] == ["leadsman0"]
