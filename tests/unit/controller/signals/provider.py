"""A provider of a test's own, which knows as much PromQL as it takes to find its pods' numbers in a query."""

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Series = dict[str, dict[str, float]]
"""By pod (`namespace/name`), the parts of a ratio."""


@dataclass
class Measuring:
    """Answers queries of ratios, with the series that it has, and others with `numbers`."""

    series: Series = field(default_factory=dict[str, dict[str, float]])
    numbers: tuple[float, ...] = ()
    known: frozenset[str] = frozenset()
    """Names of metrics that it has heard of."""
    queries: list[str] = field(default_factory=list[str])
    lookups: list[str] = field(default_factory=list[str])

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path == "/api/v1/query":
            query = str((await request.post())["query"])
            self.queries.append(query)
            return _success({"resultType": "vector", "result": list(self._vector(query))})
        if request.path == "/api/v1/series":
            self.lookups.append(request.query["match[]"])
            return _success([{}] if any(f'"{name}"' in self.lookups[-1] for name in self.known) else [])
        return _success({})

    def _vector(self, query: str) -> list[dict[str, Any]]:
        parts = re.findall(r'"leadsman","(\w+)"', query)
        if not parts:
            return [_entry({"series": str(index)}, value) for index, value in enumerate(self.numbers)]
        found: list[dict[str, Any]] = []
        for where, values in self.series.items():
            namespace, pod = where.split("/")
            found += [
                _entry({"namespace": namespace, "pod": pod, "leadsman": part}, values[part])
                for part in parts
                if part in values
            ]
        return found


def _success(data: Any) -> web.Response:
    return web.json_response({"status": "success", "data": data})


def _entry(labels: dict[str, str], value: float) -> dict[str, Any]:
    return {"metric": labels, "value": [1795435200, str(value)]}
