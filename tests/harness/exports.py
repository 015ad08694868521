"""Exports of ledgers that the planner wrote itself, over a rollout and a rollback."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.simulation import Simulation
from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.checkpoint import sign
from leadsman.ledger.lines import CheckpointLine, EntryLine, entry_line

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def exported(simulation: Simulation) -> tuple[EntryLine, ...]:
    """From the records, in the order of the chain."""
    lines = [
        entry_line("shop", simulation.name, name, entry)
        for name, record in simulation.revisions.items()
        for entry in (record.status.ledger.entries if record.status.ledger else ())
    ]
    return tuple(sorted(lines, key=lambda one: one.entry.sequence))


def checkpoint(line: EntryLine, key: Ed25519PrivateKey = KEY) -> CheckpointLine:
    """Signed when this was the service's last entry."""
    head = LedgerHead(sequence=line.entry.sequence, hash=line.entry.hash)
    return sign(key, namespace=line.namespace, service=line.service, head=head, at=line.entry.at)
