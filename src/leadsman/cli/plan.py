"""`leadsman plan -f FILE`: what would happen, and what is wrong, without a cluster."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError
from rich.console import Group

from leadsman.api.meta import Model
from leadsman.api.v1alpha1 import AIService
from leadsman.cli import documents, output
from leadsman.cli.errors import CommandFailed
from leadsman.cli.options import Output
from leadsman.cli.view.forecast import render_forecast, render_mistakes
from leadsman.planner.forecast import Forecast, Traffic, forecast

Object = Mapping[str, Any]
_WRONG, _HOLDS = 1, 2
EXIT_CODES: Final = """Exit code: 0 it would roll out; 1 it cannot be applied, or there is nothing to plan; 2 it would
be applied, and then hold."""


class Planned(Model):
    name: str
    mistakes: tuple[str, ...] = ()
    """What cannot be applied: field and reason."""
    forecast: Forecast | None = None


def plan(
    files: Annotated[
        list[str], typer.Option("--filename", "-f", help="YAML files with AIServices and ConfigMaps; - reads stdin.")
    ],
    *,
    requests_per_minute: Annotated[
        float | None, typer.Option(help="Requests that the service gets, to tell how long evidence takes.", min=0)
    ] = None,
    bad_share: Annotated[
        float, typer.Option(help="Share of bad events that is normal, to tell the same.", min=0, max=1)
    ] = 0.02,
    output_format: Output = "text",
) -> None:
    """What applying these files would do: revision, stages with their pods and times, and what would hold it.

    Works offline. Rules over several fields are the API server's: kubectl apply --dry-run=server says those.
    """
    found = [document for file in files for document in documents.read(file)]
    traffic = Traffic(requests_per_minute=requests_per_minute, bad_share=bad_share) if requests_per_minute else None
    planned = [_plan(document, found, traffic) for document in found if document.get("kind") == "AIService"]
    if not planned:
        raise CommandFailed(
            f"no AIService in {', '.join(files)}", next_step="give a file with one, such as examples/api/aiservice.yaml"
        )
    if output_format == "text":
        output.show(Group(*(_render(one) for one in planned)), wrapped=False)
    else:
        output.print_data([output.to_data(one) for one in planned], output_format)
    raise typer.Exit(max(_exit_code(one) for one in planned) if not any(one.mistakes for one in planned) else _WRONG)


def _plan(document: Object, found: list[Object], traffic: Traffic | None) -> Planned:
    metadata: Object = document.get("metadata") or {}
    name = str(metadata.get("name", ""))
    try:
        service = AIService.from_dict({key: value for key, value in document.items() if key != "status"})
    except ValidationError as error:
        return Planned(name=name, mistakes=tuple(map(str, documents.mistakes(error))))
    inputs = documents.inputs(service.spec, found)
    return Planned(name=name, forecast=forecast(name, document["spec"], service.spec, inputs, traffic))


def _exit_code(planned: Planned) -> int:
    remarks = planned.forecast.remarks if planned.forecast else ()
    if any(remark.severity == "Error" for remark in remarks):
        return _WRONG
    return _HOLDS if any(remark.severity == "Holds" for remark in remarks) else 0


def _render(planned: Planned) -> Any:
    if planned.forecast is None:
        return render_mistakes(planned.name, planned.mistakes)
    return render_forecast(planned.name, planned.forecast)
