"""The tools that a sandbox is made of: what they are called, what they are built from, how long that takes.

Each group has a go.mod and a go.sum of its own under modules/, so that an upgrade of one does not rebuild the rest,
and so that etcd, Kubernetes, kwok and Prometheus need not agree on the versions of what they share.
"""

import hashlib
import platform
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadsman.sandbox.binaries.toolchain import Version

MODULES: Final = Path(__file__).parent / "modules"

KUBERNETES_VERSION: Final = "v1.37.2"
PROMETHEUS_VERSION: Final = "3.16.0"  # its module says v0.316.0

# What remains when all packages are compiled: loading them, and linking.
LINK_SECONDS: Final = 12.0
SLOWEST_PACKAGE_SECONDS: Final = 0.4

MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    name: str
    group: str
    package: str
    version: str
    tags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ("-s", "-w")
    seconds: float
    """To build on two cores, after what stands before it in the sets below."""
    packages: int
    """To compile, on the same condition."""

    @property
    def modules(self) -> Path:
        return MODULES / self.group

    @property
    def flags(self) -> tuple[str, ...]:
        # -buildvcs=false: the state of the repository around modules/ is nothing to these binaries, and a git that
        # refuses to answer (safe.directory) would fail the build.
        tags = ("-tags", ",".join(self.tags)) if self.tags else ()
        return ("-trimpath", "-buildvcs=false", *tags, "-ldflags", " ".join(self.ldflags))

    @property
    def seconds_per_package(self) -> float:
        return min(max(0.0, self.seconds - LINK_SECONDS) / self.packages, SLOWEST_PACKAGE_SECONDS)

    @property
    def link_seconds(self) -> float:
        return min(LINK_SECONDS, self.seconds)

    def expected_seconds(self, to_compile: int) -> float:
        """When so many of its packages are not in Go's build cache yet."""
        return self.link_seconds + self.seconds_per_package * to_compile


def _kubernetes(name: str, *, seconds: float, packages: int) -> Binary:
    return Binary(
        name=name,
        group="kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        version=KUBERNETES_VERSION,
        # Kubernetes' own build sets its version so; without it the API server says v0.0.0, and kubectl that the two
        # do not fit together.
        ldflags=("-s", "-w", f"-X k8s.io/component-base/version.gitVersion={KUBERNETES_VERSION}"),
        seconds=seconds,
        packages=packages,
    )


ETCD: Final = Binary(
    name="etcd", group="etcd", package="go.etcd.io/etcd/server/v3", version="v3.7.3", seconds=26, packages=565
)
API_SERVER: Final = _kubernetes("kube-apiserver", seconds=356, packages=1830)
CONTROLLER_MANAGER: Final = _kubernetes("kube-controller-manager", seconds=159, packages=361)
SCHEDULER: Final = _kubernetes("kube-scheduler", seconds=14, packages=6)
KUBECTL: Final = _kubernetes("kubectl", seconds=50, packages=193)
KUBELET: Final = _kubernetes("kubelet", seconds=29, packages=100)
KUBE_PROXY: Final = _kubernetes("kube-proxy", seconds=15, packages=39)
KWOK: Final = Binary(
    name="kwok", group="kwok", package="sigs.k8s.io/kwok/cmd/kwok", version="v0.8.0", seconds=76, packages=725
)
PROMETHEUS: Final = Binary(
    name="prometheus",
    group="prometheus",
    package="github.com/prometheus/prometheus/cmd/prometheus",
    version=f"v{PROMETHEUS_VERSION}",
    # Only the service discoveries that a cluster needs: the others bring the clients of every cloud.
    tags=("remove_all_sd", "enable_kubernetes_sd", "enable_file_sd"),
    ldflags=("-s", "-w", f"-X github.com/prometheus/common/version.Version={PROMETHEUS_VERSION}"),
    seconds=139,
    packages=1025,
)
PAUSE: Final = Binary(name="pause", group="pause", package=".", version="v1", seconds=2, packages=50)
KIND_TOOL: Final = Binary(
    name="kind", group="kind", package="sigs.k8s.io/kind", version="v0.33.0", seconds=15, packages=90
)

# The order is that of building: what most others share comes first.
CONTROL_PLANE: Final = (ETCD, API_SERVER, CONTROLLER_MANAGER, SCHEDULER)
SIMULATED: Final = (*CONTROL_PLANE, KUBECTL, KWOK, PROMETHEUS)
REAL: Final = (*CONTROL_PLANE, KUBECTL, KUBELET, KUBE_PROXY, PROMETHEUS, PAUSE)
KIND: Final = (KIND_TOOL, KUBECTL, PROMETHEUS)
ALL: Final = (*CONTROL_PLANE, KUBECTL, KUBELET, KUBE_PROXY, KWOK, PROMETHEUS, PAUSE, KIND_TOOL)


def needed_go(binaries: Iterable[Binary]) -> Version:
    """The highest `go` directive among the modules: an older toolchain refuses to build them."""
    return max(_go_directive(folder) for folder in {binary.modules for binary in binaries})


def _go_directive(folder: Path) -> Version:
    found = re.search(r"^go (\S+)$", (folder / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"{folder}/go.mod has no go directive")
    return Version.parse(found[1])


def platform_of_this_machine() -> tuple[str, str]:
    """GOOS and GOARCH, also where no Go is installed: what is cached is found without one."""
    machine = platform.machine().lower()
    return sys.platform, MACHINES.get(machine, machine)


def fingerprint(binary: Binary) -> str:
    """Of all that decides what comes out of a build: sources by their checksums, flags, platform."""
    digest = hashlib.sha256()
    for file in sorted(path for path in binary.modules.iterdir() if path.name in {"go.mod", "go.sum", "main.go"}):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update("\0".join((*binary.flags, *platform_of_this_machine())).encode())
    return digest.hexdigest()[:12]
