"""One EvalRun: what it is of, and what it proves about each criterion."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadsman.api.decimals import shown
from leadsman.api.v1alpha1 import EvalRun
from leadsman.api.v1alpha1.evalrun import CriterionResult
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import QUIET, STRONG, join, mark_state
from leadsman.cli.view.moments import render_span, render_time
from leadsman.cli.view.runs import outcome, render_outcome
from leadsman.cli.view.tables import table

_HEADER = ("  CRITERION", "VERDICT", "VALUE", "BASELINE", "BOUNDS", "THRESHOLD", "N", "MISSING", "SLICE", "ENFORCEMENT")


def render_run(run: EvalRun) -> Group:
    return Group(render_title(run), *_facts(run), *render_criteria(run))


def render_title(run: EvalRun) -> Text:
    name = (f"{run.metadata.namespace}/{run.metadata.name}", STRONG)
    return Text.assemble(mark_state(outcome(run)), " ", name, "  ", render_outcome(run)[2:])


def _facts(run: EvalRun) -> Iterator[RenderableType]:
    facts = Table.grid(padding=(0, 2, 0, 0))
    for label, said in _labelled(run):
        if said:
            facts.add_row(f"  {label}", said)
    yield facts


def says_more(run: EvalRun) -> bool:
    """Does its message say what those of its criteria don't?"""
    required = [one.message for one in run.status.criteria if one.enforcement == "Required"]
    return not required or not any(message in run.status.message for message in required)


def _labelled(run: EvalRun) -> Iterator[tuple[str, Text | str | None]]:
    spec, status = run.spec, run.status
    tool = status.tool or (spec.results.tool if spec.results else None)
    raw = status.raw or (spec.results.raw if spec.results else None)
    yield "message", status.message if says_more(run) else None
    yield "service", spec.service
    yield "revision", _named(spec.revision.name, spec.revision.digest)
    yield "suite", _named(spec.suite.name, spec.suite.digest)
    yield "baseline", _named(spec.baseline.name, spec.baseline.digest) if spec.baseline else "none"
    yield "source", _by(run) or spec.source
    yield "tool", join(tool.name, tool.version) if tool else None
    yield "evaluated", _when(run)
    yield "raw result", join(raw.uri, Text(raw.digest, QUIET)) if raw else None
    yield "kept samples", f"ConfigMap {status.outcomes.config_map}" if status.outcomes else None


def _named(name: str, digest: str) -> Text:
    return join(name, Text(digest.removeprefix("sha256:")[:12], QUIET))


def _by(run: EvalRun) -> str | None:
    if run.status.job:
        return f"Job {run.status.job}"
    return f"submitted by {run.spec.submitted_by.username}" if run.spec.submitted_by else None


def _when(run: EvalRun) -> str | None:
    start, end = run.status.started_at, run.status.finished_at
    if start is None:
        return f"ended {render_time(end)}" if end else None
    return f"{render_time(start)} to {render_time(end)}, {render_span(end - start)}" if end else (
        f"since {render_time(start)}"
    )  # fmt: skip


def render_criteria(run: EvalRun) -> Iterator[RenderableType]:
    found = run.status.criteria
    if not found:
        return
    yield Text()
    yield _numbers(found)
    if any(_is_difference(one) for one in found):
        yield Text("  bounds with signs are of the difference to the baseline: above 0 the revision is better", QUIET)
    yield Text()
    for one in found:
        yield Padding(join(Text(f"{one.name}:", STRONG), one.message, by=" "), (0, 0, 0, 2))


def _numbers(found: tuple[CriterionResult, ...]) -> Table:
    """Only columns that say something."""
    rows = [_cells(one) for one in found]
    kept = [place for place in range(len(_HEADER)) if any(_plain(row[place]) != ABSENT for row in rows)]
    return table([_HEADER[place] for place in kept], ([row[place] for place in kept] for row in rows))


def _plain(cell: Text | str) -> str:
    return cell.plain if isinstance(cell, Text) else cell


def _cells(one: CriterionResult) -> tuple[Text | str, ...]:
    return (
        f"  {one.name}",
        Text.assemble(mark_state(one.verdict), " ", one.verdict),
        _number(one.value),
        _number(one.baseline),
        _bounds(one),
        one.threshold or ABSENT,
        ABSENT if one.samples is None else str(one.samples),
        ABSENT if one.missing_samples is None else f"{one.missing_samples} more",
        one.slice or ABSENT,
        one.enforcement if one.enforcement == "Advisory" else ABSENT,
    )


def _is_difference(one: CriterionResult) -> bool:
    return one.baseline is not None and one.lower is not None


def _number(text: str | None) -> str:
    return ABSENT if text is None else shown(float(text))


def _bounds(one: CriterionResult) -> str:
    if one.lower is None or one.upper is None:
        return ABSENT
    sign = "+" if _is_difference(one) else ""
    return " to ".join(f"{float(end):{sign}.4g}" for end in (one.lower, one.upper))
