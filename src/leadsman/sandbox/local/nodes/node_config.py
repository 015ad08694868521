"""What the parts of a real node are told, as text: nothing here reads or writes anything."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from leadsman.sandbox.local.nodes.link import Link
from leadsman.sandbox.parts.addresses import SERVICES
from leadsman.sandbox.parts.certificates import Pair

PAUSE_IMAGE: Final = "leadsman.dev/pause:1"
CONTAINERD_SOCKET: Final = Path("/run/containerd/containerd.sock")
CNI_FOLDERS: Final = (Path("/usr/lib/cni"), Path("/usr/libexec/cni"), Path("/opt/cni/bin"))
"""Of Debian, of Fedora, and of the project's own archives."""

HEALTHZ_PORT: Final = 10248
PROXY_HEALTHZ_PORT: Final = 10256

# A kubelet sets these for the whole machine, or refuses to start where it cannot (setupKernelTunables in
# pkg/kubelet/cm/container_manager_linux.go). It is shown these values instead, and leaves the machine's alone.
KERNEL_SETTINGS: Final[Mapping[str, int]] = {
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "kernel/keys/root_maxkeys": 1_000_000,
    "kernel/keys/root_maxbytes": 25_000_000,
}

# Those that need file systems that are rarely there, each with a warning at every start; and `opt`, which makes a
# folder in the machine's /opt.
UNUSED_PLUGINS: Final = (
    "io.containerd.internal.v1.opt",
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.zfs",
)

# Nobody serves DNS unless a user installs it (then kube-proxy turns its address into a pod's before this is asked).
# kube-proxy drops what goes to a service that is not there, and a look-up takes half a minute to fail: it asks for a
# name in four domains, and again. Refused, it fails at once. No route does that: the kernel answers with five errors,
# then with one a second (ip_error in net/ipv4/route.c), and so it would with more ICMP messages than icmp_ratelimit.
NO_DNS: Final = f"""\
table ip leadsman {{
    chain forward {{
        type filter hook forward priority filter - 10
        ip daddr {SERVICES} meta l4proto {{ tcp, udp }} th dport 53 reject
    }}
    chain output {{
        type filter hook output priority filter - 10
        ip daddr {SERVICES} meta l4proto {{ tcp, udp }} th dport 53 reject
    }}
}}
"""


def init_script(var: Path, pause: Path) -> str:
    """What the node's first process does in its new namespaces before it becomes `pause`."""
    shown = "/run/leadsman"
    return "\n".join(
        (
            "set -e",
            # What is mounted in here stays in here, but goes from one mount namespace of the node to the other, as a
            # kubelet expects (https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation).
            "mount --make-rshared /",
            "mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run",
            f"mount --bind {shlex.quote(str(var))} /var",
            f"mkdir -p /run/lock {shown}",
            *(
                f"echo {value} >{shown}/{Path(name).name}; mount --bind {shown}/{Path(name).name} /proc/sys/{name}"
                for name, value in KERNEL_SETTINGS.items()
            ),
            # These belong to the network namespace.
            "echo 1 >/proc/sys/net/ipv4/ip_forward",
            "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit",
            f"nft {shlex.quote(NO_DNS)}",
            f"exec {shlex.quote(str(pause))}",
        )
    )


def containerd_config(*, snapshotter: str, cni: Path, cni_config: Path) -> str:
    """Version 2 of its format: what 1.6 reads and 2.x still understands. A JSON string is a TOML string."""
    return f"""\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = {json.dumps(UNUSED_PLUGINS)}

[grpc]
address = {json.dumps(str(CONTAINERD_SOCKET))}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = {json.dumps(PAUSE_IMAGE)}
# Without CAP_SYS_RESOURCE nobody may lower an oom_score_adj, and runc then fails to start any container.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = {json.dumps(str(cni))}
conf_dir = {json.dumps(str(cni_config))}

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = {json.dumps(snapshotter)}

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
"""


def cni_config(link: Link) -> str:
    """Pods on a bridge that is their gateway; their addresses are routed, never masqueraded."""
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        # A pod may reach itself through its own service.
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": str(link.pods)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    return json.dumps({"cniVersion": "0.4.0", "name": "leadsman", "plugins": [bridge]}, indent=2)


def resolver_config(link: Link) -> str:
    """The machine's own servers are out of reach, and /etc/resolv.conf may lead into a /run that is not the node's."""
    return f"nameserver {link.dns}\noptions timeout:1 attempts:1\n"


def kubelet_config(link: Link, *, serving: Pair, client_ca: Path, resolver: Path) -> dict[str, Any]:
    """https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(link.node),
        "healthzBindAddress": str(link.node),
        "healthzPort": HEALTHZ_PORT,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(client_ca)},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(serving.certificate),
        "tlsPrivateKeyFile": str(serving.key),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "clusterDNS": [str(link.dns)],
        "clusterDomain": "cluster.local",
        "resolvConf": str(resolver),
        **_cgroups(link),
        **_patience(),
        **_disk(),
        "maxPods": 110,
        "serializeImagePulls": False,
        # kube-proxy needs no chains of the kubelet's, and iptables need not be there.
        "makeIPTablesUtilChains": False,
        # The default is in the machine's /usr.
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
    }


def _cgroups(link: Link) -> dict[str, Any]:
    return {
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{link.interface}",
        "failCgroupV1": False,
        "failSwapOn": False,
        # The machine is not the node's alone: nothing is reserved from the rest of it ...
        "enforceNodeAllocatable": [],
        # ... and the kubelet is not spared when its memory runs out (and need not be allowed to ask for that).
        "oomScoreAdj": 0,
    }


def _patience() -> dict[str, Any]:
    """The defaults are for thousands of nodes; with one, changes can show at once."""
    return {
        "nodeStatusUpdateFrequency": "2s",
        "nodeStatusReportFrequency": "10s",
        "syncFrequency": "2s",
    }


def _disk() -> dict[str, Any]:
    """The disk is a laptop's: it may be nearly full, and images were imported, so that none could be pulled again."""
    return {
        "evictionHard": {
            "memory.available": "64Mi",
            "nodefs.available": "256Mi",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "256Mi",
            "imagefs.inodesFree": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    }
