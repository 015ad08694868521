"""Metric providers, from the operator's configuration. Users refer to them by name, and can't give addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yarl import URL


@dataclass(frozen=True, slots=True)
class BearerToken:
    file: Path
    """Read for each request: tokens rotate."""


@dataclass(frozen=True, slots=True)
class Basic:
    username: str
    password_file: Path
    """Read for each request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    name: str
    address: str
    """Of the API, without `/api/v1`."""
    authentication: BearerToken | Basic | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    tenant_header: str | None = None
    """Where tenants are kept apart by a header (Mimir: X-Scope-OrgID), its name; the value is the namespace."""
    namespace_label: str = "namespace"
    pod_label: str = "pod"
    timeout_seconds: float = 5
    ca_file: Path | None = None
    """Whose certificates to trust, instead of the machine's."""

    def __post_init__(self) -> None:
        """Refuse what would fail at the first query only, or leak.

        Raises:
            ValueError: what is wrong, and what to write instead.
        """
        if problem := _problem(self):
            raise ValueError(f"provider {self.name}: {problem}")


def _problem(provider: Provider) -> str | None:
    try:
        address = URL(provider.address)
        port = address.port
    except ValueError as error:
        return f"its address is no URL ({error}); write http://host:port or https://host/prefix"
    checks = (
        (
            address.scheme not in {"http", "https"} or not address.host or not port,
            "its address starts with http:// or https:// and a host",
        ),
        (
            address.user is not None or address.password is not None,
            "its address holds credentials: they belong into a file, named under authentication",
        ),
        (
            bool(address.query_string or address.fragment),
            "its address ends with the path: what stands after ? or # is never sent",
        ),
        (
            any(name.lower() == "authorization" for name in provider.headers),
            "credentials are no header: they belong into a file, named under authentication",
        ),
        (provider.timeout_seconds <= 0, "timeoutSeconds is more than 0"),
    )
    return next((text for wrong, text in checks if wrong), None)
