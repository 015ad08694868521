"""The cable between this machine and a real node: a veth pair with addresses and routes.

    this machine                               the node's network namespace
    leadsman<n>  198.18.(16n+15).1/30  <---->  eth0  198.18.(16n+15).2/30
    the API server listens here                kubelet and kube-proxy, and behind them
                                               pods 198.18.(16n).0/24, services 198.19.(16n).0/20

Making the interface is the claim of a slot: two cannot have the same name, so 16 nodes fit side by side without a lock.
It ends with the node's namespace, however that ends, and takes its addresses and routes along.
"""

import contextlib
import subprocess
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from leadsman.sandbox.errors import StartFailed, Unsupported
from leadsman.sandbox.parts.addresses import PODS, SERVICES

SLOTS = range(16)
INTERFACES = Path("/sys/class/net")
TAKEN = "File exists"
DNS_SERVICE = 10
"""Where a cluster's DNS has its address by convention: the tenth of the services range."""


@dataclass(frozen=True, slots=True)
class Link:
    slot: int

    @property
    def interface(self) -> str:
        """This machine's end. The node's cgroups carry the same name."""
        return f"leadsman{self.slot}"

    @property
    def host(self) -> IPv4Address:
        return self._ends[1]

    @property
    def node(self) -> IPv4Address:
        return self._ends[2]

    @property
    def pods(self) -> IPv4Network:
        return next(self._block(PODS).subnets(new_prefix=24))

    @property
    def services(self) -> IPv4Network:
        return self._block(SERVICES)

    @property
    def dns(self) -> IPv4Address:
        return self.services[DNS_SERVICE]

    @property
    def prefix(self) -> int:
        return self._ends.prefixlen

    @property
    def _ends(self) -> IPv4Network:
        last = list(self._block(PODS).subnets(new_prefix=24))[-1]
        return next(last.subnets(new_prefix=30))

    def _block(self, network: IPv4Network) -> IPv4Network:
        return list(network.subnets(new_prefix=20))[self.slot]


def _node_side(link: Link) -> tuple[str, ...]:
    return (
        "link set lo up",
        f"address add {link.node}/{link.prefix} dev eth0",
        "link set eth0 up",
        # For processes in the node's own network (hostNetwork): a packet needs a route before kube-proxy's rules turn
        # its address into a pod's. Pods do without, theirs are turned before routing.
        f"route add {link.services} dev eth0",
    )


def _host_side(link: Link) -> tuple[str, ...]:
    return (
        f"address add {link.host}/{link.prefix} dev {link.interface}",
        f"link set {link.interface} up",
        f"route add {link.pods} via {link.node}",
        f"route add {link.services} via {link.node}",
    )


@contextlib.contextmanager
def linked(init: int) -> Generator[Link]:
    """A link between this machine and the network namespace of the process `init`, in the first free slot.

    Raises:
        Unsupported: all slots are taken.
        StartFailed: this machine does not allow it.
    """
    link = _claim_first_free(init)
    try:
        yield link
    finally:
        # Its end with the namespace would come too, but later: the kernel clears namespaces away in the background.
        _ip([f"link delete {link.interface}"], check=False)


def is_linked(link: Link) -> bool:
    return (INTERFACES / link.interface).exists()


def _claim_first_free(init: int) -> Link:
    for link in map(Link, SLOTS):
        if _claim(link, init):
            return link
    raise Unsupported(
        f"all {len(SLOTS)} places for real nodes are taken (ip link show type veth)",
        next_step="end a sandbox you no longer need: leadsman sandbox down NAME",
    )


def _claim(link: Link, init: int) -> bool:
    """False: another sandbox has it, or something else on this machine has these routes."""
    # The other end is made inside the node's namespace at once, so that no moment leaves it lying around.
    if TAKEN in _ip([f"link add {link.interface} type veth peer name eth0 netns {init}"]):
        return False
    _ip(_node_side(link), inside=init)
    if TAKEN in _ip(_host_side(link)):
        _ip([f"link delete {link.interface}"], check=False)
        return False
    return True


def _ip(lines: Iterable[str], *, inside: int | None = None, check: bool = True) -> str:
    """Run them as one batch; the answer is empty, or what was complained about where that is an answer too."""
    enter = () if inside is None else ("nsenter", f"--target={inside}", "--net", "--")
    done = subprocess.run(
        (*enter, "ip", "-batch", "-"), input="\n".join(lines) + "\n", capture_output=True, text=True, check=False
    )
    complaint = done.stderr.strip()
    if check and done.returncode and TAKEN not in complaint:
        raise StartFailed(
            f"the network between this machine and the node could not be set up: {complaint}",
            next_step="run it as root on a machine (not in a container without --privileged), "
            "or use simulated nodes: leadsman sandbox up --nodes simulated",
        )
    return complaint
