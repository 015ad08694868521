"""Sinks of the ledger as they are written in the operator's configuration."""

from pathlib import Path
from typing import Annotated

import aiohttp
from pydantic import Field, model_validator

from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel
from leadsman.clients.sinks.file import File
from leadsman.clients.sinks.sink import Sink
from leadsman.clients.sinks.stdout import StandardOutput
from leadsman.clients.sinks.webhook import Receiver, Webhook


class FileSettings(Model):
    path: Path
    """JSON lines are appended to it. Its folder exists."""


class StdoutSettings(Model):
    """Nothing to choose: the process' standard output."""


class WebhookSettings(Model):
    address: str
    """https://, or http:// on this machine."""
    key_file: Path
    """What signs each request: a secret `whsec_…`, or a private key (Ed25519, PEM). Read for each, so it may rotate."""
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """Of each request."""
    ca_file: Path | None = None
    """Whose certificates to trust, instead of the machine's."""
    allow_http: bool = False
    """Anybody on the way reads what is sent without TLS: for a network that is to be trusted."""

    @model_validator(mode="after")
    def _can_be_used(self) -> "WebhookSettings":
        self.to_receiver("")
        return self

    def to_receiver(self, cluster: str) -> Receiver:
        return Receiver(
            address=self.address,
            key_file=self.key_file,
            cluster=cluster,
            timeout_seconds=self.timeout_seconds,
            ca_file=self.ca_file,
            allow_http=self.allow_http,
        )


class SinkSettings(Model):
    """One of its kinds."""

    name: DnsLabel
    """In logs, metrics and conditions."""
    file: FileSettings | None = None
    """A file of JSON lines, which may be rotated."""
    stdout: StdoutSettings | None = None
    """JSON lines on standard output. The log is on standard error."""
    webhook: WebhookSettings | None = None
    """CloudEvents over HTTP, signed."""

    @model_validator(mode="after")
    def _is_one(self) -> "SinkSettings":
        if len([one for one in (self.file, self.stdout, self.webhook) if one is not None]) != 1:
            raise ValueError(f"sink {self.name}: write one of file: {{path: …}}, stdout: {{}} and webhook: {{…}}")
        return self

    def to_client(self, session: aiohttp.ClientSession, cluster: str) -> Sink:
        if self.webhook is not None:
            return Webhook(self.name, self.webhook.to_receiver(cluster), session)
        if self.file is not None:
            return File(self.name, self.file.path)
        return StandardOutput(self.name)
