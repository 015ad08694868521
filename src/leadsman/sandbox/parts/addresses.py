"""Who listens where. Nothing but loopback and the test networks of RFC 2544, so that nothing can meet a real one."""

import contextlib
import socket
from dataclasses import dataclass
from ipaddress import IPv4Network

from leadsman.sandbox.errors import Unsupported

LOOPBACK = "127.0.0.1"
PODS = IPv4Network("198.18.0.0/16")
SERVICES = IPv4Network("198.19.0.0/16")

PORTS = (
    "api-server",
    "etcd",
    "etcd-peer",
    "etcd-metrics",
    "controller-manager",
    "scheduler",
    "kwok",
    "prometheus",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts of one sandbox listen, and from which range its services get their addresses."""

    api_host: str
    ports: dict[str, int]
    services: IPv4Network

    @property
    def api_server(self) -> str:
        return f"https://{self.api_host}:{self.ports['api-server']}"

    @property
    def prometheus(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['prometheus']}"

    def at(self, part: str) -> str:
        return f"{LOOPBACK}:{self.ports[part]}"


def free_ports(*, api_port: int | None) -> dict[str, int]:
    """A free loopback port for each part, all held at once while choosing, so that no two are the same."""
    with contextlib.ExitStack() as stack:
        ports: dict[str, int] = {}
        for part in PORTS:
            listener = stack.enter_context(socket.socket())
            wanted = api_port if part == "api-server" and api_port else 0
            try:
                listener.bind((LOOPBACK, wanted))
            except OSError as error:
                raise Unsupported(
                    f"port {wanted} is taken ({error.strerror})",
                    next_step="name another with --api-port, or leave it out: a free one is chosen",
                ) from error
            ports[part] = listener.getsockname()[1]
        return ports
