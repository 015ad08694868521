"""The process' standard output, apart from its log, which goes to standard error."""

import asyncio
import sys
from collections.abc import Mapping, Sequence

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.clients.errors import DeliveryFailed
from leadsman.clients.sinks.sink import Place
from leadsman.ledger.lines import Line, written


class StandardOutput:
    def __init__(self, name: str) -> None:
        self.name = name
        self._turn = asyncio.Lock()

    async def heads(self) -> Mapping[Place, LedgerHead]:
        return {}

    async def deliver(self, lines: Sequence[Line]) -> None:
        async with self._turn:
            try:
                await asyncio.to_thread(_write, b"".join(map(written, lines)))
            except OSError as error:
                raise DeliveryFailed(f"sink {self.name}: standard output: {error.strerror}") from error


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
