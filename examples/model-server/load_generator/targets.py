"""Where load may go: loopback and the sandbox's networks, unless a person says otherwise."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ALLOWED: Sequence[Network] = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128", "198.18.0.0/15")))


class TargetRefused(Exception):
    """Load is not sent there: the message says why, and what would allow it."""


@dataclass(frozen=True, slots=True)
class Target:
    """The address is the one that was checked: a name could mean another one the next time."""

    address: str
    port: int
    host: str


def from_url(url: str, extra: Sequence[Network] = ()) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError as error:
        raise TargetRefused(f"{url!r} is no URL: {error}") from error
    if parts.scheme != "http" or not parts.hostname:
        raise TargetRefused(f"{url!r} must be http://host[:port]")
    if parts.path not in {"", "/"} or parts.query or parts.username:
        raise TargetRefused(f"{url!r} must end after the port: the paths are those of the chat API")
    return _checked(parts.hostname, port, parts.netloc, extra)


def from_pod(pod: str, extra: Sequence[Network] = ()) -> Target:
    """`address` or `address:port`; 8080 is the sample server's port."""
    has_port = pod.count(":") == 1 or "]" in pod
    return from_url(f"http://{pod}" if has_port and not pod.endswith("]") else f"http://{_bracketed(pod)}:8080", extra)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def _checked(name: str, port: int, host: str, extra: Sequence[Network]) -> Target:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetRefused(f"{name} has no address: {error.strerror}") from error
    addresses = [_unmapped(ipaddress.ip_address(entry[4][0])) for entry in found]
    for address in addresses:
        if not any(address in network for network in (*ALLOWED, *extra)):
            where = name if name == str(address) else f"{name} ({address})"
            raise TargetRefused(
                f"{where} is outside loopback and the sandbox's networks "
                f"({', '.join(map(str, ALLOWED))}): to send load there, add --allow-target {address}"
            )
    return Target(str(addresses[0]), port, host)


def _unmapped(address: Address) -> Address:
    """::ffff:192.0.2.1 is 192.0.2.1 in disguise."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
