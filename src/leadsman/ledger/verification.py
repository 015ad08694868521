"""Is an export as it was written? What was found, service by service, and what nothing could be said of.

`chain` looks at one chain. Here is the rest: to which service and revision an entry belongs, copies of a line, lines
that cannot be read, and checkpoints, which have to be signed by a key that the reader knows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.ledger.chain import BEGINNING, head_of, verify
from leadsman.ledger.checkpoint import is_signed_by, key_id
from leadsman.ledger.export import Export, ServiceName, service_of
from leadsman.ledger.lines import CheckpointLine, EntryLine


@dataclass(frozen=True, slots=True)
class Finding:
    message: str
    line: int | None = None
    """In the export. None: it is about what is not there."""
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One service."""

    service: ServiceName
    entries: int
    head: LedgerHead | None
    """The last entry. None: there is none."""
    checkpoints: int
    """That are signed by a known key."""
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    """What could not be said, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    services: tuple[Verified, ...]
    unread: tuple[Finding, ...]
    """Lines that cannot be read: nobody knows of which service they are."""

    @property
    def is_well(self) -> bool:
        return not self.unread and not any(one.findings for one in self.services)


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    line: EntryLine


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    place: str
    line: CheckpointLine


def verification(
    export: Export,
    *,
    checkpoints: Export | None = None,
    keys: Sequence[Ed25519PublicKey] = (),
    after: Mapping[ServiceName, LedgerHead] | None = None,
) -> Verification:
    """All that can be said of these lines alone.

    Args:
        export: what is to be verified. Checkpoints may be among its lines.
        checkpoints: those that were kept elsewhere.
        keys: whose checkpoints count.
        after: what the first entry of a service follows, where the export has a part. Default: the beginning.
    """
    kept, follows = checkpoints or Export(), after or {}
    entries = [_Entry(one.number, one.line) for one in export.lines if isinstance(one.line, EntryLine)]
    signed = [*_checkpoints(export, "line"), *_checkpoints(kept, "of the checkpoints, line")]
    services = sorted({*(service_of(one.line) for one in (*entries, *signed)), *follows})
    return Verification(
        services=tuple(
            _verified(
                service,
                tuple(one for one in entries if service_of(one.line) == service),
                tuple(one for one in signed if service_of(one.line) == service),
                keys,
                follows.get(service, BEGINNING),
            )
            for service in services
        ),
        unread=(*(Finding(one.message, one.number) for one in export.unread), *_no_checkpoints(kept)),
    )


def _checkpoints(export: Export, place: str) -> Iterator[_Checkpoint]:
    for one in export.lines:
        if isinstance(one.line, CheckpointLine):
            yield _Checkpoint(f"{place} {one.number}", one.line)


def _no_checkpoints(kept: Export) -> Iterator[Finding]:
    yield from (Finding(f"of the checkpoints, line {one.number}: {one.message}") for one in kept.unread)
    for one in kept.lines:
        if isinstance(one.line, EntryLine):
            yield Finding(f"of the checkpoints, line {one.number}: is an entry, and no checkpoint")


def _verified(
    service: ServiceName,
    entries: tuple[_Entry, ...],
    signed: tuple[_Checkpoint, ...],
    keys: Sequence[Ed25519PublicKey],
    after: LedgerHead,
) -> Verified:
    good = tuple(one for one in signed if any(is_signed_by(one.line, key) for key in keys))
    seen = tuple(LedgerHead(sequence=one.line.sequence, hash=one.line.hash) for one in good)
    heads = (after, *(head_of(one.line.entry) for one in entries))
    return Verified(
        service=service,
        entries=len(entries),
        head=heads[-1] if entries else None,
        checkpoints=len(good),
        findings=(
            *_copies(entries),
            *_strays(service, entries),
            *_flaws(entries, after, seen),
            *(_forged(signed, keys) if keys else ()),
        ),
        unchecked=tuple(_unchecked(heads, seen, signed, is_keyed=bool(keys))),
    )


def _copies(entries: tuple[_Entry, ...]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for one in entries:
        before = first.setdefault(one.line.entry.hash, one.number)
        if before != one.number:
            yield Finding(f"has the hash of line {before}: it was doubled", one.number, one.line.entry.sequence)


def _strays(service: ServiceName, entries: tuple[_Entry, ...]) -> Iterator[Finding]:
    """The hash is over the entry: what the line says besides is held against what the entry says itself."""
    name = re.compile(rf"{re.escape(service.name)}-[0-9a-f]{{10}}")
    for one in entries:
        said, sequence = one.line.entry.facts, one.line.entry.sequence
        if one.line.revision != said.get("revision"):
            message = f"is said to be of {one.line.revision}, and its entry of {said.get('revision')}: it was moved"
            yield Finding(message, one.number, sequence)
        if not name.fullmatch(one.line.revision):
            message = f"{one.line.revision} is no revision of service {service.name}: it was moved from another service"
            yield Finding(message, one.number, sequence)
        if (home := said.get("service")) not in {None, str(service)}:
            yield Finding(f"its entry is of {home}: it was moved from another service", one.number, sequence)


def _flaws(entries: tuple[_Entry, ...], after: LedgerHead, seen: tuple[LedgerHead, ...]) -> Iterator[Finding]:
    chain = tuple(one.line.entry for one in entries)
    number = {one.line.entry.sequence: one.number for one in entries}
    against = (flaw for head in seen for flaw in verify(chain, after=after, checkpoint=head))
    for flaw in dict.fromkeys((*verify(chain, after=after), *against)):
        yield Finding(flaw.message, number.get(flaw.sequence), flaw.sequence)


def _forged(signed: Iterable[_Checkpoint], keys: Sequence[Ed25519PublicKey]) -> Iterator[Finding]:
    known = {key_id(key) for key in keys}
    for one in signed:
        if one.line.key not in known:
            yield Finding(f"{one.place}: the checkpoint is signed by {one.line.key}, which is none of the given keys")
        elif not any(is_signed_by(one.line, key) for key in keys):
            yield Finding(f"{one.place}: the checkpoint's signature is wrong: it was forged, or changed")


def _unchecked(
    heads: tuple[LedgerHead, ...], seen: tuple[LedgerHead, ...], signed: tuple[_Checkpoint, ...], *, is_keyed: bool
) -> Iterator[str]:
    first, last = heads[0], heads[-1]
    if first.sequence:
        yield f"what came before entry {first.sequence + 1}: it is not here"
    if signed and not is_keyed:
        yield f"{len(signed)} checkpoints: without a key nobody can tell whether their signatures are good"
    early = [one for one in seen if one.sequence < first.sequence]
    if early:
        yield f"{len(early)} checkpoints of entries before {first.sequence + 1}, which are not here"
    if not seen:
        yield "whether the tail was cut, or all of it was written anew: there is no checkpoint to hold it against"
    elif (newest := max(one.sequence for one in seen)) < last.sequence:
        yield f"whether entries after {last.sequence} were cut: the newest checkpoint is of entry {newest}"
