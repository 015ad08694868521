"""What the operator asked of the API server, as the API server's audit log has it."""

import json
from dataclasses import dataclass

from harness.cluster import Space

_READS = frozenset({"get", "list", "watch"})


@dataclass(frozen=True, slots=True)
class Asked:
    verb: str
    resource: str
    """With its subresource: `aiservices/status`."""
    name: str
    code: int

    @property
    def is_write(self) -> bool:
        return self.verb not in _READS


def asked(space: Space) -> list[Asked]:
    """By the operator, in the test's namespace."""
    lines = (line for log in sorted(space.cluster.logs.glob("audit*.log")) for line in log.read_text().splitlines())
    entries = (json.loads(line) for line in lines if space.name in line)
    return [
        Asked(
            verb=entry["verb"],
            resource="/".join(part for part in (about["resource"], about.get("subresource")) if part),
            name=about.get("name", ""),
            code=entry["responseStatus"]["code"],
        )
        for entry in entries
        if entry["stage"] == "ResponseComplete"
        and entry.get("userAgent", "").startswith("leadsman")
        and (about := entry.get("objectRef", {})).get("namespace") == space.name
    ]
