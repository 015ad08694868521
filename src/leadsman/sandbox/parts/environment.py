"""The environment of what a sandbox runs."""

from collections.abc import Mapping

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Go's HTTP clients leave out the proxy for loopback, but not for 198.18.0.0/15, where real nodes live."""
    return {name: value for name, value in environment.items() if name.upper() not in PROXIES}
