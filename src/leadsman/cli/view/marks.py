"""Colours and signs: the same state looks the same everywhere, and reads the same without colour."""

from typing import Final

from rich.style import Style
from rich.text import Text

from leadsman.cli.view.standing import Standing

GOOD: Final = Style(color="green")
SLOW: Final = Style(color="yellow")
BAD: Final = Style(color="red", bold=True)
QUIET: Final = Style(dim=True)
STRONG: Final = Style(bold=True)
PLAIN: Final = Style.null()

_STANDINGS: Final = {Standing.READY: ("✔", GOOD), Standing.FAILED: ("✖", BAD)}
_STATES: Final = {
    "Passed": ("✔", GOOD),
    "Waived": ("✔", SLOW),
    "Failed": ("✖", BAD),
    "Invalid": ("✖", BAD),
    "Errored": ("✖", BAD),
    "Pending": ("◌", SLOW),
    "Running": ("◌", SLOW),
    "NotApplicable": ("·", QUIET),
}
_VERDICTS: Final = {"Serving": GOOD, "RolledBack": BAD, "Rejected": BAD, "Aborted": SLOW, "Superseded": QUIET}


def mark_standing(standing: Standing) -> Text:
    return Text(*_STANDINGS.get(standing, ("◌", SLOW)))


def mark_state(state: str) -> Text:
    """Of a gate, a signal or an evaluation. What is not known to be good is not green."""
    return Text(*_STATES.get(state, ("?", SLOW)))


def style_state(state: str) -> Style:
    return _STATES.get(state, ("", SLOW))[1]


def mark_ready(*, ready: bool) -> Text:
    return Text("✔", GOOD) if ready else Text("✖", BAD)


def style_standing(standing: Standing) -> Style:
    return _STANDINGS.get(standing, ("", SLOW))[1]


def style_verdict(verdict: str | None) -> Style:
    return _VERDICTS.get(verdict or "", SLOW)


def join(*parts: Text | str | None, by: str = "  ") -> Text:
    """Those that say something."""
    return Text(by).join([part if isinstance(part, Text) else Text(part) for part in parts if part])
