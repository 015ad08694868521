"""One line of an export or a sink: an entry with where it belongs, or a checkpoint. JSON, one value a line."""

from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from leadsman.api.meta import Model
from leadsman.api.scalars import Count, Digest, DnsLabel, ObjectName, Time
from leadsman.api.v1alpha1.airevision_status import LedgerEntry
from leadsman.ledger.canonical import canonical

ENTRY: Final = "leadsman.dev/ledger-entry/v1"
CHECKPOINT: Final = "leadsman.dev/ledger-checkpoint/v1"
"""What `schema` says."""


class EntryLine(Model):
    """An entry of a service's ledger."""

    schema_: Annotated[Literal["leadsman.dev/ledger-entry/v1"], Field(alias="schema")]
    namespace: DnsLabel
    service: ObjectName
    revision: ObjectName
    """The AIRevision in whose record it was written."""
    entry: LedgerEntry


class CheckpointLine(Model):
    """A service's head, signed: whoever has it can tell a cut tail, and a chain that was written anew."""

    schema_: Annotated[Literal["leadsman.dev/ledger-checkpoint/v1"], Field(alias="schema")]
    namespace: DnsLabel
    service: ObjectName
    sequence: Count
    """Of the last entry."""
    hash: Digest
    """Of the last entry."""
    at: Time
    """When it was signed."""
    key: Digest
    """SHA-256 of the public key that verifies it, as its 32 raw bytes."""
    signature: Annotated[str, Field(min_length=88, max_length=88)]
    """Ed25519, in Base64, over the canonical form (RFC 8785) of all the rest."""


def entry_line(namespace: str, service: str, revision: str, entry: LedgerEntry) -> EntryLine:
    return EntryLine(schema_=ENTRY, namespace=namespace, service=service, revision=revision, entry=entry)


def written(line: "Line") -> bytes:
    """Canonical JSON and the end of a line. The same bytes for the same line, so that a copy can be told."""
    return canonical(line.to_dict()) + b"\n"


Line = Annotated[EntryLine | CheckpointLine, Field(discriminator="schema_")]
LINE: TypeAdapter[Line] = TypeAdapter(Line)
