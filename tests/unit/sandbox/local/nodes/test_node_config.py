"""What the parts of a real node are told."""

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from leadsman.sandbox.local.nodes import node_config
from leadsman.sandbox.local.nodes.link import Link
from leadsman.sandbox.parts.certificates import Pair

LINK = Link(2)


@pytest.fixture
def kubelet() -> dict[str, Any]:
    serving = Pair(Path("/c/kubelet.crt"), Path("/c/kubelet.key"))
    return node_config.kubelet_config(LINK, serving=serving, client_ca=Path("/c/ca.crt"), resolver=Path("/c/resolv"))


def test_the_script_of_the_first_process_is_valid_shell() -> None:
    script = node_config.init_script(Path("/a folder/it's mine"), Path("/bin/pause"))

    subprocess.run(["sh", "-n", "-c", script], check=True)


def test_the_script_quotes_what_the_user_named() -> None:
    script = node_config.init_script(Path("/a folder"), Path("/my bin/pause"))

    assert "mount --bind '/a folder' /var" in script
    assert script.endswith("exec '/my bin/pause'")


def test_kernel_settings_are_shown_to_the_kubelet_and_never_written() -> None:
    lines = node_config.init_script(Path("/v"), Path("/p")).splitlines()

    overcommit = next(line for line in lines if "overcommit" in line)
    assert overcommit == (
        "echo 1 >/run/leadsman/overcommit_memory; "
        "mount --bind /run/leadsman/overcommit_memory /proc/sys/vm/overcommit_memory"
    )
    assert not any(">/proc/sys/vm" in line or ">/proc/sys/kernel" in line for line in lines)


def test_containerd_gets_valid_toml_whatever_the_folder_is_called() -> None:
    folder = Path('/a "quoted" \\ folder')

    config = tomllib.loads(
        node_config.containerd_config(snapshotter="native", cni=Path("/usr/lib/cni"), cni_config=folder)
    )

    cri = config["plugins"]["io.containerd.grpc.v1.cri"]
    assert cri["cni"] == {"bin_dir": "/usr/lib/cni", "conf_dir": str(folder)}
    assert cri["containerd"]["snapshotter"] == "native"
    assert cri["sandbox_image"] == node_config.PAUSE_IMAGE
    assert cri["restrict_oom_score_adj"]


def test_pods_get_addresses_of_the_slot() -> None:
    (bridge,) = json.loads(node_config.cni_config(LINK))["plugins"]

    assert bridge["ipam"]["ranges"] == [[{"subnet": "198.18.32.0/24"}]]


def test_the_kubelet_answers_only_at_the_nodes_address_and_only_to_whom_it_knows(kubelet: dict[str, Any]) -> None:
    assert kubelet["address"] == kubelet["healthzBindAddress"] == "198.18.47.2"
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}
    assert kubelet["authorization"] == {"mode": "Webhook"}


def test_all_cgroups_lie_below_the_nodes_own(kubelet: dict[str, Any]) -> None:
    assert kubelet["cgroupRoot"] == "/leadsman2"
    assert kubelet["enforceNodeAllocatable"] == []


def test_a_nearly_full_disk_does_not_taint_the_node_and_images_stay(kubelet: dict[str, Any]) -> None:
    assert kubelet["evictionHard"]["nodefs.available"] == "256Mi"
    assert kubelet["imageGCHighThresholdPercent"] == 100


def test_names_are_looked_up_at_the_clusters_own_server_only() -> None:
    assert node_config.resolver_config(LINK).splitlines()[0] == "nameserver 198.19.32.10"
