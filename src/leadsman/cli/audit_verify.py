"""`leadsman audit verify`: is an export as it was written? It asks no cluster."""

from typing import Annotated

import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError

from leadsman.api.v1alpha1.aiservice_status import LedgerHead
from leadsman.cli import ledgers, output
from leadsman.cli.errors import UnusableInput
from leadsman.cli.ledgers import Files
from leadsman.cli.view.verified import render_verification
from leadsman.ledger.export import Export, ServiceName, service_of
from leadsman.ledger.verification import verification

EXIT_CODES = "Exit code: 0 all that could be checked is well; 1 something was found; 2 the input is unusable."


def verify(
    *,
    files: Files = None,
    checkpoints: Annotated[
        list[str] | None,
        typer.Option(help="Checkpoints that were kept elsewhere. May be repeated.", show_default=False),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="Public key (PEM) that signs checkpoints. May be repeated.")
    ] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(metavar="SEQ:HASH", help="What a part follows; of several services: NAMESPACE/SERVICE=SEQ:HASH."),
    ] = None,
) -> None:
    """Find what was changed, dropped, inserted, moved or cut since it was written."""
    if not files:
        raise UnusableInput("nothing to verify", next_step="add -f FILE, as `leadsman audit export` wrote it")
    if checkpoints and not key:
        raise UnusableInput("checkpoints without a key say nothing", next_step="add --key, the public key in PEM")
    export = ledgers.from_files(files)
    found = verification(
        export,
        checkpoints=ledgers.from_files(checkpoints) if checkpoints else None,
        keys=[key_in(one) for one in key or ()],
        after=dict(_after(one, export) for one in after or ()),
    )
    output.show(render_verification(found), wrapped=False)
    raise typer.Exit(0 if found.is_well else 1)


def key_in(file: str) -> Ed25519PublicKey:
    """Raise UnusableInput where there is none."""
    try:
        key = load_pem_public_key(ledgers.text(file).encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnusableInput(f"{file} is no public key: {error}", next_step="give an Ed25519 key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UnusableInput(f"{file} is a key of another kind", next_step="give an Ed25519 key in PEM")
    return key


def _after(given: str, export: Export) -> tuple[ServiceName, LedgerHead]:
    name, _, head = given.rpartition("=")
    sequence, _, digest = head.partition(":")
    services = {str(service_of(one.line)): service_of(one.line) for one in export.lines}
    if name not in services and (name or len(services) != 1):
        raise UnusableInput(
            f"--after {given} does not say which service it is of: {', '.join(sorted(services))}",
            next_step="write NAMESPACE/SERVICE=SEQ:HASH",
        )
    try:
        return services[name or next(iter(services))], LedgerHead(sequence=int(sequence), hash=digest)
    except (ValidationError, ValueError) as error:
        raise UnusableInput(
            f"--after {given} is no entry", next_step="write its sequence and hash, such as 12:sha256:…, in full"
        ) from error
