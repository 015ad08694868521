"""What a suite takes to pass, and why a run has not: as data, and as text."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadsman.api.decimals import shown
from leadsman.api.meta import Model
from leadsman.api.v1alpha1 import EvalRun
from leadsman.api.v1alpha1.evalrun import CriterionResult
from leadsman.api.v1alpha1.evalsuite import Criterion, EvalSuiteSpec
from leadsman.cli.view.evaluated import says_more
from leadsman.cli.view.marks import QUIET, STRONG, join, mark_state
from leadsman.cli.view.runs import outcome
from leadsman.cli.view.tables import table
from leadsman.evals import advice
from leadsman.evals.feasibility import DISCORDANT, chances, feasibility
from leadsman.evals.linting import problem
from leadsman.evals.measured import Scale
from leadsman.stats.means import FEW_HUNDRED


class Chance(Model):
    """How often each verdict comes, if the truth were so."""

    truth: float
    what: str
    passed: float
    inconclusive: float
    failed: float


class ExplainedCriterion(Model):
    name: str
    metric: str
    asks: str
    enforcement: str
    verdict: str | None = None
    message: str | None = None
    next: str | None = None
    """What to do about the verdict."""
    problem: str | None = None
    """Why its limit says nothing, so that nothing can be told of it."""
    samples: int
    passes_from: float | None = None
    fails_from: float | None = None
    least_samples: int | None = None
    """With which the best result passes, in a comparison an equal one."""
    samples_at_value: int | None = None
    """With which the value that was seen would pass, or one halfway between the limit and the best."""
    value: float | None = None
    """That this is of."""
    chances: tuple[Chance, ...] = ()
    is_known: bool = True
    """Is it known what it asks for, or only what came of it?"""


class Explanation(Model):
    namespace: str
    suite: str
    run: str | None = None
    outcome: str | None = None
    message: str | None = None
    next: str | None = None
    note: str | None = None
    criteria: tuple[ExplainedCriterion, ...]


def explain(
    namespace: str, suite: str, spec: EvalSuiteSpec | None, run: EvalRun | None, samples: int | None
) -> Explanation:
    """Of a run, of a suite, or of both.

    Args:
        namespace: of both.
        suite: its name.
        spec: None: it is not the one that the run is bound to, so only its verdicts can be told.
        run: None: it is about the suite.
        samples: to reckon with, in place of the run's and of minSamples.
    """
    found = {one.name: one for one in run.status.criteria} if run else {}
    asked = {one.name: one for one in spec.criteria} if spec else {}
    return Explanation(
        namespace=namespace,
        suite=suite,
        run=run.metadata.name if run else None,
        outcome=outcome(run) if run else None,
        message=run.status.message if run and says_more(run) else None,
        next=advice.on_run(run.status) if run else None,
        note=None if spec else "the suite is gone or was edited since: how many samples it took cannot be told",
        criteria=tuple(
            _criterion(asked.get(name), found.get(name), spec, samples) for name in dict.fromkeys((*asked, *found))
        ),
    )


def _criterion(
    asked: Criterion | None, found: CriterionResult | None, spec: EvalSuiteSpec | None, samples: int | None
) -> ExplainedCriterion:
    size = samples or (found and found.samples) or (_least(asked, spec) if asked and spec else 1)
    about: dict[str, object] = {"samples": size}
    if asked:
        about |= {"name": asked.name, "metric": asked.metric, "enforcement": asked.enforcement, "asks": _asks(asked)}
    elif found:
        about |= {
            "is_known": False,
            "name": found.name,
            "metric": found.metric,
            "enforcement": found.enforcement,
            "asks": found.threshold or "nobody knows",
        }
    if found:
        about |= {"verdict": found.verdict, "message": found.message, "next": advice.on_criterion(found) or None}
    if asked and (wrong := problem(asked)):
        about["problem"] = wrong
    elif asked:
        about |= _takes(asked, size, float(found.value) if found and found.value else None)
    return ExplainedCriterion.model_validate(about)


def _least(asked: Criterion, spec: EvalSuiteSpec) -> int:
    return asked.slices.min_samples if asked.slices else spec.min_samples


def _asks(asked: Criterion) -> str:
    if asked.non_inferior:
        what = f"no worse than the serving revision by more than {asked.non_inferior.margin}"
    else:
        what = f"at least {asked.min}" if asked.min else f"at most {asked.max}"
    unit = "" if asked.unit == "Fraction" else f" {asked.unit}"
    each = f", in each {asked.slices.by}" if asked.slices else ""
    return f"{what}{unit}, proven at {asked.confidence}{each}"


def _takes(asked: Criterion, samples: int, value: float | None) -> Mapping[str, object]:
    found = feasibility(asked, samples)
    if found is None:
        return {}
    truths = tuple(_truths(asked))
    about: dict[str, object] = {
        "passes_from": found.passes_from,
        "fails_from": found.fails_from,
        "least_samples": found.least,
        "chances": tuple(_chance(asked, samples, what, truth) for what, truth in truths),
    }
    if asked.non_inferior:
        return about
    seen = truths[-1][1] if value is None else value
    return about | {"value": seen, "samples_at_value": advice.enough(asked, seen)}


def _truths(asked: Criterion) -> Iterator[tuple[str, float]]:
    """To tell chances of: at the limit, where a pass is wrong, and where it ought to pass."""
    if asked.non_inferior:
        yield "worse by the margin", -float(asked.non_inferior.margin)
        yield "equal", 0.0
        return
    scale = Scale.of(asked)
    limit = scale.goodness(float(asked.min or asked.max or "nan"))
    yield "at the limit", scale.value(limit)
    yield "halfway from the limit to the best", scale.value((1 + limit) / 2)


def _chance(asked: Criterion, samples: int, what: str, truth: float) -> Chance:
    found = chances(asked, samples, truth)
    if found is None:
        raise ValueError(f"{asked.name} has no chances to tell: its unit has no bounds")
    return Chance(truth=truth, what=what, passed=found.passed, inconclusive=found.inconclusive, failed=found.failed)


def render_explained(explained: Explanation) -> Group:
    return Group(*_title(explained), *(line for one in explained.criteria for line in _render(one)))


def _title(explained: Explanation) -> Iterator[RenderableType]:
    if explained.run:
        name = (f"{explained.namespace}/{explained.run}", STRONG)
        yield join(Text.assemble(mark_state(explained.outcome or ""), " ", name), explained.outcome)
        yield from _lines(("why", explained.message), ("next", explained.next), ("note", explained.note))
    else:
        yield Text(f"suite {explained.namespace}/{explained.suite}", STRONG)


def _render(one: ExplainedCriterion) -> Iterator[RenderableType]:
    sign = mark_state(one.verdict) if one.verdict else Text("·", QUIET)
    advisory = "Advisory: opens and closes nothing" if one.enforcement == "Advisory" else None
    yield Text()
    yield join(Text.assemble(sign, " ", (one.name, STRONG)), one.verdict, advisory)
    takes = _said(one) if one.is_known else None
    asks = f"{one.metric}: {one.asks}"
    yield from _lines(("asks", asks), ("why", one.message), ("next", one.next), ("takes", takes))
    if one.chances:
        rows = [
            (f"    {it.what} ({_value(it.truth)})", *map(_percent, (it.passed, it.inconclusive, it.failed)))
            for it in one.chances
        ]
        yield table((f"    IF THE TRUTH IS, AT N={one.samples}", "PASSED", "INCONCLUSIVE", "FAILED"), rows)


def _said(one: ExplainedCriterion) -> str:
    if one.problem:
        return f"nothing is enough: {one.problem}"
    if not one.chances:
        return f"how much values vary decides, and {FEW_HUNDRED} samples are the least: the unit has no bounds"
    return "; ".join(_parts(one))


def _parts(one: ExplainedCriterion) -> Iterator[str]:
    is_difference = one.value is None
    what = "a difference of " if is_difference else ""
    passes = f"passes at {what}{_value(one.passes_from)} or better" if one.passes_from is not None else "nothing passes"
    fails = f"fails at {what}{_value(one.fails_from)} or worse" if one.fails_from is not None else "nothing fails"
    yield f"with {one.samples} samples {passes}, {fails}, and is Inconclusive between"
    if one.least_samples is None:
        yield "no number of samples proves it"
    elif is_difference:
        differ = f"differ on {100 * DISCORDANT:g} % of the items"
        yield f"{one.least_samples} samples are enough where both are equal and {differ}"
    else:
        yield f"{one.least_samples} samples are enough where none fails"
    if one.value is not None:
        enough = f"{one.samples_at_value} samples are enough" if one.samples_at_value else "no number is enough"
        yield f"where {_value(one.value)} is seen, {enough}"


def _lines(*labelled: tuple[str, str | None]) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for label, said in labelled:
        if said:
            grid.add_row("   ", Text(f"{label:<5}", QUIET), said)
    yield Padding(grid, 0)


def _value(value: float | None) -> str:
    return "-" if value is None else shown(value)


def _percent(share: float) -> str:
    return f"{100 * max(share, 0.0):.1f} %"
