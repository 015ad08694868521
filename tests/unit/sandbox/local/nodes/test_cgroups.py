"""The cgroups of a real node, on folders that look like them."""

from pathlib import Path

import pytest

from leadsman.sandbox.errors import StartFailed
from leadsman.sandbox.local.nodes import cgroups
from unit.sandbox.local.nodes.conftest import Mount

V1 = """\
24 1 0:22 / /sys rw,relatime - sysfs sysfs rw
25 24 0:23 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
26 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
27 25 0:25 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
28 25 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V2 = """\
24 1 0:22 / /sys rw,relatime - sysfs sysfs rw
25 24 0:23 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate
"""


def test_version_1_has_many_hierarchies() -> None:
    assert cgroups.hierarchies(V1) == [
        Path("/sys/fs/cgroup/cpu,cpuacct"),
        Path("/sys/fs/cgroup/memory"),
        Path("/sys/fs/cgroup/unified"),
    ]


def test_version_2_has_one() -> None:
    assert cgroups.hierarchies(V2) == [Path("/sys/fs/cgroup")]


@pytest.fixture
def mounted(mount: Mount) -> list[Path]:
    return mount("cpu", "memory")


def test_a_group_is_made_in_each_hierarchy(mounted: list[Path]) -> None:
    cgroups.make("leadsman0")

    assert all((folder / "leadsman0").is_dir() for folder in mounted)


def test_what_a_killed_node_left_is_removed_before(mounted: list[Path]) -> None:
    (mounted[0] / "leadsman0/kubepods/burstable/pod1").mkdir(parents=True)

    cgroups.make("leadsman0")

    assert list((mounted[0] / "leadsman0").iterdir()) == []


def test_removing_takes_what_is_below_and_nothing_beside(mounted: list[Path]) -> None:
    (mounted[0] / "leadsman1/kubepods/besteffort/pod1/container").mkdir(parents=True)
    (mounted[0] / "leadsman10").mkdir()

    cgroups.remove("leadsman1")

    assert [group.name for group in mounted[0].iterdir()] == ["leadsman10"]


def test_removing_what_is_not_there_is_fine(mounted: list[Path]) -> None:
    cgroups.remove("leadsman7")


def test_a_group_that_cannot_be_removed_is_named(mounted: list[Path]) -> None:
    (mounted[0] / "leadsman0").mkdir()
    (mounted[0] / "leadsman0/a file, as no cgroup allows one").touch()

    with pytest.raises(StartFailed, match="leadsman0 could not be removed") as refused:
        cgroups.remove("leadsman0")
    assert "cgroup.procs" in refused.value.next_step


def test_a_hierarchy_that_is_not_ours_to_change_is_named(mounted: list[Path]) -> None:
    mounted[0].rmdir()

    with pytest.raises(StartFailed, match="could not be made"):
        cgroups.make("leadsman0")


def test_a_new_cpuset_gets_the_processors_of_the_one_above(tmp_path: Path) -> None:
    group = tmp_path / "leadsman0"
    group.mkdir()
    (tmp_path / "cgroup.clone_children").write_text("0")
    for setting, above in (("cpuset.cpus", "0-1"), ("cpuset.mems", "0")):
        (tmp_path / setting).write_text(above)
        (group / setting).write_text("")

    cgroups._inherit_cpuset(group)

    assert ((group / "cpuset.cpus").read_text(), (group / "cpuset.mems").read_text()) == ("0-1", "0")


def test_version_2_passes_on_what_kubelet_and_runc_use(tmp_path: Path) -> None:
    group = tmp_path / "leadsman0"
    group.mkdir()
    for folder in (tmp_path, group):
        (folder / "cgroup.controllers").write_text("cpu memory pids rdma\n")

    cgroups._delegate(tmp_path, group)

    for folder in (tmp_path, group):
        assert (folder / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
