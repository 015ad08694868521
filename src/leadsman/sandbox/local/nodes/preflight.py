"""Can this machine run a real node? Asked before anything is built or started."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadsman.sandbox.errors import Unsupported
from leadsman.sandbox.local.nodes.node_config import CNI_FOLDERS

PROGRAMS: Final = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
}
"""What is needed, and the package of Debian that has it."""
CNI_PACKAGE: Final = "containernetworking-plugins"
CNI_PLUGINS: Final = ("bridge", "host-local", "loopback")

KERNEL: Final = (5, 13)
"""kube-proxy's nftables mode refuses older ones (pkg/util/kernel/constants.go, NFTablesKubeProxyKernelVersion)."""
NFT: Final = (1, 0, 1)
"""And older ones of this program (sigs.k8s.io/knftables, New)."""

# Everything that a node's network is made of, tried in a network namespace that is gone at once.
TRIAL: Final = """\
ip link add name trial0 type veth peer name trial1 || { echo 'veth interfaces cannot be made'; exit 1; }
ip link add name trial2 type bridge || { echo 'bridges cannot be made'; exit 1; }
nft add table ip trial || { echo 'nf_tables does not work'; exit 1; }
"""
TRIAL_WITHIN_SECONDS = 20
SIMULATED = "simulated nodes need none of this: leadsman sandbox up --nodes simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides whether a real node can run here."""

    system: str
    kernel: str
    user: int
    missing: frozenset[str]
    """Packages."""
    nft: str
    """Its version, as it says it itself; empty where it was not asked, since an earlier check fails anyway."""
    trial: str
    """What namespaces and interfaces could not be made; empty: all could, or it was not tried for the same reason."""


def unsupported_because(machine: Facts) -> Unsupported | None:
    """The first obstacle, with the way around it; None: a real node can run here."""
    return next((obstacle for check in CHECKS if (obstacle := check(machine))), None)


def is_linux(machine: Facts) -> Unsupported | None:
    if machine.system == "Linux":
        return None
    return Unsupported(f"real nodes need Linux, and this is {machine.system}", next_step=SIMULATED)


def is_root(machine: Facts) -> Unsupported | None:
    if machine.user == 0:
        return None
    return Unsupported("real nodes need root", next_step=f"run the command as root (sudo); {SIMULATED}")


def has_kernel(machine: Facts) -> Unsupported | None:
    if _numbers(machine.kernel) >= KERNEL:
        return None
    return Unsupported(f"real nodes need Linux 5.13 or later, and this is {machine.kernel}", next_step=SIMULATED)


def has_packages(machine: Facts) -> Unsupported | None:
    if not machine.missing:
        return None
    return Unsupported(
        f"real nodes need packages that are not installed: {', '.join(sorted(machine.missing))}",
        next_step=f"apt-get install {' '.join(sorted(machine.missing))}; {SIMULATED}",
    )


def has_nft(machine: Facts) -> Unsupported | None:
    if _numbers(machine.nft) >= NFT:
        return None
    return Unsupported(
        f"real nodes need nft 1.0.1 or later, and this is {machine.nft}",
        next_step=f"install a later nftables; {SIMULATED}",
    )


def allows_namespaces(machine: Facts) -> Unsupported | None:
    if not machine.trial:
        return None
    return Unsupported(
        f"this machine does not allow what a real node is made of: {machine.trial}",
        next_step=f"run it outside of a container, or in one with --privileged; {SIMULATED}",
    )


CHECKS: Final[tuple[Callable[[Facts], Unsupported | None], ...]] = (
    is_linux,
    is_root,
    has_kernel,
    has_packages,
    has_nft,
    allows_namespaces,
)


def inspect_machine() -> Facts:
    missing = missing_packages() if platform.system() == "Linux" else frozenset[str]()
    able = platform.system() == "Linux" and os.geteuid() == 0 and not missing
    return Facts(
        system=platform.system(),
        kernel=platform.release(),
        user=os.geteuid(),
        missing=missing,
        nft=_run(("nft", "--version"))[1] if able else "",
        trial=_trial() if able else "",
    )


def missing_packages() -> frozenset[str]:
    missing = {package for program, package in PROGRAMS.items() if not shutil.which(program, path=search_path())}
    if not _cni_folders():
        missing.add(CNI_PACKAGE)
    return frozenset(missing)


def search_path() -> str:
    """Root's, also where su and sudo kept the user's."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/bin", "/bin"))


def cni_folder() -> Path:
    """The first with all plugins that are used.

    Raises:
        Unsupported: there is none.
    """
    if found := _cni_folders():
        return found[0]
    raise Unsupported("the CNI plugins are not installed", next_step=f"apt-get install {CNI_PACKAGE}")


def overlay_works(folder: Path) -> bool:
    """On this file system? Not where it is an overlay itself, as in most containers."""
    with tempfile.TemporaryDirectory(prefix=".overlay-", dir=folder) as name:
        lower, upper, work, merged = (Path(name, part) for part in ("lower", "upper", "work", "merged"))
        for part in (lower, upper, work, merged):
            part.mkdir()
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        mount = ("mount", "-t", "overlay", "-o", options, "overlay", str(merged))
        return subprocess.run(("unshare", "--mount", *mount), capture_output=True, check=False).returncode == 0


def _cni_folders() -> list[Path]:
    return [folder for folder in CNI_FOLDERS if all((folder / plugin).exists() for plugin in CNI_PLUGINS)]


def _trial() -> str:
    code, said = _run(("unshare", "--net", "--pid", "--mount", "--fork", "sh", "-c", TRIAL))
    return (said or "namespaces cannot be made") if code else ""


def _run(argv: tuple[str, ...]) -> tuple[int, str]:
    """Its exit code, and what it said, on one line."""
    try:
        done = subprocess.run(
            argv,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TRIAL_WITHIN_SECONDS,
            env={**os.environ, "PATH": search_path()},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, "; ".join(done.stdout.split("\n")).strip("; ")


def _numbers(version: str) -> tuple[int, ...]:
    """Of `6.1.0-18-amd64`, `nftables v1.0.6 (Lester Gooch #5)`."""
    found = re.search(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()
