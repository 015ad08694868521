"""`leadsman operator`: the operator itself, in this process."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadsman.cli.errors import CommandFailed

if TYPE_CHECKING:
    from leadsman.controller.settings import Settings

app = typer.Typer(help="The operator itself.", no_args_is_help=True)


class OperatorEnded(CommandFailed):
    """It could not go on."""


@app.command()
def run(  # noqa: PLR0913  a flag each
    *,
    config: Annotated[Path | None, typer.Option(help="A YAML file with all settings; flags win over it.")] = None,
    kubeconfig: Annotated[Path | None, typer.Option(help="Which kubeconfig to use.")] = None,
    context: Annotated[str | None, typer.Option(help="Which of its contexts.")] = None,
    namespace: Annotated[
        list[str] | None, typer.Option("--namespace", "-n", help="Look after this namespace only. May be repeated.")
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(metavar="URL", help="The metric provider `default`, in place of all in the file.")
    ] = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where metrics and probes are served.")
    ] = None,
    ledger_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The ledger's only sink: JSON lines.")
    ] = None,
    ledger_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The private key (Ed25519, PEM) that signs checkpoints.")
    ] = None,
    trusted_root: Annotated[str | None, typer.Option(metavar="FILE", help="Sigstore's trusted_root.json.")] = None,
    log_format: Annotated[str | None, typer.Option(help="auto, json or console.")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
) -> None:
    """Run the operator until it is told to end. Exit code 1: it could not go on, and is to be started again."""
    from leadsman.controller import settings  # noqa: PLC0415  Kopf takes a third of a second to import

    flags: dict[str, Any] = {
        "namespaces": namespace or None,
        "metricProviders": [{"name": "default", "address": prometheus}] if prometheus else None,
        "listen": listen,
        "ledger": _ledger(ledger_file, ledger_key),
        "trustedRoot": trusted_root,
        "logFormat": log_format,
        "logLevel": log_level,
    }
    try:
        chosen = settings.read(config, flags)
    except settings.Misconfigured as error:
        raise OperatorEnded(str(error), next_step="see docs/operator.md for all settings") from error
    _operate(chosen, kubeconfig, context)


def _operate(chosen: "Settings", kubeconfig: Path | None, context: str | None) -> None:
    from leadsman.controller import logs  # noqa: PLC0415
    from leadsman.controller.operator import Access, Stopped, operate  # noqa: PLC0415

    logs.configure(chosen.log_format, chosen.log_level)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(operate(chosen, Access(kubeconfig=kubeconfig, context=context)))
    except Stopped as error:
        raise OperatorEnded(error.what, next_step=error.next_step) from error


def _ledger(file: Path | None, key: Path | None) -> dict[str, Any]:
    sinks = [{"name": "file", "file": {"path": str(file)}}] if file else None
    return {"sinks": sinks, "keyFile": str(key) if key else None}


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """A third less CPU for each request, where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415

    return uvloop.new_event_loop
