"""A mistake: what is changed in an example, and what its author is told.

A change is a path and a value: `spec.owner` -> GONE takes away, `spec.gates.1.name` -> "quality" sets,
`spec.monitors.+` -> {...} appends. The rest of the example stays as it is, so that nothing else can be what is refused.
"""

import copy
from dataclasses import dataclass
from typing import Any, Final, Literal

GONE: Final = object()

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Variation:
    title: str
    changes: Object

    def made_in(self, example: Object) -> Object:
        varied = copy.deepcopy(example)
        for path, value in self.changes.items():
            *parents, last = path.split(".")
            _put(_descend(varied, parents), last, value)
        return varied


@dataclass(frozen=True, slots=True)
class Mistake(Variation):
    told: str
    """Exactly what stands in the answer; it may stand in the middle of it."""
    how: Literal["apply", "create", "replace"] = "apply"
    """With which verb of kubectl. They differ in who finds out first, and so in words."""


def _descend(node: Any, parents: list[str]) -> Any:
    for step in parents:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    return node


def _put(node: Any, last: str, value: Any) -> None:
    if last == "+":
        node.append(value)
    elif isinstance(node, list):
        node[int(last)] = value
    elif value is GONE:
        del node[last]
    else:
        node[last] = value


SHA: Final = "sha256:" + "0" * 64
ERRORS: Final[Object] = {
    "name": "e",
    "class": "Health",
    "ratio": {"bad": "errors_total", "total": "requests_total"},
    "max": "0.02",
}
LATENCY: Final[Object] = {"name": "l", "class": "Latency", "query": 'p95{pod=~"{{ podRegex }}"}', "max": "2.5"}
CHANNEL: Final[Object] = {"name": "c", "ratio": {"monitor": "errors"}, "objective": "0.99"}
