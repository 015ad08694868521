"""Two runs of one suite beside each other: as data, and as text."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from leadsman.api.decimals import shown
from leadsman.api.meta import Model
from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli.view.columns import ABSENT
from leadsman.cli.view.marks import QUIET, STRONG, join, mark_state
from leadsman.cli.view.runs import outcome
from leadsman.cli.view.tables import table
from leadsman.evals.beside import Beside


class Side(Model):
    run: str
    revision: str
    outcome: str
    tool: str | None = None


class ComparedMetric(Model):
    metric: str
    criteria: tuple[str, ...] = ()
    first: float | None = None
    second: float | None = None
    difference: float | None = None
    """The second less the first."""
    lower: float | None = None
    upper: float | None = None
    confidence: float
    how: str


class ComparedCriterion(Model):
    name: str
    first: str | None = None
    second: str | None = None
    """Verdicts."""


class Comparison(Model):
    namespace: str
    suite: str
    first: Side
    second: Side
    notes: tuple[str, ...] = ()
    criteria: tuple[ComparedCriterion, ...] = ()
    metrics: tuple[ComparedMetric, ...] = ()


def side(run: EvalRun) -> Side:
    tool = run.status.tool
    return Side(
        run=run.metadata.name or "",
        revision=run.spec.revision.name,
        outcome=outcome(run),
        tool=" ".join(filter(None, (tool.name, tool.version))) if tool else None,
    )


def verdicts(first: EvalRun, second: EvalRun) -> Iterator[ComparedCriterion]:
    before, after = ({one.name: one.verdict for one in run.status.criteria} for run in (first, second))
    for name in dict.fromkeys((*before, *after)):
        yield ComparedCriterion(name=name, first=before.get(name), second=after.get(name))


def compared(found: Beside) -> ComparedMetric:
    return ComparedMetric(
        metric=found.metric,
        criteria=found.criteria,
        first=found.first,
        second=found.second,
        difference=found.difference,
        lower=found.lower,
        upper=found.upper,
        confidence=found.confidence,
        how=found.how,
    )


def render_comparison(comparison: Comparison) -> Group:
    return Group(
        Text(f"suite {comparison.namespace}/{comparison.suite}", STRONG),
        *(_side(letter, one) for letter, one in (("A", comparison.first), ("B", comparison.second))),
        *(Text(f"  note: {note}", QUIET) for note in comparison.notes),
        *_criteria(comparison),
        *_metrics(comparison),
    )


def _side(letter: str, one: Side) -> Text:
    return join(Text.assemble(f"  {letter}  ", mark_state(one.outcome), " ", one.run), one.outcome, one.tool)


def _criteria(comparison: Comparison) -> Iterator[RenderableType]:
    if comparison.criteria:
        rows = [(f"  {one.name}", _verdict(one.first), _verdict(one.second)) for one in comparison.criteria]
        yield Text()
        yield table(("  CRITERION", "A", "B"), rows)


def _verdict(verdict: str | None) -> Text | str:
    return Text.assemble(mark_state(verdict), " ", verdict) if verdict else ABSENT


def _metrics(comparison: Comparison) -> Iterator[RenderableType]:
    if not comparison.metrics:
        return
    yield Text()
    rows = [
        (f"  {one.metric}", _number(one.first), _number(one.second), _signed(one.difference), _bounds(one))
        for one in comparison.metrics
    ]
    yield table(("  METRIC", "A", "B", "B - A", "BOUNDS OF B - A"), rows)
    yield Text()
    for one in comparison.metrics:
        at = f" (bounds at {one.confidence:g} each)" if one.difference is not None else ""
        yield Padding(join(Text(f"{one.metric}:", STRONG), f"{one.how}{at}", by=" "), (0, 0, 0, 2))


def _number(value: float | None) -> str:
    return ABSENT if value is None else shown(value)


def _signed(value: float | None) -> str:
    return ABSENT if value is None else f"{value + 0.0:+.4g}"  # no -0


def _bounds(one: ComparedMetric) -> str:
    return ABSENT if one.lower is None else f"{_signed(one.lower)} to {_signed(one.upper)}"
