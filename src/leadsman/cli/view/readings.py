"""A monitor's reading in a line: state, value, what it was held against, how many events, how long ago."""

import datetime as dt

from rich.text import Text

from leadsman.api.v1alpha1.airevision_status import Reading
from leadsman.cli.view.marks import QUIET, join, mark_state
from leadsman.cli.view.moments import render_age


def render_numbers(reading: Reading) -> str:
    """`value 0.081  limit 0.02  serving 0.004  n=1240`: those that are there."""
    numbers = (
        ("value ", reading.value),
        ("limit ", reading.limit),
        ("serving ", reading.serving),
        ("n=", reading.samples),
    )
    return "  ".join(f"{what}{value}" for what, value in numbers if value is not None)


def render_reading(reading: Reading, now: dt.datetime) -> Text:
    line = join(
        reading.monitor,
        reading.state,
        render_numbers(reading),
        reading.message,
        Text(f"{render_age(reading.at, now)} ago", QUIET),
    )
    return Text.assemble(mark_state(reading.state), " ", line)
