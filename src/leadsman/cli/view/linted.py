"""What is wrong with declarations, as text."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadsman.api.meta import Model
from leadsman.api.remarks import Remark
from leadsman.cli.view.forecast import SIGNS
from leadsman.cli.view.marks import GOOD, QUIET, STRONG, join

_WORST_FIRST: Final = ("Error", "Holds", "Warning")
_COUNTED: Final = {"Error": "error", "Holds": "hold", "Warning": "warning"}


class Linted(Model):
    file: str
    kind: str
    name: str
    remarks: tuple[Remark, ...] = ()


def render_linted(linted: Sequence[Linted]) -> RenderableType:
    counts = Counter(remark.severity for one in linted for remark in one.remarks)
    told = [
        f"{counts[what]} {name}{'' if counts[what] == 1 else 's'}" for what, name in _COUNTED.items() if counts[what]
    ]
    objects = f"{len(linted)} object{'' if len(linted) == 1 else 's'}"
    return Group(*map(_object, linted), Text(f"{objects}: {', '.join(told) or 'nothing to remark'}"))


def _object(one: Linted) -> RenderableType:
    title = join(Text(f"{one.kind} {one.name}", STRONG), Text(one.file, QUIET))
    if not one.remarks:
        return Group(title, Text.assemble("  ", ("✔", GOOD), " nothing to remark"), Text())
    remarks = Table.grid(padding=(0, 1, 0, 0))
    for remark in sorted(one.remarks, key=lambda remark: _WORST_FIRST.index(remark.severity)):
        instead = f"\n→ {remark.instead}" if remark.instead else ""
        remarks.add_row(" ", Text(*SIGNS[remark.severity]), Text(f"{remark.about}: {remark.message}{instead}"))
    return Group(title, remarks, Text())
