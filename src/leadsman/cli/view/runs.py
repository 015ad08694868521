"""EvalRuns as a table, and how one stands as an exit code."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import mark_state, style_state
from leadsman.cli.view.moments import render_age
from leadsman.cli.view.standing import NOT_THERE_YET
from leadsman.cli.view.tables import table
from leadsman.evals.sentences import clipped

HEADER: Final = ("RUN", "REVISION", "SUITE", "STATE", "VERDICT", "AGE")
MESSAGE: Final = "MESSAGE"
WIDTH: Final = 100
"""Columns that a table fits in, unless it is wide."""
_LEAST: Final = 18
_EXIT_CODES: Final = {"Passed": 0, "Failed": 3, "Errored": 3}


def outcome(run: EvalRun) -> str:
    """Its verdict, or its state where it has none."""
    return run.status.verdict or run.status.state or "Pending"


def exit_code(run: EvalRun) -> int:
    return _EXIT_CODES.get(outcome(run), NOT_THERE_YET)


def render_runs(runs: Sequence[EvalRun], now: dt.datetime, *, wide: bool, everywhere: bool) -> Table:
    """Messages are cut to what is left of the width, or left out where that is next to nothing; unless it is wide."""
    rows = [_row(one, now, everywhere=everywhere) for one in runs]
    header = (*(("NAMESPACE",) if everywhere else ()), *HEADER)
    taken = sum(max(len(title), *(len(row[place]) for row in rows)) + 2 for place, title in enumerate(header))
    room = WIDTH - taken
    if wide:
        more = [_more(one) for one in runs]
        header = (*header, "SERVICE", "SOURCE", "BASELINE", MESSAGE)
        return table(header, (row + extra for row, extra in zip(rows, more, strict=True)))
    if room < _LEAST:
        return table(header, rows)
    return table(
        (*header, MESSAGE), ((*row, clipped(_message(one), room)) for row, one in zip(rows, runs, strict=True))
    )


def _row(run: EvalRun, now: dt.datetime, *, everywhere: bool) -> tuple[Text | str, ...]:
    spec, status = run.spec, run.status
    return (
        *((run.metadata.namespace or "",) if everywhere else ()),
        run.metadata.name or "",
        spec.revision.name,
        spec.suite.name,
        status.state or "Pending",
        Text(status.verdict or ABSENT, style_state(outcome(run))),
        render_age(run.metadata.creation_timestamp, now),
    )


def _more(run: EvalRun) -> tuple[Text | str, ...]:
    baseline = run.spec.baseline.name if run.spec.baseline else ABSENT
    return run.spec.service, run.spec.source, baseline, _message(run)


def _message(run: EvalRun) -> str:
    return run.status.message or ABSENT


def render_outcome(run: EvalRun) -> Text:
    return Text.assemble(mark_state(outcome(run)), " ", (outcome(run), style_state(outcome(run))))
