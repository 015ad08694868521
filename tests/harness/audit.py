"""What the operator asked of the API server, as the API server's audit log has it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from harness.cluster import Cluster, Object, Space

_READS = frozenset({"get", "list", "watch"})


@dataclass(frozen=True, slots=True)
class Asked:
    verb: str
    group: str
    resource: str
    """With its subresource: `aiservices/status`."""
    name: str
    code: int

    @property
    def is_write(self) -> bool:
        return self.verb not in _READS


def asked(space: Space) -> list[Asked]:
    """By the operator, in the test's namespace."""
    return [
        _asked(entry)
        for entry in _entries(space.cluster, space.name)
        if entry["stage"] == "ResponseComplete"
        and entry.get("userAgent", "").startswith("leadsman")
        and entry.get("objectRef", {}).get("namespace") == space.name
    ]


def asked_by(user: str, space: Space) -> list[Asked]:
    """In the namespace and of the whole cluster, watches that go on included."""
    return [
        _asked(entry)
        for entry in _entries(space.cluster, user)
        if entry["user"]["username"] == user
        and entry.get("objectRef", {"namespace": "-"}).get("namespace", space.name) == space.name
    ]


def _entries(cluster: Cluster, text: str) -> Iterator[Object]:
    """That have this text in them."""
    lines = (line for log in sorted(cluster.logs.glob("audit*.log")) for line in log.read_text().splitlines())
    yield from (json.loads(line) for line in lines if text in line)


def _asked(entry: Object) -> Asked:
    about = entry["objectRef"]
    return Asked(
        verb=entry["verb"],
        group=about.get("apiGroup", ""),
        resource="/".join(part for part in (about["resource"], about.get("subresource")) if part),
        name=about.get("name", ""),
        code=entry["responseStatus"]["code"],
    )
