"""Questions to a real Prometheus."""

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from harness.waiting import eventually


@dataclass(frozen=True)
class Prometheus:
    url: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """An instant vector: `[{"metric": {label: value}, "value": [time, "number"]}]`."""
        words = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{words}", timeout=10) as answer:
            return json.load(answer)["data"]["result"]

    def wait_series(self, expression: str, *, within_seconds: float = 30) -> list[dict[str, Any]]:
        """The vector once it is not empty. Prometheus has nothing to watch: it is asked again."""
        return eventually(lambda: self.query(expression), within_seconds=within_seconds)
