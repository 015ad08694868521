"""Tables as kubectl prints them: no lines, nothing wrapped."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from leadsman.cli.view.marks import STRONG


def table(header: Sequence[str], rows: Iterable[Sequence[Text | str]]) -> Table:
    made = Table(*header, box=None, pad_edge=False, header_style=STRONG)
    for column in made.columns:
        column.no_wrap = True
    for cells in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in cells))
    return made
