"""Sinks of the ledger as they are written in the operator's configuration."""

from pathlib import Path

from pydantic import model_validator

from leadsman.api.meta import Model
from leadsman.api.scalars import DnsLabel
from leadsman.clients.sinks.file import File
from leadsman.clients.sinks.sink import Sink
from leadsman.clients.sinks.stdout import StandardOutput


class FileSettings(Model):
    path: Path
    """JSON lines are appended to it. Its folder exists."""


class StdoutSettings(Model):
    """Nothing to choose: the process' standard output."""


class SinkSettings(Model):
    """One of its kinds."""

    name: DnsLabel
    """In logs, metrics and conditions."""
    file: FileSettings | None = None
    """A file of JSON lines, which may be rotated."""
    stdout: StdoutSettings | None = None
    """JSON lines on standard output. The log is on standard error."""

    @model_validator(mode="after")
    def _is_one(self) -> "SinkSettings":
        if len([one for one in (self.file, self.stdout) if one is not None]) != 1:
            raise ValueError(f"sink {self.name}: write one of file: {{path: …}} and stdout: {{}}")
        return self

    def to_client(self) -> Sink:
        if self.file is not None:
            return File(self.name, self.file.path)
        return StandardOutput(self.name)
