"""A forecast as text."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from leadsman.api.remarks import Remark
from leadsman.cli.view.marks import BAD, PLAIN, QUIET, SLOW, STRONG, join
from leadsman.cli.view.moments import render_span
from leadsman.cli.view.tables import table
from leadsman.planner.forecast import Forecast, ForecastStep

SIGNS: Final[dict[str, tuple[str, Style]]] = {"Error": ("✖", BAD), "Holds": ("◌", SLOW), "Warning": ("!", PLAIN)}


def render_mistakes(name: str, mistakes: Sequence[str]) -> RenderableType:
    title = Text(f"{name or 'an AIService without a name'}: cannot be applied", BAD)
    return Group(title, *(Text(f"  ✖ {mistake}") for mistake in mistakes), Text())


def render_forecast(name: str, forecast: Forecast) -> RenderableType:
    title = Text.assemble((name, STRONG), f" → {forecast.revision or 'a revision that depends on its inputs'}")
    digest = Text(f"  {forecast.digest}", QUIET) if forecast.digest else Text("  digest: unknown", QUIET)
    rows = [_row(step) for step in forecast.steps]
    steps = table(("  STEP", "WEIGHT", "PODS", "SHARE", "HOLD", "REQUESTS"), rows)
    return Group(title, digest, steps, _times(forecast), *(render_remark(one) for one in forecast.remarks), Text())


def _row(step: ForecastStep) -> tuple[str, ...]:
    return (
        f"  {step.name}",
        f"{step.weight} %",
        f"{step.candidate} beside {step.serving}" if step.serving else str(step.candidate),
        f"{step.percent} %",
        _span(step.hold_seconds) if step.hold_seconds else "-",
        str(step.min_requests or "-"),
    )


def _times(forecast: Forecast) -> Text:
    bake = f"then {_span(forecast.bake_seconds)} of bake" if forecast.bake_seconds else "no bake"
    return join(
        f"  {forecast.strategy}: at least {_span(forecast.shortest_seconds)} to the promotion",
        bake,
        f"at most {forecast.most_pods} pods at a time",
        by=", ",
    )


def render_remark(remark: Remark) -> Text:
    sign, style = SIGNS[remark.severity]
    instead = f": {remark.instead}" if remark.instead else ""
    return Text.assemble("  ", (sign, style), f" {remark.about}: {remark.message}{instead}")


def _span(seconds: int) -> str:
    return render_span(dt.timedelta(seconds=seconds))
