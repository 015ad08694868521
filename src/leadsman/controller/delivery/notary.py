"""Signs heads of ledgers: once they have moved, at once after what matters most, else every so often."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.controller.store import Key
from leadsman.ledger.checkpoint import sign
from leadsman.ledger.lines import CheckpointLine

AT_ONCE: Final = frozenset({"promotion.verified", "rollback.decided", "rollback.verified"})


class Notary:
    """For one sink. What it has signed in an earlier life it does not know: a head that rests is not signed again."""

    def __init__(self, key: Ed25519PrivateKey, every: timedelta, now: Callable[[], datetime]) -> None:
        self._key = key
        self._every = every
        self._now = now
        self._signed_at: dict[Key, datetime] = {}
        self._due_at: dict[Key, datetime] = {}

    def heed(self, key: Key, entries: Iterable[LedgerEntry]) -> None:
        """These were delivered."""
        now = self._now()
        earliest = self._signed_at.get(key, now - self._every) + self._every
        due = now if any(entry.type in AT_ONCE for entry in entries) else max(now, earliest)
        self._due_at[key] = min(due, self._due_at.get(key, due))

    def wait(self, key: Key) -> float | None:
        """For so many seconds nothing has to be signed. None: there is nothing to sign."""
        due = self._due_at.get(key)
        return None if due is None else max(0.0, (due - self._now()).total_seconds())

    def sign(self, key: Key, head: LedgerHead) -> CheckpointLine:
        return sign(self._key, namespace=key.namespace, service=key.name, head=head, at=self._now())

    def signed(self, key: Key) -> None:
        """And delivered."""
        self._signed_at[key] = self._now()
        self._due_at.pop(key, None)
