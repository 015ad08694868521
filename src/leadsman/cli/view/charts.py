"""What a monitor measured over time, beside its limit, as a chart in the terminal."""

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

if TYPE_CHECKING:
    from leadsman.simulation.outcome import Rehearsed

WIDTH: Final = 96
HEIGHT: Final = 14
_STEPS: Final = frozenset({"stage.entered", "promotion.decided", "rollback.decided"})


def chart(rehearsed: "Rehearsed", monitor: str) -> Text | None:
    """By minutes since the change, with a line where a stage began. None: it measured nothing."""
    import plotext  # noqa: PLC0415  a tenth of a second, which no other verb needs

    points = [one for one in rehearsed.readings if one.monitor == monitor and one.value is not None]
    if not points:
        return None
    minutes = [(one.at - rehearsed.at).total_seconds() / 60 for one in points]
    values = [one.value or 0.0 for one in points]
    limit = next((one.limit for one in reversed(points) if one.limit is not None), None)
    top, end = 1.2 * max(*values, limit or 0.0, 1e-9), max(minutes[-1], 1.0)
    figure: Any = plotext.figure.clear()  # without types
    figure.plot_size(WIDTH, HEIGHT).theme("clear")
    figure.title(monitor if limit is None else f"{monitor}, limit {limit:g}").label("minutes since the change")
    figure.draw(figure.signal(minutes, values).lines())
    if limit is not None:
        figure.draw(figure.segment((0, end), (limit, limit), marker="┈"))
    steps = ((one.at - rehearsed.at).total_seconds() / 60 for one in rehearsed.moments if one.type in _STEPS)
    for minute in sorted(one for one in steps if 0 < one <= end):
        figure.draw(figure.segment((minute, minute), (0, top), marker="┊"))
    return Text.from_ansi(str(figure.build()))
