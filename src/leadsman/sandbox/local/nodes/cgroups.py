"""The cgroups of a real node: one folder in each hierarchy, above all that kubelet and runc make, so that it can go.

Processes die with the node's namespaces; cgroups do not, they are the only thing a killed sandbox leaves outside of its
own folder. The next one that gets the same name, or the next `sweep`, removes them.

Tried with cgroup v1. What is for v2 follows its documentation and is untried
(https://docs.kernel.org/admin-guide/cgroup-v2.html, "Enabling and Disabling").
"""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

from leadsman.sandbox.errors import StartFailed

MOUNTS = Path("/proc/self/mountinfo")
EMPTY_WITHIN_SECONDS = 5.0
RETRY_EVERY_SECONDS = 0.05
CONTROLLERS = frozenset({"cpu", "cpuset", "hugetlb", "io", "memory", "pids"})
"""Those of v2 that kubelet and runc use."""


def hierarchies(mounts: str) -> list[Path]:
    """Where cgroups are mounted, from the text of a mountinfo (proc_pid_mountinfo(5)): one, or with v1 one for each."""
    found: list[Path] = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if after.split(" ", 1)[0] in {"cgroup", "cgroup2"}:
            found.append(Path(before.split(" ")[4]))
    return found


def make(name: str) -> None:
    """In each hierarchy; what an earlier node of this name left there is removed first.

    Raises:
        StartFailed: cgroups are not ours to change here, or somebody's processes are in them.
    """
    remove(name)
    all_mounted = _mounted()
    for hierarchy in all_mounted:
        group = hierarchy / name
        try:
            group.mkdir(exist_ok=True)
            _inherit_cpuset(group)
            # Beside v1 hierarchies, a mounted v2 only serves to list processes.
            if len(all_mounted) == 1 and (hierarchy / "cgroup.controllers").exists():
                _delegate(hierarchy, group)
        except OSError as error:
            raise StartFailed(
                f"the cgroup {group} could not be made: {error.strerror}",
                next_step="run it where root may change cgroups (mount | grep cgroup must show rw), "
                "or use simulated nodes: leadsman sandbox up --nodes simulated",
            ) from error


def remove(name: str) -> None:
    """Deepest first, with patience for processes that are just dying.

    Raises:
        StartFailed: some do not die.
    """
    for hierarchy in _mounted():
        for group in _deepest_first(hierarchy / name):
            _remove_one(group)


def _mounted() -> list[Path]:
    return hierarchies(MOUNTS.read_text()) if MOUNTS.exists() else []


def _deepest_first(top: Path) -> Iterator[Path]:
    for folder, _, _ in os.walk(top, topdown=False):
        yield Path(folder)


def _remove_one(group: Path) -> None:
    deadline = time.monotonic() + EMPTY_WITHIN_SECONDS
    while True:
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise StartFailed(
                    f"the cgroup {group} could not be removed: {error.strerror}",
                    next_step=f"see which processes are in it (cat {group}/cgroup.procs) and end them",
                ) from error
            time.sleep(RETRY_EVERY_SECONDS)
        else:
            return


def _inherit_cpuset(group: Path) -> None:
    """In v1 a new cpuset is empty, and no process may enter it before it has processors and memory (cpuset(7))."""
    for setting in ("cpuset.cpus", "cpuset.mems"):
        if (group / setting).exists() and (group.parent / "cgroup.clone_children").exists():
            (group / setting).write_text((group.parent / setting).read_text())


def _delegate(hierarchy: Path, group: Path) -> None:
    """In v2 a controller is available below a cgroup only where that cgroup passes it on."""
    for above in (hierarchy, group):
        available = (above / "cgroup.controllers").read_text().split()
        wanted = [f"+{controller}" for controller in available if controller in CONTROLLERS]
        (above / "cgroup.subtree_control").write_text(" ".join(wanted))
