"""EvalRuns as a table, and how one stands as an exit code."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from rich.table import Table
from rich.text import Text

from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import mark_state, style_state
from leadsman.cli.view.moments import render_age
from leadsman.cli.view.standing import NOT_THERE_YET
from leadsman.cli.view.tables import table

HEADER: Final = ("RUN", "REVISION", "SUITE", "STATE", "VERDICT", "AGE", "MESSAGE")
WIDTH: Final = 100
"""Columns that a table fits in, unless it is wide."""
_LEAST: Final = 18
_EXIT_CODES: Final = {"Passed": 0, "Failed": 3, "Errored": 3}


def outcome(run: EvalRun) -> str:
    """Its verdict, or its state where it has none."""
    return run.status.verdict or run.status.state or "Pending"


def exit_code(run: EvalRun) -> int:
    return _EXIT_CODES.get(outcome(run), NOT_THERE_YET)


def render_runs(runs: Iterable[EvalRun], now: dt.datetime, *, wide: bool, everywhere: bool) -> Table:
    """Messages are cut to what is left of the width, unless it is wide."""
    rows = [_row(one, now) for one in runs]
    header = HEADER
    if wide:
        header = (*HEADER[:-1], "SERVICE", "SOURCE", "BASELINE", HEADER[-1])
    else:
        rows = [(run, _clipped(cells, rows)) for run, cells in rows]
    place = ("NAMESPACE",) if everywhere else ()
    return table((*place, *header), (_colored(run, cells, wide=wide, everywhere=everywhere) for run, cells in rows))


def _row(run: EvalRun, now: dt.datetime) -> tuple[EvalRun, tuple[str, ...]]:
    spec, status = run.spec, run.status
    return run, (
        run.metadata.name or "",
        spec.revision.name,
        spec.suite.name,
        status.state or "Pending",
        status.verdict or ABSENT,
        render_age(run.metadata.creation_timestamp, now),
        status.message or ABSENT,
    )


def _clipped(cells: tuple[str, ...], rows: list[tuple[EvalRun, tuple[str, ...]]]) -> tuple[str, ...]:
    taken = sum(
        max(len(HEADER[column]), *(len(other[column]) for _, other in rows)) + 2 for column in range(len(HEADER) - 1)
    )
    room = max(_LEAST, WIDTH - taken)
    message = cells[-1]
    return (*cells[:-1], message if len(message) <= room else f"{message[: room - 1]}…")


def _colored(run: EvalRun, cells: tuple[str, ...], *, wide: bool, everywhere: bool) -> tuple[Text | str, ...]:
    shown: list[Text | str] = list(cells)
    shown[HEADER.index("VERDICT")] = Text(cells[HEADER.index("VERDICT")], style_state(outcome(run)))
    if wide:
        baseline = run.spec.baseline.name if run.spec.baseline else ABSENT
        shown[-1:] = [run.spec.service, run.spec.source, baseline, cells[-1]]
    return (*((run.metadata.namespace or "",) if everywhere else ()), *shown)


def render_outcome(run: EvalRun) -> Text:
    return Text.assemble(mark_state(outcome(run)), " ", (outcome(run), style_state(outcome(run))))
