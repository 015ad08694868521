"""One HTTP exchange with the candidate, by the standard library: what came back, unjudged."""

import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 15.0
CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Api:
    host: str
    port: int

    @classmethod
    def of_candidate(cls) -> "Api":
        url = os.environ.get("LEADSMAN_CANDIDATE_URL", "")
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"LEADSMAN_CANDIDATE_URL is {url!r}: set it to http://host:port")
        return cls(parts.hostname, parts.port or 80)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def post(self, document: object, path: str = CHAT, headers: Mapping[str, str] | None = None) -> Reply:
        return self.send("POST", path, json.dumps(document).encode(), headers)

    def ask(self, question: str, **more: object) -> Reply:
        return self.post({"model": "support-llm", "messages": [{"role": "user", "content": question}], **more})
