"""`leadsman simulate -f FILE --prometheus URL`: what this declaration would have done with the changes of the past."""

import asyncio
import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from pydantic import ValidationError

from leadsman.cli import documents, output
from leadsman.cli.errors import CommandFailed, UnusableInput
from leadsman.cli.options import Output
from leadsman.cli.view.moments import parse_duration
from leadsman.cli.view.simulated import picture, render_change, render_head, render_sum
from leadsman.clients.errors import MetricsUnavailable, QueryRejected
from leadsman.clients.providers import Provider

if TYPE_CHECKING:
    from leadsman.simulation.declaration import Declaration
    from leadsman.simulation.outcome import Rehearsed
    from leadsman.simulation.past import Period
    from leadsman.simulation.simulation import Simulated

_WRONG: Final = 2
EXIT_CODES: Final = """Exit code: 0 every change would have been promoted, or there was none; 1 it cannot be simulated;
2 a change would have been rolled back or held."""


def simulate(  # noqa: PLR0913  an option each
    files: Annotated[list[str], typer.Option("--filename", "-f", help="YAML files with one AIService; - reads stdin.")],
    *,
    prometheus: Annotated[str, typer.Option(metavar="URL", help="What measured it: a Prometheus-compatible API.")],
    since: Annotated[
        float, typer.Option(parser=parse_duration, metavar="DURATION", help="So far back: 12h, 28d.")
    ] = "28d",  # type: ignore[assignment]  # typer parses the default, too
    pods: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Its pods. Default: all whose names begin with the service's.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Of the pods. Default: the manifest's, or default.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all of it as a picture, too.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all of it as a page, too.")] = None,
    output_format: Output = "text",
) -> None:
    """What this declaration would have done with the changes of the past, by what was measured of them.

    Each generation of pods that came is put through the planner: its stages, its monitors at their intervals.
    """
    declaration = _declaration(files, namespace)
    now = output.now()
    from leadsman.simulation.past import Period  # noqa: PLC0415  what asks providers takes a while to import

    period = Period(
        namespace=declaration.namespace,
        pods=pods or f"{re.escape(declaration.name)}-.+",
        since=now - dt.timedelta(seconds=since),
        until=now,
    )
    is_text = output_format == "text"
    if is_text:
        output.show(render_head(declaration.name, declaration.left_out, period.since), wrapped=False)
    found = _simulated(declaration, prometheus, period, shown=is_text)
    if is_text:
        output.show(render_sum(found), wrapped=False)
    else:
        output.print_data(output.to_data(found), output_format)
    if svg is not None:
        _write(svg, picture(found, "svg"))
    if html is not None:
        _write(html, picture(found, "html"))
    raise typer.Exit(_WRONG if any(one.outcome in {"RolledBack", "Held"} for one in found.changes) else 0)


def _declaration(files: list[str], namespace: str | None) -> "Declaration":
    from leadsman.simulation.declaration import Declaration  # noqa: PLC0415

    services = [one for file in files for one in documents.read(file) if one.get("kind") == "AIService"]
    if len(services) != 1:
        raise UnusableInput(
            f"{len(services)} AIServices in {', '.join(files)}", next_step="give files with exactly one AIService"
        )
    metadata: dict[str, Any] = services[0].get("metadata") or {}
    name = str(metadata.get("name", ""))
    try:
        return Declaration.read(namespace or metadata.get("namespace") or "default", name, services[0]["spec"])
    except ValidationError as error:
        first = next(documents.mistakes(error))
        raise UnusableInput(f"{name} cannot be applied: {first}", next_step="leadsman plan -f names all") from error


def _simulated(declaration: "Declaration", prometheus: str, period: "Period", *, shown: bool) -> "Simulated":
    from leadsman.simulation.simulation import TIMEOUT_SECONDS, NothingToCount, simulate  # noqa: PLC0415

    def tell(change: "Rehearsed") -> None:
        if shown:
            output.show(render_change(change), wrapped=False)

    try:
        provider = Provider(name="default", address=prometheus, timeout_seconds=TIMEOUT_SECONDS)
        return asyncio.run(simulate(declaration, provider, period, tell))
    except NothingToCount as error:
        raise UnusableInput(
            "no monitor has a ratio, by whose counter the pods of the past are found",
            next_step="declare a monitor with ratio",
        ) from error
    except QueryRejected as error:
        raise CommandFailed(f"Prometheus refuses the question: {error.message}", next_step="see --pods") from error
    except (MetricsUnavailable, ValueError) as error:
        raise CommandFailed(
            f"nothing can be simulated: {error}", next_step="see that --prometheus has a URL which answers"
        ) from error


def _write(file: Path, content: str) -> None:
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UnusableInput(f"{file} cannot be written: {error}", next_step="give another path") from error
