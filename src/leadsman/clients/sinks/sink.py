"""What a sink can do."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.lines import Line

Place = tuple[str, str]
"""Namespace and service."""


class Sink(Protocol):
    @property
    def name(self) -> str: ...

    async def heads(self) -> Mapping[Place, LedgerHead]:
        """The last entry of each service that it is seen to have. Empty: it can't be read.

        Raises:
            DeliveryFailed: it could be read, but not now.
        """
        ...

    async def deliver(self, lines: Sequence[Line]) -> None:
        """All of them, of one service, in this order.

        Raises:
            DeliveryFailed: it has not acknowledged them.
        """
        ...
