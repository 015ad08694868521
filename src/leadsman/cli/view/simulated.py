"""Changes that were simulated, as text with charts, or as one picture of it."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from leadsman.cli.view.charts import WIDTH, chart
from leadsman.cli.view.marks import BAD, GOOD, QUIET, SLOW, STRONG
from leadsman.cli.view.moments import render_span

if TYPE_CHECKING:
    from leadsman.simulation.outcome import Rehearsed
    from leadsman.simulation.simulation import Simulated

_OUTCOMES: Final[dict[str, tuple[str, Style, str]]] = {
    "Promoted": ("✔", GOOD, "would have been promoted"),
    "RolledBack": ("✖", BAD, "would have been rolled back"),
    "Held": ("◌", SLOW, "would have been held"),
    "Baking": ("✔", GOOD, "would have been promoted, and was still watched"),
}


def render_head(name: str, left_out: tuple[str, ...], since: dt.datetime) -> RenderableType:
    title = Text.assemble((name, STRONG), f", changes since {since:%Y-%m-%d %H:%M} UTC")
    assumed = ("pods are taken to be well: their health is not in these metrics", *left_out)
    return Group(title, *(Text(f"  ! {one}", QUIET) for one in assumed), Text())


def render_change(change: "Rehearsed") -> RenderableType:
    sign, style, said = _OUTCOMES[change.outcome]
    after = f" after {render_span(change.until - change.at)}" if change.until > change.at else ""
    title = Text.assemble((sign, style), " ", (change.generation, STRONG), f" {said}{after}")
    beside = Text(f"  came at {change.at:%Y-%m-%d %H:%M:%S} UTC, beside {change.versus}", QUIET)
    why = [Text(f"  {change.why}", style)] if change.why else []
    steps = (Text(f"  +{render_span(one.at - change.at):<7} {one.message}") for one in change.moments)
    return Group(title, beside, *why, *steps, *_charts(change), Text())


def render_sum(simulated: "Simulated") -> RenderableType:
    if simulated.first is None:
        return Text(f"no pods of {simulated.name} were measured in namespace {simulated.namespace}: see --pods")
    counts = {one: sum(change.outcome == one for change in simulated.changes) for one in _OUTCOMES}
    said = ", ".join(f"{count} {_OUTCOMES[one][2]}" for one, count in counts.items() if count)
    return Text(f"{_changes(len(simulated.changes))} after {simulated.first}" + (f": {said}" if said else ""))


def picture(simulated: "Simulated", form: Literal["svg", "html"]) -> str:
    """All of it, as a file of its own."""
    console = Console(record=True, width=WIDTH + 24, file=io.StringIO(), force_terminal=True)
    console.print(render_head(simulated.name, simulated.left_out, simulated.since))
    for change in simulated.changes:
        console.print(render_change(change))
    console.print(render_sum(simulated))
    return console.export_svg(title=f"leadsman simulate: {simulated.name}") if form == "svg" else console.export_html()


def _charts(change: "Rehearsed") -> Iterator[RenderableType]:
    for monitor in dict.fromkeys(one.monitor for one in change.readings):
        drawn = chart(change, monitor)
        yield drawn if drawn is not None else Text(f"  {monitor}: {_last(change, monitor)}", SLOW)


def _last(change: "Rehearsed", monitor: str) -> str:
    """Why there is no chart."""
    last = next(one for one in reversed(change.readings) if one.monitor == monitor)
    return f"{last.state}: {last.message}"


def _changes(number: int) -> str:
    return f"{number} change" if number == 1 else f"{number} changes"
